package io.shardhold.testkit;

import static io.shardhold.testkit.Notebooks.LONG;
import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.config.Timings;
import io.shardhold.testkit.fault.ProtocolStep;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Nodes die. */
final class CrashScenarios {
    private CrashScenarios() {}

    static List<Scenario> all() {
        return List.of(
                Scenario.of(
                        "entities of a dead member answer elsewhere in the promised time", 4, CrashScenarios::member),
                Scenario.of(
                        "entities of the dead coordinator answer elsewhere in the promised time",
                        4,
                        CrashScenarios::coordinator),
                Scenario.of("all seeds are restarted one after the other", 3, CrashScenarios::rollingRestart),
                new Scenario("two nodes of five die at once", 5, 5, CrashScenarios::twoAtOnce),
                Scenario.of(
                        "entities that have a home answer while nobody coordinates",
                        4,
                        CrashScenarios::nobodyCoordinates),
                Scenario.of("the coordinator dies in mid-handoff", 5, CrashScenarios::coordinatorInMidHandOff),
                Scenario.of("the owner dies in mid-handoff", 5, CrashScenarios::ownerInMidHandOff),
                Scenario.of("the target dies in mid-handoff", 4, CrashScenarios::targetInMidHandOff),
                Scenario.of("a cluster whose nodes all died is founded again", 3, CrashScenarios::foundedAgain));
    }

    static TestNode otherThan(MultiNodeSpec spec, Collection<TestNode> not) {
        List<TestNode> others = others(spec, not);
        return others.get(spec.random().nextInt(others.size()));
    }

    static List<TestNode> others(MultiNodeSpec spec, Collection<TestNode> not) {
        return spec.nodes().stream().filter(node -> !not.contains(node)).toList();
    }

    static long count(MultiNodeSpec spec, String what) {
        return Optional.ofNullable(spec.reached().get(what)).orElseThrow();
    }

    /** What the printed bound of the coordinator leaves out. */
    static Duration promiseRound(Timings timings) {
        return timings.retry();
    }

    private static void member(MultiNodeSpec spec) {
        Notebooks notebooks = Notebooks.everywhere(spec);
        TestNode victim = otherThan(spec, List.of(spec.coordinator()));
        List<String> theirs = notebooks.on(victim);
        assertThat(theirs).isNotEmpty();
        victim.crash();
        notebooks.answer(others(spec, List.of(victim)), theirs, spec.timings().memberBound());
        victim.restart();
        spec.awaitConverged(LONG);
        notebooks.allAnswer(Duration.ZERO);
    }

    /** Nobody founds again: each seed gets its seat back before the next one goes. */
    private static void rollingRestart(MultiNodeSpec spec) {
        Notebooks notebooks = Notebooks.everywhere(spec);
        long cluster = spec.node("n1").view().clusterId();
        for (TestNode seed : List.copyOf(spec.nodes())) {
            seed.stop();
            seed.start();
            spec.awaitConverged(LONG);
            assertThat(seed.view().vacantSeats()).isEmpty();
        }
        for (TestNode seed : List.copyOf(spec.nodes())) {
            seed.crash();
            seed.start();
            spec.awaitConverged(LONG);
        }
        assertThat(spec.node("n1").view().clusterId()).isEqualTo(cluster);
        notebooks.allAnswer(LONG);
    }

    private static void coordinator(MultiNodeSpec spec) {
        Notebooks notebooks = Notebooks.everywhere(spec);
        TestNode victim = spec.coordinator();
        List<String> theirs = notebooks.on(victim);
        assertThat(theirs).isNotEmpty();
        victim.crash();
        notebooks.answer(
                others(spec, List.of(victim)), theirs, spec.coordinatorBound().plus(promiseRound(spec.timings())));
        assertThat(spec.coordinator()).isNotEqualTo(victim);
        victim.restart();
        spec.awaitConverged(LONG);
        notebooks.allAnswer(Duration.ZERO);
    }

    private static void twoAtOnce(MultiNodeSpec spec) {
        Notebooks notebooks = Notebooks.everywhere(spec);
        TestNode first = spec.coordinator();
        TestNode second = otherThan(spec, List.of(first));
        first.crash();
        second.crash();
        notebooks.allAnswer(spec.coordinatorBound().plus(promiseRound(spec.timings())));
        first.restart();
        second.restart();
        spec.awaitConverged(LONG);
        notebooks.allAnswer(Duration.ZERO);
    }

