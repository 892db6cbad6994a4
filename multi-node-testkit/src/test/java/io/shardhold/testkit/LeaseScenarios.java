package io.shardhold.testkit;

import static io.shardhold.testkit.Notebooks.LONG;
import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.ClusterEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A coordinator that needs a lease: it comes and goes, and nobody's shards with it. */
final class LeaseScenarios {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private LeaseScenarios() {}

    static List<Scenario> all() {
        return List.of(
                Scenario.of("the holder of the lease coordinates, and nobody else", 4, LeaseScenarios::holder),
                Scenario.of("a split leaves one coordinator, on the side that can", 5, LeaseScenarios::split),
                Scenario.of(
                        "a takeover with a lease comes in the promised time and moves nothing",
                        4,
                        LeaseScenarios::takeover),
                Scenario.of("without a lease store everything placed goes on", 4, LeaseScenarios::storeDown),
                Scenario.of(
                        "who does not reach the lease store leaves the lead to another", 4, LeaseScenarios::unreached),
                Scenario.of("a coordinator that leaves releases the lease within a second", 4, LeaseScenarios::leaving),
                Scenario.of("a lease that is deleted gives a higher term", 4, LeaseScenarios::deleted));
    }

    private static Notebooks begin(MultiNodeSpec spec) {
        spec.lease();
        return Notebooks.everywhere(spec);
    }

    private static void holder(MultiNodeSpec spec) {
        begin(spec);
        assertThat(spec.lease().holder()).contains(spec.coordinator().name());
        assertThat(spec.nodes().stream().filter(TestNode::isCoordinating)).hasSize(1);
    }

    private static void split(MultiNodeSpec spec) {
        Notebooks notebooks = begin(spec);
        String before = spec.coordinator().name();
        List<String> others =
                spec.names().stream().filter(name -> !name.equals(before)).toList();
        spec.partition(List.of(before), others);
        spec.await(
                "another coordinates",
                LONG,
                () -> spec.findCoordinator()
                        .filter(node -> !node.name().equals(before))
                        .isPresent());
        assertThat(spec.node(before).isCoordinating()).isFalse();
        spec.healAll();
        spec.awaitConverged(LONG);
        notebooks.allAnswer(LONG);
    }

    /** What lives with the dead goes elsewhere; nothing else does. */
    private static void takeover(MultiNodeSpec spec) {
        Notebooks notebooks = begin(spec);
        TestNode victim = spec.coordinator();
        List<String> theirs = notebooks.on(victim);
        List<TestNode> survivors = CrashScenarios.others(spec, List.of(victim));
        List<List<Home>> homes = survivors.stream().map(TestNode::homes).toList();
        victim.crash();
        spec.await("another coordinates", LONG, () -> spec.findCoordinator().isPresent());
        for (int i = 0; i < survivors.size(); i++) {
            assertThat(survivors.get(i).homes()).containsAll(homes.get(i));
        }
        notebooks.answer(survivors, theirs, spec.coordinatorBound().plus(CrashScenarios.promiseRound(spec.timings())));
    }

    private static void storeDown(MultiNodeSpec spec) {
        Notebooks notebooks = begin(spec);
        spec.lease().down();
        spec.await("nobody coordinates", LONG, () -> spec.findCoordinator().isEmpty());
        spec.runFor(spec.lease().settings().ttl().multipliedBy(3));
        notebooks.allAnswer(SECOND);
        spec.healAll();
        Duration back = spec.lease().settings().leaseWait().plus(spec.timings().detection());
        spec.await(
                "somebody coordinates again",
                notebooks.within(back),
                () -> spec.findCoordinator().isPresent());
        spec.awaitConverged(LONG);
        notebooks.allAnswer(SECOND);
    }

    private static void unreached(MultiNodeSpec spec) {
        Notebooks notebooks = begin(spec);
        TestNode before = spec.coordinator();
        spec.lease().unreachableFor(before);
        spec.await(
                "another coordinates",
                LONG,
                () -> spec.findCoordinator().filter(node -> node != before).isPresent());
        notebooks.allAnswer(SECOND);
    }

    private static void leaving(MultiNodeSpec spec) {
        Notebooks notebooks = begin(spec);
        TestNode before = spec.coordinator();
        before.leave();
        spec.await("the lease is released", SECOND, () -> !spec.lease().holder().equals(Optional.of(before.name())));
        spec.await("it has left", LONG, () -> !before.isRunning());
        spec.awaitConverged(LONG);
        notebooks.allAnswer(LONG);
    }

    private static void deleted(MultiNodeSpec spec) {
        List<Long> terms = new ArrayList<>();
        spec.onEvent((node, event) -> {
            if (event instanceof ClusterEvent.CoordinatorActive active) {
                terms.add(active.term());
            }
        });
        Notebooks notebooks = begin(spec);
        spec.lease().delete();
        spec.await("another term is active", LONG, () -> terms.size() > 1);
        spec.awaitConverged(LONG);
        assertThat(terms).isSorted().doesNotHaveDuplicates();
        notebooks.allAnswer(SECOND);
    }
}
