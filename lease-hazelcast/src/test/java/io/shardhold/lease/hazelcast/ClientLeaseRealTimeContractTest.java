package io.shardhold.lease.hazelcast;

import io.shardhold.lease.contract.LeaseRealTimeContract;
import io.shardhold.lease.contract.StoreUnderTest;

class ClientLeaseRealTimeContractTest extends LeaseRealTimeContract {
    @Override
    protected StoreUnderTest open() {
        return HazelcastStoreUnderTest.onClient();
    }
}
