package io.shardhold.testkit.loopback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardhold.testkit.fault.Handling;
import io.shardhold.testkit.fault.LinkRule;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

final class ClosingTest {
    @Test
    void closingFreesThreadsAndPorts() {
        List<Integer> ports = new ArrayList<>();
        for (int round = 0; round < 5; round++) {
            try (Town town = new Town(3)) {
                town.nodes().forEach(LoopbackNode::start);
                town.until("all serve", town::allServe);
                town.node("n1").handling(Handling.HANGING);
                for (int i = 0; i < Town.ENTITIES; i++) {
                    town.say(town.node("n2"), "e" + i, i);
                }
                town.cluster.link("n1", "n2", LinkRule.CLEAR.cut(true));
                town.nodes().forEach(node -> ports.add(node.settings().advertisedPort()));
            }
        }
        Awaitility.await()
                .atMost(Town.LONG)
                .untilAsserted(() -> assertThat(threads()).isEmpty());
        assertThat(ports).allSatisfy(port -> assertThatCode(() -> bind(port)).doesNotThrowAnyException());
    }

    private static void bind(int port) throws IOException {
        new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("shardhold-") || name.startsWith("loopback-"))
                .toList();
    }

    @Test
    void closingTwiceOrWithoutANodeDoesNothing() {
        LoopbackCluster cluster = new LoopbackRung().open(1, new Heard());
        cluster.close();
        cluster.close();
        assertThat(cluster.history()).isEmpty();
    }

    @Test
    void whatTheRungCannotInjectIsRefusedByName() {
        try (Town town = new Town(1)) {
            LoopbackNode n1 = town.node("n1");
            assertThatThrownBy(() -> n1.pause(Duration.ofSeconds(1))).hasMessageContaining("PAUSE");
            assertThatThrownBy(() -> n1.jumpWallClock(Duration.ofSeconds(1))).hasMessageContaining("CLOCK_JUMP");
            assertThatThrownBy(() -> town.cluster.link("n1", "n1", LinkRule.CLEAR.loss(0.1)))
                    .hasMessageContaining("LOSS");
            assertThatThrownBy(() -> town.cluster.add(n1.settings(), 10, Duration.ZERO))
                    .hasMessageContaining("CLOCK_DRIFT");
            assertThatThrownBy(() -> town.cluster.add(n1.settings(), 0, Duration.ofDays(1)))
                    .hasMessageContaining("CLOCK_OFFSET");
            assertThatThrownBy(() -> town.cluster.link("n1", "n9", LinkRule.CLEAR.cut(true)))
                    .hasMessageContaining("n9");
        }
    }

    @Test
    void actionsAreDoneInTheOrderOfTheirTimesWhileTimePasses() {
        try (Town town = new Town(1)) {
            List<String> done = new ArrayList<>();
            town.cluster.after(Duration.ofMillis(40), () -> done.add("late"));
            town.cluster.after(Duration.ofMillis(20), () -> {
                done.add("early");
                town.cluster.after(Duration.ZERO, () -> done.add("at once"));
            });
            assertThat(done).isEmpty();
            town.cluster.runFor(Duration.ofMillis(100));
            assertThat(done).containsExactly("early", "at once", "late");
            assertThat(town.cluster.runUntil(Duration.ofMillis(5), () -> false)).isFalse();
        }
    }
}
