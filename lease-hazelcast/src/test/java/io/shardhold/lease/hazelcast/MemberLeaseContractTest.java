package io.shardhold.lease.hazelcast;

import io.shardhold.lease.contract.LeaseContract;
import io.shardhold.lease.contract.StoreUnderTest;

class MemberLeaseContractTest extends LeaseContract {
    @Override
    protected StoreUnderTest open() {
        return HazelcastStoreUnderTest.onMembers();
    }

    /** Each takes seconds over a real cluster. */
    @Override
    protected int seeds() {
        return Integer.getInteger("lease.seeds", 3);
    }
}
