package io.shardhold.testkit.loopback;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.testkit.fault.Handling;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class HandlingTest {
    @Test
    void handlersHangUntilTheNextRuleAndTakeTheirTimeOneAfterTheOther() {
        try (Town town = Town.settled(1)) {
            LoopbackNode n1 = town.node("n1");
            n1.handling(Handling.HANGING);
            List<CompletableFuture<Long>> second = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                CompletableFuture<Long> unused = town.begin(n1, "e" + i);
                second.add(town.begin(n1, "e" + i));
            }
            town.cluster.runFor(Duration.ofMillis(300));
            assertThat(second).noneMatch(CompletableFuture::isDone);
            n1.handling(Handling.QUICK);
            town.until("all are answered", () -> second.stream().allMatch(CompletableFuture::isDone));
            assertThat(second).noneMatch(CompletableFuture::isCompletedExceptionally);
            n1.handling(Handling.between(Duration.ofMillis(50), Duration.ofMillis(60)));
            Duration began = town.cluster.elapsed();
            for (long n = 1; n <= 6; n++) {
                town.say(n1, "e0", n);
            }
            town.until("all are handled", () -> town.handled.size() == 6);
            assertThat(town.cluster.elapsed().minus(began)).isGreaterThanOrEqualTo(Duration.ofMillis(250));
            assertThat(town.numbers("e0", "n1")).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        }
    }

    @Test
    void handlersThatWaitAreNotRunAnyMoreOnceTheProcessHasDied() {
        try (Town town = Town.settled(1)) {
            LoopbackNode n1 = town.node("n1");
            n1.handling(Handling.between(Duration.ofSeconds(30), Duration.ofSeconds(30)));
            for (long n = 1; n <= 8; n++) {
                town.say(n1, "e" + n, n);
            }
            town.until("they are taken up", () -> town.heard.takenUp >= Town.ENTITIES + 8);
            n1.crash();
            town.cluster.runFor(Duration.ofMillis(100));
            assertThat(town.handled).isEmpty();
        }
    }
}
