package io.shardhold.lease.contract;

import io.shardhold.lease.Lease;
import io.shardhold.lease.LeaseRecord;
import io.shardhold.lease.LeaseRuntime;
import io.shardhold.lease.LeaseSettings;
import io.shardhold.lease.LeaseStore;
import io.shardhold.lease.RecordLease;
import java.util.Optional;

/** What an implementer provides for the contract test: an empty store, ways to it, and the hands of an operator. */
public interface StoreUnderTest extends AutoCloseable {
    /**
     * A new connection of one contender. It may do real input and output and answer on any thread; virtual time waits for
     * it. Faults are added by the contract test.
     */
    LeaseStore connect(String contender, LeaseRuntime runtime);

    /** The lease of this implementation over the connection, to which faults were added. */
    default Lease lease(LeaseStore connection, LeaseSettings settings, LeaseRuntime runtime) {
        return new RecordLease(connection, settings, runtime);
    }

    /** The record as it is, read past all leases; may block. */
    Optional<LeaseRecord> record(String name);

    /** Deletes the record; may block. */
    void delete(String name);

    /** Writes the record, whatever there is; may block. */
    void put(String name, LeaseRecord record);

    @Override
    default void close() {}
}
