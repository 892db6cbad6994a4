package io.shardhold.lease.inmemory;

import io.shardhold.lease.LeaseRecord;
import io.shardhold.lease.LeaseRuntime;
import io.shardhold.lease.LeaseStore;
import io.shardhold.lease.contract.StoreUnderTest;
import java.util.Optional;

/** A store in memory for the contract test. */
final class StoreInMemory implements StoreUnderTest {
    private final InMemoryLeaseStore store = new InMemoryLeaseStore();

    @Override
    public LeaseStore connect(String contender, LeaseRuntime runtime) {
        return store.connect(contender, runtime);
    }

    @Override
    public Optional<LeaseRecord> record(String name) {
        return store.record(name);
    }

    @Override
    public void delete(String name) {
        store.delete(name);
    }

    @Override
    public void put(String name, LeaseRecord record) {
        store.put(name, record);
    }
}
