package io.shardhold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import io.shardhold.cluster.Seat;
import io.shardhold.testkit.fault.LinkRule;
import io.shardhold.testkit.fault.ProtocolStep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The worst moments of a change of the seats: a quorum of them is there all the time, so nothing is founded again. */
final class SeatChangeAttackTest {
    private static final Duration EVER = Duration.ofMinutes(10);
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final LinkRule SLOW = LinkRule.CLEAR.delay(Duration.ofMillis(2), Duration.ofMillis(20));

    private static MultiNodeSpec fiveSeats(long seed, boolean lease) {
        MultiNodeSpec cluster = Specs.of(seed, 5, 5);
        if (lease) {
            cluster.lease();
        }
        return cluster;
    }

    private static void reach(MultiNodeSpec cluster, AtomicBoolean what) {
        cluster.await("it comes so far", LONG, what::get);
    }

    private static long clusterOf(TestNode node) {
        return node.view().clusterId();
    }

    private static Optional<NodeId> holder(TestNode node) {
        return Optional.of(node.identity());
    }

    private static List<String> rebirths(MultiNodeSpec cluster) {
        List<String> rebirths = new ArrayList<>();
        cluster.onEvent((node, event) -> {
            if (event instanceof ClusterEvent.Reborn reborn) {
                rebirths.add(node + ": " + reborn.reason());
            }
        });
        return rebirths;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void coordinatorThatDiesWhileASeatIsGivenBackIsSucceeded(long seed) {
        try (MultiNodeSpec cluster = fiveSeats(seed, seed % 2 == 0)) {
            cluster.start();
            TestNode first = cluster.coordinator();
            long before = clusterOf(first);
            TestNode back = cluster.node(first.name().equals("n3") ? "n4" : "n3");
            cluster.network(SLOW);
            back.crash();
            back.start();
            cluster.await("it is back", LONG, back::isServing);
            cluster.runFor(Duration.ofMillis(1 + cluster.random().nextInt(150)));
            first.crash();
            if (seed % 3 == 0) {
                back.crash();
                back.start();
            }
            cluster.await(
                    "another coordinates", LONG, () -> cluster.findCoordinator().isPresent());
            first.start();
            cluster.awaitConverged(LONG);
            assertThat(clusterOf(first)).isEqualTo(before);
        }
    }

    /** Nobody has the right before the takeover; so nobody is to blame for having none. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void seatsThatAreDividedOverAChangeCostNobodyItsMembership(boolean lease) {
        try (MultiNodeSpec cluster = fiveSeats(2, lease)) {
            List<String> rebirths = rebirths(cluster);
            cluster.start();
            TestNode first = cluster.coordinator();
            long before = clusterOf(first);
            TestNode back = cluster.node(first.name().equals("n5") ? "n4" : "n5");
            back.crash();
            cluster.runFor(Duration.ofSeconds(8));
            AtomicBoolean learnt = new AtomicBoolean();
            cluster.onceSent(back, ProtocolStep.MAP_WRITE_ACK, () -> {
                learnt.set(true);
                cluster.holdBack(ProtocolStep.MAP_WRITE, first.name(), "n2", EVER);
                cluster.holdBack(ProtocolStep.MAP_WRITE, first.name(), "n3", EVER);
            });
            back.start();
            reach(cluster, learnt);
            cluster.runFor(Duration.ofMillis(300));
            first.crash();
            cluster.healAll();
            cluster.runFor(Duration.ofSeconds(20));
            assertThat(rebirths).isEmpty();
            first.start();
            cluster.awaitConverged(LONG);
            assertThat(clusterOf(first)).isEqualTo(before);
        }
    }

    /** n5 misses a takeover; what it reads of it in the end lacks the seats, since a change of them waits for its learner. */
    @Test
    void seatThatIsBehindDuringAChangeKeepsItsVoice() {
        try (MultiNodeSpec cluster = Specs.of(1, 5, 5)) {
            cluster.nodes().forEach(node -> node.entity(Traffic.hosted(900)));
            cluster.start();
            cluster.runFor(Duration.ofSeconds(3));
            for (int i = 0; i < 2_000; i++) {
                Traffic.send(cluster.node("n3"), "e" + i, 1);
            }
            cluster.runFor(Duration.ofSeconds(3));
            TestNode first = cluster.node("n1");
            assertThat(cluster.coordinator()).isEqualTo(first);
            long before = clusterOf(first);
            cluster.holdBack(ProtocolStep.MAP_WRITE, null, "n5", EVER);
            first.crash();
            cluster.await("n2 takes over", LONG, cluster.node("n2")::isCoordinating);
            AtomicBoolean learns = new AtomicBoolean();
            cluster.onceSent(first, ProtocolStep.MAP_WRITE_ACK, () -> {
                learns.set(true);
                cluster.holdBack(ProtocolStep.MAP_WRITE_ACK, "n1", "n2", EVER);
            });
            cluster.network(LinkRule.CLEAR.delay(Duration.ofMillis(5), Duration.ofMillis(10)));
            first.start();
            reach(cluster, learns);
            cluster.runFor(Duration.ofMillis(100));
            cluster.healAll();
            cluster.holdBack(ProtocolStep.MAP_WRITE_ACK, "n1", "n2", EVER);
            cluster.runFor(Duration.ofMillis(700));
            cluster.node("n2").crash();
            cluster.healAll();
            cluster.await(
                    "another coordinates", LONG, () -> cluster.findCoordinator().isPresent());
            cluster.node("n2").start();
            cluster.awaitConverged(LONG);
            assertThat(clusterOf(first)).isEqualTo(before);
        }
    }

    @Test
    void seedThatDoesNotLearnHoldsUpNoOther() {
        try (MultiNodeSpec cluster = fiveSeats(1, false)) {
            cluster.start();
            TestNode coordinator = cluster.coordinator();
            assertThat(coordinator.name()).isEqualTo("n1");
            for (String name : List.of("n2", "n3")) {
                cluster.node(name).crash();
                cluster.node(name).start();
            }
            cluster.holdBack(ProtocolStep.MAP_WRITE, "n1", "n2", EVER);
            cluster.await(
                    "n3 has its seat",
                    LONG,
                    () -> coordinator.view().seats().contains(new Seat("n3:7350", holder(cluster.node("n3")))));
        }
    }

    /** Two seeds do not see each other at first, and each wants to found with the third. */
    @ParameterizedTest
    @ValueSource(longs = {1, 3, 4, 5})
    void seedThatHadAgreedToAnotherFoundingGetsItsSeat(long seed) {
        try (MultiNodeSpec cluster = Specs.of(seed, 3, 3)) {
            cluster.nodes().forEach(TestNode::start);
            cluster.partition("n1", "n2");
            cluster.runFor(Duration.ofMillis(5_000 + 200 * seed));
            long events = cluster.events();
            cluster.healAll();
            cluster.awaitConverged(LONG);
            assertThat(cluster.events() - events).as("nobody talks without end").isLessThan(50_000);
        }
    }
}
