package io.shardhold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.config.EntitySpec;
import io.shardhold.testkit.fault.Handling;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holes of whole clusters that an attack on the protocol found, each kept shut by its scenario. */
final class KnownHolesTest {
    private static List<String> refusals(MultiNodeSpec cluster, String name) {
        List<String> reasons = new ArrayList<>();
        cluster.onEvent((node, event) -> {
            if (node.name().equals(name) && event instanceof ClusterEvent.JoinRefused refused) {
                reasons.add(refused.reason());
            }
        });
        return reasons;
    }

    // ---- two owners --------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theSuccessorOfAFounderThatLeavesAtOnceWaitsBeforeItPlaces(long seed) {
        MultiNodeSpec cluster = Specs.of(seed, 5, 3);
        cluster.nodes().forEach(TestNode::start);
        cluster.runFor(Duration.ofSeconds(10));
        cluster.keepSending(Duration.ofMillis(20));
        cluster.runFor(Duration.ofSeconds(5));
        boolean[] armed = {false};
        cluster.onEvent((node, event) -> {
            if (armed[0] && event instanceof ClusterEvent.CoordinatorActive) {
                armed[0] = false;
                cluster.after(Duration.ofMillis(1), node::leave);
            }
        });
        List<String> seeds = List.of("n1", "n2", "n3");
        seeds.forEach(name -> cluster.node(name).crash());
        cluster.runFor(Duration.ofMillis(20));
        armed[0] = true;
        seeds.forEach(name -> cluster.node(name).start());
        cluster.runFor(Duration.ofSeconds(10));
        assertThat(armed[0]).as("a founder has left").isFalse();
    }

    @Test
    void seedsThatDeclareOtherNumbersOfShardsDoNotFoundTogether() {
        for (EntitySpec<Traffic.Note> odd : List.of(Traffic.hosted(6), Traffic.routed(6))) {
            MultiNodeSpec cluster = Specs.of(1, 3, 3);
            cluster.node("n1").entity(Traffic.hosted(12));
            cluster.node("n2").entity(Traffic.hosted(12));
            cluster.node("n3").entity(odd);
            List<String> refusals = refusals(cluster, "n3");
            cluster.nodes().forEach(TestNode::start);
            cluster.runFor(Duration.ofSeconds(15));
            assertThat(cluster.node("n1").isServing()).isTrue();
            assertThat(cluster.node("n2").isServing()).isTrue();
            assertThat(cluster.node("n3").isServing()).isFalse();
            assertThat(refusals)
                    .isNotEmpty()
                    .allSatisfy(reason -> assertThat(reason)
                            .contains("'notes'")
                            .containsPattern("\\b12\\b")
                            .containsPattern("\\b6\\b"));
        }
    }

    // ---- nobody serves -----------------------------------------------------------------------------------------

    /** n3 has agreed; what n1 writes then reaches it only after n1 has welcomed it as a member. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 4, 5, 7, 8})
    void aSeedThatMissedTheFirstPageOfTheFoundingStillTakesItsSeat(long seed) {
        MultiNodeSpec model = fourNodes(seed);
        runUntilFounded(model);
        MultiNodeSpec cluster = fourNodes(seed);
        cluster.runFor(model.elapsed().minusNanos(3_500_000));
        cluster.cut("n1", "n3");
        runUntilFounded(cluster);
        assertThat(cluster.elapsed())
                .as("founded as soon as if n3 were not cut off, so with its agreement")
                .isLessThan(model.elapsed().plusMillis(100));
        cluster.runFor(Duration.ofMillis(900));
        cluster.heal("n1", "n3");
        cluster.runFor(Duration.ofSeconds(20));
        assertThat(cluster.nodes()).allMatch(TestNode::isServing);
        cluster.node("n2").crash();
        cluster.runFor(Duration.ofSeconds(4));
        assertThat(cluster.node("n1").isServing())
                .as("two of three seats are a quorum")
                .isTrue();
        assertThat(cluster.node("n3").isServing())
                .as("two of three seats are a quorum")
                .isTrue();
    }

    private static void runUntilFounded(MultiNodeSpec cluster) {
        cluster.await(
                "n1 founds",
                Duration.ofSeconds(10),
                () -> cluster.node("n1").view().clusterId() != 0);
    }

    private static MultiNodeSpec fourNodes(long seed) {
        MultiNodeSpec cluster = Specs.of(seed, 4, 3);
        cluster.nodes().forEach(TestNode::start);
        return cluster;
    }

    // ---- leaving -----------------------------------------------------------------------------------------------

    @Test
    void leavingWhileTheNodeGivesUpIsCarriedOut() {
        MultiNodeSpec cluster = givingUp();
        List<ClusterEvent> ends = new ArrayList<>();
        cluster.onEvent((node, event) -> {
            if (event instanceof ClusterEvent.Left || event instanceof ClusterEvent.Reborn) {
                ends.add(event);
            }
        });
        cluster.runFor(Duration.ofSeconds(4));
        assertThat(ends).as("n4 still waits for its handlers").isEmpty();
        assertThat(cluster.node("n4").homes().size()).isPositive();
        cluster.node("n4").leave();
        cluster.runFor(Duration.ofSeconds(90));
        assertThat(cluster.node("n4").isRunning()).isFalse();
        assertThat(ends).hasSize(1).first().isInstanceOf(ClusterEvent.Left.class);
    }

    /** The application asks at the last moment, when the old incarnation has ended and the new one has not begun. */
    @Test
    void leavingBetweenTwoIncarnationsIsCarriedOut() {
        MultiNodeSpec model = givingUp();
        int[] seen = {0};
        int[] last = {0};
        boolean[] over = {false};
        model.onEvent((node, event) -> {
            if (node.name().equals("n4") && !over[0]) {
                over[0] = event instanceof ClusterEvent.Reborn;
                last[0] = over[0] ? seen[0] : last[0];
                seen[0]++;
            }
        });
        model.await("n4 starts over", Duration.ofSeconds(60), () -> over[0]);
        MultiNodeSpec cluster = givingUp();
        int[] events = {0};
        cluster.onEvent((node, event) -> {
            if (node.name().equals("n4") && ++events[0] == last[0]) {
                node.leave();
            }
        });
        cluster.runFor(Duration.ofMinutes(2));
        assertThat(cluster.node("n4").isRunning()).isFalse();
    }

    /** n4 has been cut off for so long that the others have removed it, and its handlers take 20 s. */
    private static MultiNodeSpec givingUp() {
        MultiNodeSpec cluster = Specs.of(4, 4, 3);
        cluster.nodes().forEach(TestNode::start);
        cluster.runFor(Duration.ofSeconds(10));
        cluster.keepSending(Duration.ofMillis(50));
        cluster.runFor(Duration.ofSeconds(3));
        cluster.stopSending();
        cluster.nodes()
                .forEach(node -> node.handling(Handling.between(Duration.ofSeconds(20), Duration.ofSeconds(21))));
        for (int i = 0; i < 24; i++) {
            cluster.node("n1").entityRef(Workload.TALLIES, "t" + i).tell(new Workload.Tally(i));
        }
        cluster.runFor(Duration.ofMillis(100));
        for (String seed : List.of("n1", "n2", "n3")) {
            cluster.partition("n4", seed);
        }
        cluster.runFor(Duration.ofSeconds(12));
        cluster.healAll();
        return cluster;
    }

    /** A handoff from n1 to n4 is under way when n4 dies; then n1, which alone could host, leaves. */
    @Test
    void theStopTimerOfALeavingNodeDoesNotReopenShards() {
        MultiNodeSpec cluster = Specs.of(9, 4, 3);
        cluster.node("n1").entity(Traffic.hosted(12));
        cluster.node("n2").entity(Traffic.routed(12));
        cluster.node("n3").entity(Traffic.routed(12));
        cluster.node("n4").entity(Traffic.hosted(12));
        for (String name : List.of("n1", "n2", "n3")) {
            cluster.node(name).start();
        }
        cluster.runFor(Duration.ofSeconds(10));
        sendToAll(cluster);
        cluster.runFor(Duration.ofSeconds(2));
        cluster.nodes()
                .forEach(node -> node.handling(Handling.between(Duration.ofSeconds(16), Duration.ofSeconds(17))));
        sendToAll(cluster);
        cluster.runFor(Duration.ofMillis(100));
        cluster.node("n4").start();
        cluster.await(
                "n4 is up",
                Duration.ofSeconds(10),
                () -> cluster.node("n4").view().isUp());
        cluster.runFor(Duration.ofMillis(2_500));
        cluster.node("n4").crash();
        cluster.runFor(Duration.ofMillis(7_300));
        Duration asked = cluster.elapsed();
        cluster.node("n1").leave();
        cluster.await(
                "n1 has left", Duration.ofSeconds(60), () -> !cluster.node("n1").isRunning());
        assertThat(cluster.elapsed().minus(asked)).isLessThan(Duration.ofSeconds(30));
    }

    private static void sendToAll(MultiNodeSpec cluster) {
        for (int i = 0; i < 40; i++) {
            Traffic.send(cluster.node("n2"), "e" + i, i);
        }
    }
}
