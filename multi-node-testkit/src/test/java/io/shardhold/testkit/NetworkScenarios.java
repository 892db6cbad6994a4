package io.shardhold.testkit;

import static io.shardhold.testkit.Notebooks.LONG;
import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.testkit.fault.LinkRule;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Nodes live, but do not hear each other as they should. */
final class NetworkScenarios {
    private NetworkScenarios() {}

    static List<Scenario> all() {
        return List.of(
                Scenario.of(
                        "an isolated member suspends, the others go on, and it comes back",
                        4,
                        NetworkScenarios::isolatedMember),
                Scenario.of("a coordinator that is heard by nobody is replaced", 4, NetworkScenarios::muteCoordinator),
                new Scenario("the larger part of a cluster goes on without the smaller", 5, 5, NetworkScenarios::split),
                new Scenario("a bridge between two halves gets answers from both", 5, 5, NetworkScenarios::bridge),
                Scenario.of("a flapping link does no lasting harm", 4, NetworkScenarios::flappingLink),
                Scenario.of("a slow network keeps order", 3, NetworkScenarios::slowNetwork),
                Scenario.of("what broken links lose is named", 3, NetworkScenarios::brokenLinks),
                Scenario.of("damaged bytes do no lasting harm", 3, NetworkScenarios::damagedBytes),
                Scenario.of(
                        "a coordinator whose writes reach a minority harms nobody",
                        3,
                        NetworkScenarios::minorityWrites),
                Scenario.of("a day with everyday faults ends well", 4, NetworkScenarios::calmDay),
                Scenario.of("a node with a stale map finds entities that moved", 4, NetworkScenarios::staleMap));
    }

    private static List<String> names(List<TestNode> nodes) {
        return nodes.stream().map(TestNode::name).toList();
    }

    private static void isolatedMember(MultiNodeSpec spec) {
        Notebooks notebooks = Notebooks.everywhere(spec);
        TestNode alone = CrashScenarios.otherThan(spec, List.of(spec.coordinator()));
        String own = notebooks.on(alone).get(0);
        spec.isolate(alone.name());
        spec.await(
                "it suspends",
                notebooks.within(spec.timings().consent().plus(spec.timings().probe())),
                () -> !alone.isServing());
        CompletableFuture<Long> answer = notebooks.ask(alone, own);
        notebooks.answer(
                CrashScenarios.others(spec, List.of(alone)),
                notebooks.all(),
                spec.timings().memberBound());
        assertThat(answer.isDone() && !answer.isCompletedExceptionally())
                .as("it answers nobody, not even itself")
                .isFalse();
        spec.healAll();
        spec.awaitConverged(LONG);
        notebooks.allAnswer(Duration.ZERO);
    }

    private static void muteCoordinator(MultiNodeSpec spec) {
        Notebooks notebooks = Notebooks.everywhere(spec);
        TestNode mute = spec.coordinator();
        List<TestNode> others = CrashScenarios.others(spec, List.of(mute));
        others.forEach(node -> spec.cut(mute.name(), node.name()));
        notebooks.answer(
                others, notebooks.all(), spec.coordinatorBound().plus(CrashScenarios.promiseRound(spec.timings())));
        assertThat(spec.coordinator()).isNotEqualTo(mute);
        assertThat(mute.isServing()).isFalse();
        spec.healAll();
        spec.awaitConverged(LONG);
        notebooks.allAnswer(Duration.ZERO);
    }

    private static void split(MultiNodeSpec spec) {
        Notebooks notebooks = Notebooks.everywhere(spec);
        TestNode coordinator = spec.coordinator();
        List<TestNode> smaller = List.of(coordinator, CrashScenarios.otherThan(spec, List.of(coordinator)));
        List<TestNode> larger = CrashScenarios.others(spec, smaller);
        spec.partition(names(smaller), names(larger));
        notebooks.answer(
                larger, notebooks.all(), spec.coordinatorBound().plus(CrashScenarios.promiseRound(spec.timings())));
        assertThat(smaller).noneMatch(TestNode::isServing);
        spec.healAll();
        spec.awaitConverged(LONG);
        notebooks.allAnswer(Duration.ZERO);
    }

