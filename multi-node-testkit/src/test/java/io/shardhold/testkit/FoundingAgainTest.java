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
        MultiNodeSpec cluster = Specs.of(1, 5, 5);
        cluster.node("n3").clock(Duration.ofSeconds(90), 0);
        List<Long> terms = new ArrayList<>();
        cluster.onEvent((node, event) -> {
            if (event instanceof ClusterEvent.CoordinatorActive active) {
                terms.add(active.term());
            }
        });
        for (int i = 2; i <= 5; i++) {
            cluster.node("n" + i).start();
        }
        cluster.keepSending(Duration.ofMillis(50));
        cluster.runFor(Duration.ofSeconds(12));
        cluster.node("n1").start();
        cluster.runFor(Duration.ofSeconds(10));
        cluster.node("n2").crash();
        cluster.runFor(Duration.ofSeconds(20));
        for (int i = 3; i <= 5; i++) {
            cluster.node("n" + i).crash();
        }
        cluster.runFor(Duration.ofSeconds(1));
        cluster.node("n4").start();
        cluster.node("n5").start();
        cluster.runFor(Duration.ofSeconds(40));
        assertThat(terms).hasSizeGreaterThanOrEqualTo(3).isSorted().doesNotHaveDuplicates();
    }
}
