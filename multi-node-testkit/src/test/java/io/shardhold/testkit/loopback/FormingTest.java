package io.shardhold.testkit.loopback;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.testkit.fault.LinkRule;
import java.time.Duration;
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
    void isolationEndsTheRightAndHealingRestoresIt() {
        try (Town town = Town.settled(3)) {
            cut(town, true, true);
            town.until("n3 has no right", () -> !town.node("n3").isServing());
            assertThat(town.node("n1").isServing()).isTrue();
            town.cluster.runFor(Duration.ofMillis(200));
            assertThat(town.node("n3").mayTakeUp()).isFalse();
            assertThat(town.cluster.counts("n3", "n1").heldBytes()).isPositive();
            cut(town, false, false);
            town.until("n3 serves again", town::allServe);
            town.askAll();
        }
    }

    private static void cut(Town town, boolean out, boolean in) {
        for (String other : new String[] {"n1", "n2"}) {
            town.cluster.link("n3", other, LinkRule.CLEAR.cut(out));
            town.cluster.link(other, "n3", LinkRule.CLEAR.cut(in));
        }
    }
}