    private static void nobodyCoordinates(MultiNodeSpec spec) {
        Notebooks notebooks = Notebooks.everywhere(spec);
        TestNode first = spec.coordinator();
        List<String> theirs = notebooks.on(first);
        List<TestNode> survivors = others(spec, List.of(first));
        spec.holdBack(ProtocolStep.PROMISED, null, null, Duration.ofHours(1));
        first.crash();
        spec.runFor(spec.timings().memberBound().multipliedBy(2));
        List<String> served =
                notebooks.all().stream().filter(id -> !theirs.contains(id)).toList();
        notebooks.answer(survivors, served, Duration.ZERO);
        assertThat(spec.findCoordinator()).isEmpty();
        spec.healAll();
        notebooks.answer(survivors, theirs, spec.coordinatorBound().multipliedBy(2));
        first.restart();
        spec.awaitConverged(LONG);
    }

    private static void coordinatorInMidHandOff(MultiNodeSpec spec) {
        spec.keepSending(spec.timings().probe().dividedBy(2));
        spec.await("there is something to move", LONG, () -> spec.handled() > 10);
        TestNode first = spec.coordinator();
        spec.crashAfterSending(first, ProtocolStep.BEGIN_HAND_OFF);
        spec.rebalance();
        spec.await("it dies", LONG, () -> !first.isRunning());
        spec.await("another coordinates", LONG, () -> spec.findCoordinator().isPresent());
        spec.runFor(spec.timings().verdictWait());
        spec.healAll();
        first.restart();
        long before = spec.handled();
        spec.await("messages are handled", LONG, () -> spec.handled() > before + 10);
        spec.awaitConverged(LONG);
        assertThat(count(spec, "takeover")).isPositive();
    }

    private static void ownerInMidHandOff(MultiNodeSpec spec) {
        Notebooks notebooks = Notebooks.everywhere(spec);
        TestNode owner = otherThan(spec, List.of(spec.coordinator()));
        List<String> theirs = notebooks.on(owner);
        notebooks.keepWriting(spec.timings().retry().dividedBy(4), others(spec, List.of(owner)));
        spec.crashAfterSending(owner, ProtocolStep.SHARDS_STOPPED);
        spec.rebalance();
        spec.await("it dies", LONG, () -> !owner.isRunning());
        notebooks.answer(others(spec, List.of(owner)), theirs, spec.timings().memberBound());
        owner.restart();
        notebooks.stopWriting();
        spec.awaitConverged(LONG);
        notebooks.allAnswer(Duration.ZERO);
    }

    private static void targetInMidHandOff(MultiNodeSpec spec) {
        Notebooks notebooks = Notebooks.everywhere(spec);
        List<TestNode> owners = List.copyOf(spec.nodes());
        notebooks.keepWriting(spec.timings().retry().dividedBy(4), owners);
        TestNode target = spec.addNode("n5");
        owners.forEach(owner -> spec.onceSent(owner, ProtocolStep.HOST_MOVED, target::crash));
        target.start();
        spec.await("it dies", LONG, () -> !target.isRunning());
        notebooks.answer(owners, notebooks.all(), spec.timings().memberBound());
        spec.healAll();
        target.restart();
        notebooks.stopWriting();
        spec.awaitConverged(LONG);
        spec.await("it is a target again", LONG, () -> !target.homes().isEmpty());
        notebooks.allAnswer(Duration.ZERO);
    }

    private static void foundedAgain(MultiNodeSpec spec) {
        Notebooks notebooks = Notebooks.everywhere(spec);
        TestNode node = spec.node("n1");
        long before = node.view().clusterId();
        spec.nodes().forEach(TestNode::crash);
        spec.runFor(spec.timings().retry());
        spec.nodes().forEach(TestNode::start);
        spec.await("all serve", LONG, () -> spec.nodes().stream().allMatch(TestNode::isServing));
        assertThat(node.view().clusterId()).isNotEqualTo(before);
        notebooks.allAnswer(spec.timings().handOff());
        spec.awaitConverged(LONG);
    }
}
