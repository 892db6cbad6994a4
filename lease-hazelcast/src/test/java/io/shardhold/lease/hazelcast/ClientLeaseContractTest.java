package io.shardhold.lease.hazelcast;

import io.shardhold.lease.contract.LeaseContract;
import io.shardhold.lease.contract.StoreUnderTest;

class ClientLeaseContractTest extends LeaseContract {
    @Override
    protected StoreUnderTest open() {
        return HazelcastStoreUnderTest.onClient();
    }

    /** Each takes seconds over a real cluster. */
    @Override
    protected int seeds() {
        return Integer.getInteger("lease.seeds", 3);
    }
}
