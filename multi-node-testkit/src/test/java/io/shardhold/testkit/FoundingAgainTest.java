package io.shardhold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.ClusterEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FoundingAgainTest {
    @Test
    void numbersRiseOverAFoundingByASeedWhoseClockIsBehind() {
        SimulatedCluster cluster = new SimulatedCluster(1);
        Traffic traffic = new Traffic(cluster);
        String[] seeds = {"n1:7350", "n2:7350", "n3:7350", "n4:7350", "n5:7350"};
        for (int i = 1; i <= 5; i++) {
            Duration ahead = i == 3 ? Duration.ofSeconds(90) : Duration.ZERO;
            cluster.add(
                    Traffic.settings("n" + i, seeds).entity(traffic.hosted()).build(), 0, ahead);
        }
        List<Long> terms = new ArrayList<>();
        cluster.onEvent((node, event) -> {
            if (event instanceof ClusterEvent.CoordinatorActive active) {
                terms.add(active.term());
            }
        });
        for (int i = 2; i <= 5; i++) {
            cluster.node("n" + i).start();
        }
        traffic.keepSending(Duration.ofMillis(50));
        cluster.run(Duration.ofSeconds(12));
        cluster.node("n1").start();
        cluster.run(Duration.ofSeconds(10));
        cluster.node("n2").crash();
        cluster.run(Duration.ofSeconds(20));
        for (int i = 3; i <= 5; i++) {
            cluster.node("n" + i).crash();
        }
        cluster.run(Duration.ofSeconds(1));
        cluster.node("n4").start();
        cluster.node("n5").start();
        cluster.run(Duration.ofSeconds(40));
        assertThat(terms).hasSizeGreaterThanOrEqualTo(3).isSorted().doesNotHaveDuplicates();
    }
}
