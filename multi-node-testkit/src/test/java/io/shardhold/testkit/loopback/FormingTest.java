package io.shardhold.testkit.loopback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class FormingTest {
    @Test
    void threeNodesFormAClusterAndAnswerAsks() {
        try (Town town = Town.settled(3)) {
            assertThat(town.heard.story()).containsExactlyInAnyOrder("n1 started", "n2 started", "n3 started");
            town.until("one coordinator is seen to act", () -> town.heard.mostActing == 1);
            assertThat(town.heard.takenUp).isGreaterThanOrEqualTo(3L * Town.ENTITIES);
            assertThat(town.cluster.counts("n1", "n2").passedBytes()).isPositive();
            assertThat(town.cluster.counts("n1", "n2").heldBytes()).isZero();
            assertThat(town.cluster.events()).isPositive();
        }
    }

    @Test
    void aCrashIsReplacedAndTheMachineStartsAgainAsANewIncarnation() {
        try (Town town = Town.settled(3)) {
            LoopbackNode n3 = town.node("n3");
            long before = n3.identity().incarnation();
            n3.crash();
            assertThat(n3.isRunning()).isFalse();
            assertThat(n3.hosted()).isEmpty();
            town.askAll();
            n3.start();
            town.until("n3 serves again", n3::isServing);
            assertThat(n3.identity().incarnation()).isGreaterThan(before);
            assertThat(town.heard.story()).endsWith("n3 died", "n3 started");
            town.askAll();
        }
    }

    @Test
    void whoLeavesHandsOverAndEndsInOrder() {
        try (Town town = Town.settled(3)) {
            LoopbackNode n2 = town.node("n2");
            n2.leave();
            town.until("n2 has left", () -> !n2.isRunning());
            town.until("its end is told", () -> town.heard.story().contains("n2 left"));
            town.askAll();
            assertThatThrownBy(() -> n2.entityRef(Town.WORDS, "e1")).isInstanceOf(IllegalStateException.class);
        }
    }
}
