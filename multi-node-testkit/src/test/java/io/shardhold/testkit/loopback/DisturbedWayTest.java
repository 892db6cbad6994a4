package io.shardhold.testkit.loopback;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.testkit.fault.LinkRule;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class DisturbedWayTest {
    @Test
    void whatIsDelayedArrivesLateInOrderAndAllOfIt() {
        try (Town town = Town.settled(3)) {
            Town.Pair pair = town.apart();
            Duration atLeast = Duration.ofMillis(40);
            town.cluster.link(
                    pair.sender().name(), pair.home().name(), LinkRule.CLEAR.delay(atLeast, Duration.ofMillis(80)));
            Duration asked = town.cluster.elapsed();
            CompletableFuture<Long> answer = town.begin(pair.sender(), pair.entity());
            town.until("the answer comes", answer::isDone);
            assertThat(town.cluster.elapsed().minus(asked)).isGreaterThanOrEqualTo(atLeast);
            for (long n = 1; n <= 60; n++) {
                town.say(pair.sender(), pair.entity(), n);
                town.cluster.runFor(Duration.ofMillis(2));
            }
            town.until(
                    "the last has arrived",
                    () -> town.numbers(pair.entity(), pair.sender().name()).contains(60L));
            assertThat(town.numbers(pair.entity(), pair.sender().name()))
                    .isEqualTo(LongStream.rangeClosed(1, 60).boxed().toList());
            assertThat(town.cluster
                            .counts(pair.sender().name(), pair.home().name())
                            .delayedBytes())
                    .isPositive();
        }
    }

    @Test
    void corruptionBreaksTheConnectionAndNothingWrongIsDelivered() {
        try (Town town = Town.settled(3)) {
            Town.Pair pair = town.apart();
            String from = pair.sender().name();
            String to = pair.home().name();
            town.cluster.link(from, to, LinkRule.CLEAR.corruption(0.1));
            long[] number = {0};
            town.until("the home rejects frames, and the sender loses its link", () -> {
                number[0]++;
                town.say(pair.sender(), pair.entity(), number[0]);
                return rejected(pair.home()) > 2
                        && !town.heard.events(ClusterEvent.LinkLost.class).isEmpty();
            });
            assertThat(town.cluster.counts(from, to).damagedFrames()).isGreaterThan(2);
            town.cluster.link(from, to, LinkRule.CLEAR);
            town.askAll();
            long last = ++number[0];
            town.until("numbers arrive again", () -> {
                town.say(pair.sender(), pair.entity(), last);
                return town.numbers(pair.entity(), from).contains(last);
            });
            List<Long> numbers = town.numbers(pair.entity(), from).stream()
                    .filter(n -> n != last)
                    .toList();
            assertThat(numbers)
                    .isSubsetOf(LongStream.range(1, last).boxed().toList())
                    .doesNotHaveDuplicates();
            assertThat(town.handled)
                    .allMatch(h -> h.sender().equals(from) && h.entity().equals(pair.entity()));
        }
    }

    private static long rejected(LoopbackNode node) {
        return node.counters().getOrDefault("FRAMES_REJECTED", 0L);
    }

    @Test
    void aBrokenLinkIsMadeAnew() {
        try (Town town = Town.settled(3)) {
            Town.Pair pair = town.apart();
            String from = pair.sender().name();
            String to = pair.home().name();
            long opened = town.cluster.counts(from, to).opened();
            town.cluster.breakLink(from, to);
            assertThat(town.cluster.counts(from, to).broken()).isPositive();
            town.until("it connects again", () -> town.cluster.counts(from, to).opened() > opened);
            town.ask(pair.sender(), pair.entity());
            assertThat(town.heard.story()).hasSize(3);
        }
    }
}
