package io.shardhold.testkit.loopback;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.testkit.fault.LinkRule;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class CutTest {
    @Test
    void aCutInOneDirectionOrBothEndsTheRightAndHealingRestoresIt() {
        try (Town town = Town.settled(3)) {
            LoopbackNode n3 = town.node("n3");
            cut(town, true, false);
            town.until("n3 is not heard", () -> !n3.isServing());
            cut(town, false, false);
            town.until("n3 serves again", town::allServe);
            cut(town, false, true);
            town.until("n3 does not hear", () -> !n3.isServing());
            cut(town, false, false);
            town.until("n3 serves once more", town::allServe);
            cut(town, true, true);
            town.until("n3 is alone", () -> !n3.isServing());
            town.cluster.runFor(Duration.ofMillis(50));
            assertThat(n3.mayTakeUp()).isFalse();
            assertThat(town.cluster.counts("n3", "n1").heldBytes()).isPositive();
            cut(town, false, false);
            town.until("n3 serves after all", town::allServe);
            town.askAll();
        }
    }

    @Test
    void whatAShortCutHoldsArrivesInOrder() {
        try (Town town = Town.settled(3)) {
            Town.Pair pair = town.apart();
            town.cluster.link(pair.sender().name(), pair.home().name(), LinkRule.CLEAR.cut(true));
            LongStream.rangeClosed(1, 50).forEach(n -> town.say(pair.sender(), pair.entity(), n));
            town.cluster.runFor(Duration.ofMillis(300));
            assertThat(town.handled).isEmpty();
            town.cluster.link(pair.sender().name(), pair.home().name(), LinkRule.CLEAR);
            town.until(
                    "the last has arrived",
                    () -> town.numbers(pair.entity(), pair.sender().name()).contains(50L));
            List<Long> numbers = town.numbers(pair.entity(), pair.sender().name());
            assertThat(numbers).isSorted().doesNotHaveDuplicates();
            if (town.heard.events(ClusterEvent.LinkLost.class).isEmpty()) {
                assertThat(numbers).hasSize(50);
            }
        }
    }

    @Test
    void whatWasGivenUpDuringACutDoesNotArriveAfterIt() {
        try (Town town = Town.settled(3)) {
            Town.Pair pair = town.apart();
            String from = pair.sender().name();
            String to = pair.home().name();
            town.cluster.link(from, to, LinkRule.CLEAR.cut(true));
            town.say(pair.sender(), pair.entity(), 1);
            ClusterEvent lost = new ClusterEvent.LinkLost(pair.home().identity(), 1);
            town.until(
                    "the sender gives the message up",
                    () -> town.heard.events(ClusterEvent.LinkLost.class).contains(lost));
            // The loss is told a moment before the socket is closed, and a network may be quicker than that.
            town.cluster.runFor(Duration.ofMillis(200));
            town.cluster.link(from, to, LinkRule.CLEAR);
            town.ask(pair.sender(), pair.entity());
            town.say(pair.sender(), pair.entity(), 2);
            town.until(
                    "the next arrives", () -> town.numbers(pair.entity(), from).contains(2L));
            assertThat(town.numbers(pair.entity(), from)).containsExactly(2L);
        }
    }

    private static void cut(Town town, boolean out, boolean in) {
        for (String other : List.of("n1", "n2")) {
            town.cluster.link("n3", other, LinkRule.CLEAR.cut(out));
            town.cluster.link(other, "n3", LinkRule.CLEAR.cut(in));
        }
    }
}