    /** Each half and the bridge are three seats of five: nobody has lost anything but the way to the other half. */
    private static void bridge(MultiNodeSpec spec) {
        Notebooks notebooks = Notebooks.everywhere(spec);
        spec.partition(List.of("n1", "n2"), List.of("n4", "n5"));
        spec.runFor(spec.timings().memberBound());
        notebooks.answer(List.of(spec.node("n3")), notebooks.all(), Duration.ZERO);
        spec.healAll();
        spec.awaitConverged(LONG);
        notebooks.allAnswer(Duration.ZERO);
    }

    private static void flappingLink(MultiNodeSpec spec) {
        spec.keepSending(spec.timings().probe().dividedBy(2));
        String coordinator = spec.coordinator().name();
        String other =
                CrashScenarios.otherThan(spec, List.of(spec.coordinator())).name();
        spec.flap(coordinator, other, spec.timings().probe(), spec.timings().memberBound());
        spec.runFor(spec.timings().memberBound());
        spec.await("the link is good again", LONG, () -> !spec.isPartitioned());
        long before = spec.handled();
        spec.await("messages are handled", LONG, () -> spec.handled() > before + 10);
        spec.awaitConverged(LONG);
    }

    private static void slowNetwork(MultiNodeSpec spec) {
        Notebooks notebooks = Notebooks.everywhere(spec);
        spec.network(LinkRule.CLEAR.delay(Duration.ofMillis(5), Duration.ofMillis(60)));
        notebooks.keepWriting(spec.timings().retry().dividedBy(10), spec.nodes());
        spec.rebalance();
        spec.await("shards move", LONG, () -> CrashScenarios.count(spec, "handoff") > 0);
        spec.runFor(spec.timings().retry());
        notebooks.allReadInOrder();
        notebooks.allAnswer(Duration.ZERO);
    }

    private static void brokenLinks(MultiNodeSpec spec) {
        Notebooks notebooks = Notebooks.everywhere(spec);
        notebooks.keepWriting(spec.timings().retry().dividedBy(10), spec.nodes());
        for (int i = 0; i < 5; i++) {
            TestNode from = CrashScenarios.otherThan(spec, List.of());
            TestNode to = CrashScenarios.otherThan(spec, List.of(from));
            spec.breakLink(from.name(), to.name());
            spec.runFor(spec.timings().retry());
        }
        notebooks.allReadOrNamed();
        notebooks.allAnswer(Duration.ZERO);
    }

    private static void damagedBytes(MultiNodeSpec spec) {
        Notebooks notebooks = Notebooks.everywhere(spec);
        notebooks.keepWriting(spec.timings().retry().dividedBy(10), spec.nodes());
        spec.network(LinkRule.CLEAR.corruption(0.01));
        spec.runFor(spec.timings().memberBound());
        spec.healAll();
        notebooks.allReadOrNamed();
        notebooks.allAnswer(Duration.ZERO);
    }

    private static void minorityWrites(MultiNodeSpec spec) {
        Notebooks notebooks = Notebooks.everywhere(spec);
        TestNode coordinator = spec.coordinator();
        List<TestNode> members = List.copyOf(spec.nodes());
        spec.minorityWrites(coordinator, spec.timings().memberBound());
        TestNode fresh = spec.addNode("n4");
        fresh.start();
        notebooks.answer(members, notebooks.all(), spec.timings().memberBound());
        spec.await("the new node is a member", LONG, () -> fresh.view().isUp());
        spec.awaitConverged(LONG);
        notebooks.allAnswer(Duration.ZERO);
    }

    private static void calmDay(MultiNodeSpec spec) {
        spec.keepSending(spec.timings().probe().dividedBy(2));
        spec.faults(FaultProfile.CALM);
        spec.runFor(spec.timings().memberBound().multipliedBy(2));
        long before = spec.handled();
        spec.await("messages are handled", LONG, () -> spec.handled() > before + 10);
        spec.awaitConverged(LONG);
    }

    private static void staleMap(MultiNodeSpec spec) {
        Notebooks notebooks = Notebooks.everywhere(spec);
        TestNode stale = spec.node("n4");
        TestNode leaver = CrashScenarios.otherThan(spec, List.of(stale));
        List<String> theirs = notebooks.on(leaver);
        assertThat(theirs).isNotEmpty();
        Duration length = spec.timings().memberBound();
        spec.staleReads(stale, length);
        leaver.stop();
        notebooks.answer(List.of(stale), theirs, length.plus(spec.timings().retry()));
        leaver.start();
        spec.awaitConverged(LONG);
        notebooks.allAnswer(Duration.ZERO);
    }
}
