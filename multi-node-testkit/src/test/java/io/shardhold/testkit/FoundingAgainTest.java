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

    /** All seeds die, and the clocks of those that found again are behind; n4 has been a member all the time. */
    @Test
    void survivorThatKnowsOfHigherNumbersLiftsThoseOfTheNextCluster() {
        MultiNodeSpec cluster = Specs.of(3, 4, 3);
        List<Long> terms = new ArrayList<>();
        cluster.onEvent((node, event) -> {
            if (event instanceof ClusterEvent.CoordinatorActive active) {
                terms.add(active.term());
            }
        });
        cluster.keepSending(Duration.ofMillis(50));
        cluster.runFor(Duration.ofSeconds(10));
        for (String seed : List.of("n1", "n2", "n3")) {
            cluster.node(seed).crash();
            cluster.node(seed).jumpWallClock(Duration.ofSeconds(-100));
            cluster.node(seed).start();
        }
        cluster.awaitConverged(Duration.ofSeconds(60));
        assertThat(terms).hasSize(3);
        assertThat(terms.get(1)).as("founded again by clocks that are behind").isLessThan(terms.get(0));
        assertThat(terms.get(2)).as("after n4 has joined").isGreaterThan(terms.get(0));
    }
}
