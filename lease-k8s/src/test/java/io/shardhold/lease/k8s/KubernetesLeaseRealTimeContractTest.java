package io.shardhold.lease.k8s;

import io.shardhold.lease.LeaseSettings;
import io.shardhold.lease.contract.LeaseRealTimeContract;
import io.shardhold.lease.contract.StoreUnderTest;
import java.time.Duration;

class KubernetesLeaseRealTimeContractTest extends LeaseRealTimeContract {
    @Override
    protected StoreUnderTest open() {
        return new LeasesUnderTest();
    }

    @Override
    protected LeaseSettings settings(String name) {
        return LeaseSettings.of(name, "owner")
                .withTimes(
                        Duration.ofSeconds(1),
                        Duration.ofMillis(100),
                        Duration.ofMillis(60),
                        Duration.ofMillis(50),
                        Duration.ofMillis(400));
    }
}
