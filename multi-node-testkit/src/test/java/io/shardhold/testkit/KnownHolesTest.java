package io.shardhold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.config.EntitySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holes of whole clusters that an attack on the protocol found, each kept shut by its scenario. */
final class KnownHolesTest {
    private static final String[] SEEDS = {"n1:7350", "n2:7350", "n3:7350"};

    private static EntitySpec<Traffic.Note> hosted(int shards) {
        return EntitySpec.of(Traffic.NOTES, context -> message -> {}).shards(shards);
    }

    private static void add(SimulatedCluster cluster, String name, EntitySpec<Traffic.Note> spec, String... seeds) {
        cluster.add(Traffic.settings(name, seeds).entity(spec).build());
    }

    private static List<String> refusals(SimulatedCluster cluster, String name) {
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
        SimulatedCluster cluster = new SimulatedCluster(seed);
        Traffic traffic = new Traffic(cluster);
        traffic.nodes(5, 3);
        traffic.startAll();
        cluster.run(Duration.ofSeconds(10));
        traffic.keepSending(Duration.ofMillis(20));
        cluster.run(Duration.ofSeconds(5));
        boolean[] armed = {false};
        cluster.onEvent((node, event) -> {
            if (armed[0] && event instanceof ClusterEvent.CoordinatorActive) {
                armed[0] = false;
                cluster.after(Duration.ofMillis(1), node::leave);
            }
        });
        List<String> seeds = List.of("n1", "n2", "n3");
        seeds.forEach(name -> cluster.node(name).crash());
        cluster.run(Duration.ofMillis(20));
        armed[0] = true;
        seeds.forEach(name -> cluster.node(name).start());
        cluster.run(Duration.ofSeconds(10));
        assertThat(armed[0]).as("a founder has left").isFalse();
    }

