package io.shardhold.lease;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The port of an implementer: one record per name, read and replaced by compare-and-set. All that makes a lease of it is
 * in {@link RecordLease}.
 *
 * <pre>{@code
 * Lease lease = new RecordLease(new MyStore(client), LeaseSettings.of("shop", "n1"));
 * }</pre>
 *
 * <p>Rules. Reads are never answered from a cache or a replica that may lag. The compare-and-set is atomic among all
 * processes, also against deletion. The store expires, evicts and cleans up nothing. No call blocks: requests are sent
 * and answered later, or at once on the calling thread. Each request is answered about within {@link
 * LeaseSettings#requestTimeout()}; the engine waits no longer and takes a missing answer for {@link
 * StoreAnswer.Unknown}, as it does a stage that fails and a method that throws. A store never retries a write by itself.
 * Methods are called from any thread, one at a time per lease.
 */
public interface LeaseStore {
    /**
     * What the store knows a record by. {@code equals} says whether a record is the one that was seen before: two
     * versions of one name are equal only if nobody has written in between, deletion and creation included.
     */
    interface Version {}

    /** Answers {@link StoreAnswer.Found}, {@link StoreAnswer.Absent}, {@code Failed} or {@code Unknown}. */
    CompletionStage<StoreAnswer> read(String name);

    /**
     * Replaces the record if it is still the expected one.
     *
     * @param expected null creates the record and conflicts with one that exists
     * @return {@link StoreAnswer.Stored}, {@link StoreAnswer.Conflict}, {@code NotYet}, {@code Failed} or {@code Unknown}
     */
    CompletionStage<StoreAnswer> compareAndSet(String name, @Nullable Version expected, LeaseRecord next);

    /**
     * What the token of the next grant is to be above, whatever the record says: for a store that may go back to an earlier
     * record by itself. Does not wait.
     */
    default long tokenFloor() {
        return 0;
    }

    /** Called once, when the lease that uses this store is closed and sends nothing any more. */
    default void close() {}
}
