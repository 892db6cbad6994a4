package io.shardhold.lease.inmemory;

import io.shardhold.lease.contract.LeaseContract;
import io.shardhold.lease.contract.StoreUnderTest;

class InMemoryLeaseContractTest extends LeaseContract {
    @Override
    protected StoreUnderTest open() {
        return new StoreInMemory();
    }
}