    @Test
    void seedsThatDeclareOtherNumbersOfShardsDoNotFoundTogether() {
        for (EntitySpec<Traffic.Note> odd :
                List.of(hosted(6), EntitySpec.route(Traffic.NOTES).shards(6))) {
            SimulatedCluster cluster = new SimulatedCluster(1);
            add(cluster, "n1", hosted(12), SEEDS);
            add(cluster, "n2", hosted(12), SEEDS);
            add(cluster, "n3", odd, SEEDS);
            List<String> refusals = refusals(cluster, "n3");
            cluster.nodes().forEach(SimulatedNode::start);
            cluster.run(Duration.ofSeconds(15));
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
        SimulatedCluster model = fourNodes(seed);
        runUntilFounded(model);
        SimulatedCluster cluster = fourNodes(seed);
        cluster.run(model.elapsed().minusNanos(3_500_000));
        cluster.cut("n1", "n3");
        runUntilFounded(cluster);
        assertThat(cluster.elapsed())
                .as("founded as soon as if n3 were not cut off, so with its agreement")
                .isLessThan(model.elapsed().plusMillis(100));
        cluster.run(Duration.ofMillis(900));
        cluster.heal("n1", "n3");
        cluster.run(Duration.ofSeconds(20));
        assertThat(cluster.nodes()).allMatch(SimulatedNode::isServing);
        cluster.node("n2").crash();
        cluster.run(Duration.ofSeconds(4));
        assertThat(cluster.node("n1").isServing())
                .as("two of three seats are a quorum")
                .isTrue();
        assertThat(cluster.node("n3").isServing())
                .as("two of three seats are a quorum")
                .isTrue();
    }

    private static void runUntilFounded(SimulatedCluster cluster) {
        cluster.runUntil(
                "n1 founds",
                Duration.ofSeconds(10),
                () -> cluster.node("n1").view().clusterId() != 0);
    }

    private static SimulatedCluster fourNodes(long seed) {
        SimulatedCluster cluster = new SimulatedCluster(seed);
        Traffic traffic = new Traffic(cluster);
        traffic.nodes(4, 3);
        traffic.startAll();
        return cluster;
    }

    // ---- leaving -----------------------------------------------------------------------------------------------

    @Test
    void leavingWhileTheNodeGivesUpIsCarriedOut() {
        SimulatedCluster cluster = givingUp();
        List<ClusterEvent> ends = new ArrayList<>();
        cluster.onEvent((node, event) -> {
            if (event instanceof ClusterEvent.Left || event instanceof ClusterEvent.Reborn) {
                ends.add(event);
            }
        });
        cluster.run(Duration.ofSeconds(4));
        assertThat(ends).as("n4 still waits for its handlers").isEmpty();
        assertThat(cluster.node("n4").hostedShards()).isPositive();
        cluster.node("n4").leave();
        cluster.run(Duration.ofSeconds(90));
        assertThat(cluster.node("n4").isRunning()).isFalse();
        assertThat(ends).hasSize(1).first().isInstanceOf(ClusterEvent.Left.class);
    }

    /** The application asks at the last moment, when the old incarnation has ended and the new one has not begun. */
    @Test
    void leavingBetweenTwoIncarnationsIsCarriedOut() {
        SimulatedCluster model = givingUp();
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
        model.runUntil("n4 starts over", Duration.ofSeconds(60), () -> over[0]);
        SimulatedCluster cluster = givingUp();
        int[] events = {0};
        cluster.onEvent((node, event) -> {
            if (node.name().equals("n4") && ++events[0] == last[0]) {
                node.leave();
            }
        });
        cluster.run(Duration.ofMinutes(2));
        assertThat(cluster.node("n4").isRunning()).isFalse();
    }

    /** n4 has been cut off for so long that the others have removed it, and its handlers take 20 s. */
    private static SimulatedCluster givingUp() {
        SimulatedCluster cluster = new SimulatedCluster(4);
        Traffic traffic = new Traffic(cluster);
        traffic.nodes(4, 3);
        traffic.startAll();
        cluster.run(Duration.ofSeconds(10));
        traffic.keepSending(Duration.ofMillis(50));
        cluster.run(Duration.ofSeconds(3));
        traffic.stopSending();
        cluster.handlersTake(Duration.ofSeconds(20), Duration.ofSeconds(21));
        for (int i = 0; i < Traffic.ENTITIES; i++) {
            traffic.send(cluster.node("n1"), "e" + i);
        }
        cluster.run(Duration.ofMillis(100));
        for (String seed : List.of("n1", "n2", "n3")) {
            cluster.partition("n4", seed);
        }
        cluster.run(Duration.ofSeconds(12));
        cluster.healAll();
        return cluster;
    }

    /** A handoff from n1 to n4 is under way when n4 dies; then n1, which alone could host, leaves. */
    @Test
    void theStopTimerOfALeavingNodeDoesNotReopenShards() {
        SimulatedCluster cluster = new SimulatedCluster(9);
        EntitySpec<Traffic.Note> routed = EntitySpec.route(Traffic.NOTES).shards(12);
        add(cluster, "n1", hosted(12), SEEDS);
        add(cluster, "n2", routed, SEEDS);
        add(cluster, "n3", routed, SEEDS);
        add(cluster, "n4", hosted(12), SEEDS);
        for (String name : List.of("n1", "n2", "n3")) {
            cluster.node(name).start();
        }
        cluster.run(Duration.ofSeconds(10));
        sendToAll(cluster);
        cluster.run(Duration.ofSeconds(2));
        cluster.handlersTake(Duration.ofSeconds(16), Duration.ofSeconds(17));
        sendToAll(cluster);
        cluster.run(Duration.ofMillis(100));
        cluster.node("n4").start();
        cluster.runUntil(
                "n4 is up",
                Duration.ofSeconds(10),
                () -> cluster.node("n4").view().isUp());
        cluster.run(Duration.ofMillis(2_500));
        cluster.node("n4").crash();
        cluster.run(Duration.ofMillis(7_300));
        Duration asked = cluster.elapsed();
        cluster.node("n1").leave();
        cluster.runUntil(
                "n1 has left", Duration.ofSeconds(60), () -> !cluster.node("n1").isRunning());
        assertThat(cluster.elapsed().minus(asked)).isLessThan(Duration.ofSeconds(30));
    }

    private static void sendToAll(SimulatedCluster cluster) {
        for (int i = 0; i < 40; i++) {
            cluster.node("n2").entityRef(Traffic.NOTES, "e" + i).tell(new Traffic.Note.Numbered("n2", i));
        }
    }
}
