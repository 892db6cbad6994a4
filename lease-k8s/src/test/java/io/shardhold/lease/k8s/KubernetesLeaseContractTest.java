package io.shardhold.lease.k8s;

import io.shardhold.lease.contract.LeaseContract;
import io.shardhold.lease.contract.StoreUnderTest;

class KubernetesLeaseContractTest extends LeaseContract {
    @Override
    protected StoreUnderTest open() {
        return new LeasesUnderTest();
    }

    /** Each random history is some thousand requests. */
    @Override
    protected int seeds() {
        return Integer.getInteger("lease.seeds", 3);
    }
}
