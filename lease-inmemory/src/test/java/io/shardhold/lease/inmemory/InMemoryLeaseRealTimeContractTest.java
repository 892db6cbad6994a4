package io.shardhold.lease.inmemory;

import io.shardhold.lease.contract.LeaseRealTimeContract;
import io.shardhold.lease.contract.StoreUnderTest;

class InMemoryLeaseRealTimeContractTest extends LeaseRealTimeContract {
    @Override
    protected StoreUnderTest open() {
        return new StoreInMemory();
    }
}
