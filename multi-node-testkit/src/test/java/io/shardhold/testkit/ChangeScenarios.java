package io.shardhold.testkit;

import static io.shardhold.testkit.Notebooks.LONG;
import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.testkit.fault.Handling;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Nodes come, go and do different things, in an orderly way. */
final class ChangeScenarios {
    private ChangeScenarios() {}

    static List<Scenario> all() {
        return List.of(
                Scenario.of("every node gets true answers from every entity", 3, ChangeScenarios::trueAnswers),
                Scenario.of("a node that stops hands over and no message is lost", 4, ChangeScenarios::orderlyStop),
                Scenario.of(
                        "a node that stops finishes slow work and no message is lost", 4, ChangeScenarios::slowStop),
                Scenario.of("the coordinator stops and no message is lost", 4, ChangeScenarios::coordinatorStops),
                Scenario.of("members restart one by one and no message is lost", 5, ChangeScenarios::membersOneByOne),
                Scenario.of("all nodes restart one by one under load", 4, ChangeScenarios::allOneByOne),
                Scenario.of("a node that joins gets shards and no message is lost", 3, ChangeScenarios::newNode),
                Scenario.of("shards move to and fro and no message is lost", 3, ChangeScenarios::moves),
                Scenario.of("a router and a witness host nothing", 4, ChangeScenarios::routerAndWitness),
                Scenario.of(
                        "a handler that does not return delays no other entity and keeps its shard",
                        3,
                        ChangeScenarios::stuckHandler));
    }

    private static void trueAnswers(MultiNodeSpec spec) {
        Notebooks notebooks = Notebooks.everywhere(spec);
        for (TestNode node : spec.nodes()) {
            for (int i = 0; i < 5; i++) {
                notebooks.all().forEach(id -> notebooks.write(node, id));
            }
        }
        notebooks.allReadInOrder();
        for (TestNode node : spec.nodes()) {
            for (String id : notebooks.all()) {
                assertThat(notebooks.count(node, id, Duration.ZERO))
                        .as("%s of %s", node, id)
                        .isEqualTo(15);
            }
        }
    }

    private static void stopUnderLoad(MultiNodeSpec spec, Notebooks notebooks, TestNode node) {
        assertThat(notebooks.on(node)).isNotEmpty();
        List<TestNode> others = CrashScenarios.others(spec, List.of(node));
        notebooks.keepWriting(spec.timings().retry().dividedBy(10), others);
        spec.runFor(spec.timings().retry());
        node.stop();
        spec.runFor(spec.timings().retry());
        notebooks.allReadInOrder();
        assertThat(notebooks.written()).isGreaterThan(50);
        notebooks.answer(others, notebooks.all(), Duration.ZERO);
    }

    private static void orderlyStop(MultiNodeSpec spec) {
        Notebooks notebooks = Notebooks.everywhere(spec);
        stopUnderLoad(spec, notebooks, CrashScenarios.otherThan(spec, List.of(spec.coordinator())));
    }

    private static void slowStop(MultiNodeSpec spec) {
        Notebooks notebooks = Notebooks.everywhere(spec);
        TestNode slow = CrashScenarios.otherThan(spec, List.of(spec.coordinator()));
        Duration retry = spec.timings().retry();
        slow.handling(Handling.between(retry.dividedBy(10), retry.dividedBy(5)));
        stopUnderLoad(spec, notebooks, slow);
    }

    private static void coordinatorStops(MultiNodeSpec spec) {
        Notebooks notebooks = Notebooks.everywhere(spec);
        stopUnderLoad(spec, notebooks, spec.coordinator());
    }

    private static void membersOneByOne(MultiNodeSpec spec) {
        Notebooks notebooks = Notebooks.everywhere(spec);
        List<TestNode> restarted = List.of(spec.node("n4"), spec.node("n5"));
        List<TestNode> others = CrashScenarios.others(spec, restarted);
        notebooks.keepWriting(spec.timings().retry().dividedBy(10), others);
        for (TestNode node : restarted) {
            node.stop();
            node.start();
            spec.await(node + " serves again", LONG, node::isServing);
        }
        notebooks.allReadInOrder();
        notebooks.allAnswer(Duration.ZERO);
    }

