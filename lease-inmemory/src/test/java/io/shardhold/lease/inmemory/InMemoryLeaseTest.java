package io.shardhold.lease.inmemory;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.lease.Lease;
import io.shardhold.lease.LeaseAnswer;
import io.shardhold.lease.LeaseRecord;
import io.shardhold.lease.LeaseSettings;
import io.shardhold.lease.ReleaseAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InMemoryLeaseTest {
    private static final LeaseSettings SETTINGS = LeaseSettings.of("shop", "n1");

    private final InMemoryLeaseStore store = new InMemoryLeaseStore();

    @Test
    void virtualTimeIsEnoughToHoldAndToLose() {
        ManualRuntime time = new ManualRuntime();
        try (InMemoryLease lease = new InMemoryLease(store, SETTINGS, time)) {
            List<String> told = new ArrayList<>();
            lease.onLost(loss -> told.add(loss.reason() + " " + loss.token()));
            for (int i = 0; i < 15; i++) {
                lease.acquire(0);
                time.pass(SETTINGS.poll());
            }
            assertThat(lease.checkAlive()).isTrue();
            assertThat(store.record("shop").map(LeaseRecord::owner)).contains(lease.owner());
            store.setDown(true);
            time.pass(SETTINGS.ttl());
            assertThat(lease.checkAlive()).isFalse();
            assertThat(told).containsExactly("EXPIRED " + lease.fencingToken());
            assertThat(lease.settings()).isEqualTo(SETTINGS);
        }
    }

    @Test
    void withoutARuntimeItRunsOnItsOwn() {
        store.put("shop", new LeaseRecord("before#1", 10, Duration.ofSeconds(5), 0, true));
        try (Lease lease = new InMemoryLease(store, SETTINGS)) {
            assertThat(lease.acquire(0).toCompletableFuture().join()).isEqualTo(new LeaseAnswer.Granted(11));
            assertThat(lease.release().toCompletableFuture().join()).isEqualTo(new ReleaseAnswer.Released());
        }
    }
}