    /** A seed that restarts does not get its seat back yet: so the cluster is founded again on the way. */
    private static void allOneByOne(MultiNodeSpec spec) {
        spec.keepSending(spec.timings().probe().dividedBy(2));
        for (TestNode node : spec.nodes()) {
            node.stop();
            node.start();
            spec.await(node + " serves again", LONG, node::isServing);
        }
        long before = spec.handled();
        spec.await("messages are handled", LONG, () -> spec.handled() > before + 10);
        spec.awaitConverged(LONG);
    }

    private static void newNode(MultiNodeSpec spec) {
        Notebooks notebooks = Notebooks.everywhere(spec);
        notebooks.keepWriting(spec.timings().retry().dividedBy(10), spec.nodes());
        TestNode fresh = spec.addNode("n4");
        fresh.start();
        spec.await("it has shards", LONG, () -> !fresh.homes().isEmpty());
        spec.runFor(spec.timings().retry());
        notebooks.allReadInOrder();
        notebooks.allAnswer(Duration.ZERO);
    }

    private static void moves(MultiNodeSpec spec) {
        Notebooks notebooks = Notebooks.everywhere(spec);
        notebooks.keepWriting(spec.timings().retry().dividedBy(10), spec.nodes());
        for (int i = 1; i <= 3; i++) {
            long moved = CrashScenarios.count(spec, "handoff");
            spec.rebalance();
            spec.await("shards move", LONG, () -> CrashScenarios.count(spec, "handoff") > moved);
        }
        notebooks.allReadInOrder();
        notebooks.allAnswer(Duration.ZERO);
    }

    private static void routerAndWitness(MultiNodeSpec spec) {
        Notebooks notebooks = new Notebooks(spec);
        TestNode witness = spec.node("n1").hostsNothing();
        TestNode first = spec.node("n2").entity(notebooks.hosted());
        TestNode second = spec.node("n3").entity(notebooks.hosted());
        TestNode router = spec.node("n4").hostsNothing().entity(Notebooks.routed());
        spec.start();
        List<TestNode> users = List.of(first, second, router);
        notebooks.answer(users, notebooks.all(), spec.timings().handOff());
        assertThat(witness.homes()).isEmpty();
        assertThat(router.homes()).isEmpty();
        second.crash();
        notebooks.answer(
                List.of(first, router),
                notebooks.all(),
                spec.coordinatorBound().plus(CrashScenarios.promiseRound(spec.timings())));
        second.restart();
        spec.awaitConverged(LONG);
        notebooks.answer(users, notebooks.all(), Duration.ZERO);
    }

    private static void stuckHandler(MultiNodeSpec spec) {
        Notebooks notebooks = new Notebooks(spec);
        TestNode owner = spec.node("n1").entity(notebooks.hosted());
        TestNode user = spec.node("n2").hostsNothing().entity(Notebooks.routed());
        spec.node("n3").hostsNothing().entity(Notebooks.routed());
        List<String> kept = new ArrayList<>();
        spec.onEvent((node, event) -> {
            if (event instanceof ClusterEvent.ShardKept shard) {
                kept.addAll(shard.entities());
            }
        });
        spec.start();
        notebooks.answer(List.of(user), notebooks.all(), spec.timings().handOff());
        spec.await("no ask is left over", LONG, () -> spec.openMessages() == 0);
        owner.handling(Handling.between(Duration.ofHours(1), Duration.ofHours(1)));
        for (int shard = 0; shard < Notebooks.SHARDS; shard++) {
            notebooks.write(user, Notebooks.inShard(shard, "stuck"));
        }
        spec.await("they are stuck", LONG, () -> spec.openMessages() == 0);
        owner.handling(Handling.QUICK);
        notebooks.answer(List.of(user), notebooks.all(), Duration.ZERO);
        TestNode target = spec.addNode("n4").entity(notebooks.hosted());
        target.start();
        spec.await("a shard is kept", LONG, () -> !kept.isEmpty());
        assertThat(kept).allMatch(entity -> entity.contains("stuck"));
        assertThat(owner.homes()).hasSize(Notebooks.SHARDS);
        notebooks.answer(List.of(user, target), notebooks.all(), spec.timings().stop());
        owner.crash();
        notebooks.answer(
                List.of(user, target),
                notebooks.all(),
                spec.coordinatorBound().plus(CrashScenarios.promiseRound(spec.timings())));
        spec.awaitConverged(LONG);
    }
}
