package io.shardhold.testkit;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import io.shardhold.cluster.Seat;
import io.shardhold.config.Limits;
import io.shardhold.testkit.fault.Handling;
import io.shardhold.testkit.fault.LinkRule;
import io.shardhold.testkit.fault.ProtocolStep;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What happens to clusters of mutants: faults at random, and one story for each failure that those reach rarely. */
final class Trials {
    private static final Duration OFTEN = Duration.ofMillis(50);
    private static final Duration SELDOM = Duration.ofMillis(200);
    private static final int FEW = 10;
    private static final List<String> SEEDS = List.of("n1", "n2", "n3");

    /** The faults and messages of the search for failing seeds. */
    static final Trial SEARCH = new Trial("cruel faults", 5, spec -> {
        for (TestNode node : spec.nodes()) {
            double drift = (spec.random().nextInt(100_001) - 50_000) / 1_000_000.0;
            node.clock(millis(spec.random().nextInt(10_000) - 5_000), drift);
        }
        spec.keepSending(OFTEN);
        spec.faults(FaultProfile.CRUEL);
        spec.runFor(seconds(60));
        spec.awaitConverged(seconds(60));
    });

    /** The coordinator sleeps until it has a successor; what it had said comes once more, late. */
    static final Trial LATE_DIRECTIVES = new Trial("late words of a coordinator that was asleep", 5, spec -> {
        TestNode coordinator = settle(spec, SELDOM);
        spec.network(LinkRule.CLEAR.late(0, 1, seconds(8)));
        spec.rebalance();
        spec.runFor(seconds(2));
        coordinator.pause(seconds(4));
        for (int i = 0; i < 6; i++) {
            spec.rebalance();
            spec.runFor(seconds(1));
        }
        converge(spec, seconds(30));
    });

    /** Two of three seats have promised to a successor, which still writes, when the coordinator is heard again. */
    static final Trial DEPOSED = new Trial("a coordinator cut off until the seats have promised", 5, spec -> {
        settle(spec, SELDOM);
        spec.runFor(millis(spec.random().nextInt(500)));
        spec.onceSent(spec.node("n2"), ProtocolStep.MAP_WRITE, () -> {
            spec.healAll();
            spec.holdBack(ProtocolStep.MAP_WRITE, "n2", null, seconds(2));
            spec.holdBack(ProtocolStep.BEAT, "n2", "n3", seconds(2));
            spec.holdBack(ProtocolStep.BEAT, "n2", "n1", seconds(5));
        });
        spec.isolate("n1");
        spec.runFor(seconds(8));
        converge(spec, seconds(30));
    });

    /** What the coordinator writes reaches only its own seat, then it dies, and comes back without a memory. */
    static final Trial MINORITY_WRITE = new Trial("a coordinator that writes to a minority and dies", 5, spec -> {
        spec.start();
        spec.runFor(seconds(4));
        TestNode coordinator = spec.coordinator();
        spec.minorityWrites(coordinator, seconds(2));
        spec.keepSending(SELDOM);
        spec.runFor(seconds(1));
        coordinator.crash();
        spec.runFor(seconds(10));
        coordinator.start();
        spec.runFor(seconds(5));
        converge(spec, seconds(30));
    });

    /** The coordinator gives up on an owner that it does not reach, which the seats reach; its wall clock is set forward. */
    static final Trial UNREACHED_OWNER = new Trial("an owner cut off from the coordinator only", 5, spec -> {
        String coordinator = settle(spec, SELDOM).name();
        spec.partition(coordinator, "n5");
        spec.onEvent((node, event) -> {
            if (event instanceof ClusterEvent.Verdict) {
                spec.after(millis(100), () -> node.jumpWallClock(seconds(10)));
                spec.isolate("n5");
            }
        });
        spec.rebalance();
        spec.runFor(seconds(27));
        converge(spec, seconds(30));
    });

    /** The same, and what the owner could learn of its verdict from other copies of the map does not come either. */
    static final Trial UNINFORMED_OWNER =
            new Trial("an owner that learns of its verdict from its seats only", 5, spec -> {
                String coordinator = settle(spec, SELDOM).name();
                spec.partition(coordinator, "n5");
                spec.holdBack(ProtocolStep.MAP_PAGE, null, "n5", seconds(60));
                spec.rebalance();
                spec.runFor(seconds(27));
                converge(spec, seconds(30));
            });

    /** The owner's entities hang; that it keeps its shard does not reach the coordinator. */
    static final Trial HANGING_OWNER = new Trial("an owner that neither stops nor is heard", 5, spec -> {
        settle(spec, SELDOM);
        spec.node("n5").handling(Handling.HANGING);
        spec.runFor(seconds(3));
        spec.stopSending(); // what a home drops late may be overtaken; that is another story
        spec.holdBack(ProtocolStep.SHARD_KEPT, "n5", null, seconds(60));
        spec.rebalance();
        spec.runFor(seconds(25));
        converge(spec, seconds(40));
    });

    /** A coordinator dies in a handoff; its successor hears from the owner, which has not stopped. */
    static final Trial REGISTERED_OWNER = new Trial("the coordinator dies while owners stop", 5, spec -> {
        TestNode coordinator = settle(spec, SELDOM);
        spec.nodes().forEach(node -> node.handling(Handling.HANGING));
        spec.runFor(seconds(1));
        spec.onceSent(coordinator, ProtocolStep.HAND_OFF, coordinator::crash);
        spec.rebalance();
        spec.runFor(seconds(9));
        converge(spec, seconds(40));
    });

    /** Nodes leave one by one and come back, the coordinator among them; one seat misses what is written, and messages are lost. */
    static final Trial ROLLING_RESTART = new Trial("a rolling restart, one seat behind", 5, spec -> {
        settle(spec, SELDOM);
        spec.network(LinkRule.CLEAR.loss(0.1));
        for (String name : List.of("n5", "n4", "n1")) {
            spec.holdBack(ProtocolStep.MAP_WRITE, "n1", "n2", seconds(10));
            spec.rebalance();
            spec.node(name).stop();
            spec.node(name).start();
            spec.await(name + " serves again", seconds(20), spec.node(name)::isServing);
        }
        converge(spec, seconds(30));
    });

    /** Each first order to host a shard is lost. */
    static final Trial LOST_ORDERS = new Trial("lost orders to host", 3, spec -> {
        spec.start();
        spec.runFor(seconds(4));
        spec.holdBack(ProtocolStep.HOST_SHARDS, null, null, seconds(2));
        spec.keepSending(SELDOM);
        spec.runFor(seconds(3));
        converge(spec, seconds(10));
    });

    /** The first words that shards have stopped are lost, to the coordinator and to the targets. */
    static final Trial LOST_STOPS = new Trial("lost words of owners that have stopped", 3, spec -> {
        TestNode coordinator = settle(spec, SELDOM);
        spec.onceSent(coordinator, ProtocolStep.HAND_OFF, () -> {
            spec.holdBack(ProtocolStep.SHARDS_STOPPED, null, null, seconds(1));
            spec.holdBack(ProtocolStep.HOST_MOVED, null, null, seconds(1));
        });
        spec.rebalance();
        spec.runFor(seconds(5));
        converge(spec, seconds(8));
    });

    /** The coordinator misses answers, for less than the detection time. */
    static final Trial SHORT_ISOLATION = new Trial("a coordinator cut off for 2.5 s", 5, spec -> {
        String coordinator = settle(spec, SELDOM).name();
        spec.assertAlways(Invariant.ofEvents(
                "NOBODY_RESIGNS",
                (node, event) -> event instanceof ClusterEvent.CoordinatorPassive
                        ? Optional.of(node + " resigned although it was cut off for a moment only")
                        : Optional.empty()));
        spec.isolate(coordinator);
        spec.runFor(millis(2_500));
        converge(spec, seconds(20));
    });

    /** The coordinator dies. */
    static final Trial DEAD_COORDINATOR = new Trial("the coordinator dies", 5, spec -> {
        settle(spec, SELDOM).crash();
        spec.runFor(seconds(2));
        converge(spec, seconds(20));
    });

    /** The seats hear nothing of each other, for less than it takes to be judged. */
    static final Trial SHORT_PARTITION = new Trial("a partition of 4 s between the seeds", 5, spec -> {
        settle(spec, SELDOM);
        spec.assertAlways(Invariant.ofEvents(
                "NOBODY_STARTS_OVER",
                (node, event) -> event instanceof ClusterEvent.Reborn
                        ? Optional.of(node + " starts over after a partition that was too short for a verdict")
                        : Optional.empty()));
        spec.partition("n1", "n2");
        spec.partition("n2", "n3");
        spec.partition("n3", "n1");
        spec.runFor(seconds(4));
        spec.healAll();
        converge(spec, seconds(20));
    });

    /** A region does not say that it parks messages, while another node leaves. */
    static final Trial MUTE_REGION = new Trial("a node leaves, another does not acknowledge", 5, spec -> {
        settle(spec, SELDOM);
        spec.holdBack(ProtocolStep.HAND_OFF_BEGUN, "n4", null, seconds(60));
        spec.node("n5").leave();
        spec.await("n5 has left", seconds(10), () -> !spec.node("n5").isRunning());
        converge(spec, seconds(20));
    });

    /** A region cannot register with a new coordinator for a while, and serves on. */
    static final Trial UNREGISTERED_REGION = new Trial("a takeover with a region that cannot register", 5, spec -> {
        TestNode coordinator = settle(spec, SELDOM);
        spec.holdBack(ProtocolStep.REGISTER, "n5", null, seconds(15));
        coordinator.crash();
        spec.runFor(seconds(15));
        converge(spec, seconds(20));
    });

    /** Two nodes leave at once. */
    static final Trial TWO_LEAVE = new Trial("two nodes leave at once", 5, spec -> {
        settle(spec, SELDOM);
        spec.node("n4").leave();
        spec.node("n5").leave();
        spec.await(
                "both have left",
                seconds(8),
                () -> !spec.node("n4").isRunning() && !spec.node("n5").isRunning());
        converge(spec, seconds(20));
    });

    /** Messages for shards without a home, far more than may be parked. */
    static final Trial NO_QUORUM = new Trial("no home for many messages", 3, spec -> {
        spec.settings(builder -> builder.limits(parkedPerShard(FEW)));
        spec.start();
        spec.partition(List.of("n1"), List.of("n2", "n3"));
        spec.partition("n2", "n3");
        spec.keepSending(millis(2));
        spec.runFor(seconds(3));
        converge(spec, seconds(40));
    });

    /** Three nodes, whose number does not divide that of the shards, and nothing happens to them. */
    static final Trial CALM = new Trial("a calm cluster", 4, spec -> {
        spec.assertAlways(new NeedlessMoves(spec, Workload.SHARDS));
        settle(spec, SELDOM);
        spec.runFor(seconds(20));
        converge(spec, seconds(20));
    });

    /** A node joins that divides its entities into half as many shards. */
    static final Trial OTHER_SHARDS = new Trial("a node with half as many shards joins", 4, spec -> {
        for (TestNode node : spec.nodes()) {
            node.entity(node.name().equals("n4") ? Traffic.hosted(6) : Traffic.hosted(12));
        }
        spec.nodes().forEach(TestNode::start);
        for (int i = 0; i < 40; i++) {
            String entity = "e" + i;
            spec.after(millis(5_000 + 100 * i), () -> spec.nodes().forEach(node -> Traffic.send(node, entity, 1)));
        }
        spec.runFor(seconds(12));
    });

    /** Handoffs that no region hears of beforehand, so that messages go on to the old homes, over a slow network. */
    static final Trial MOVES_UNDER_LOAD = new Trial("handoffs under load", 5, spec -> {
        settle(spec, SELDOM);
        spec.network(LinkRule.CLEAR.delay(millis(20), millis(60)));
        spec.keepSending(millis(10));
        for (int i = 0; i < 3; i++) {
            spec.holdBack(ProtocolStep.BEGIN_HAND_OFF, null, null, seconds(2));
            spec.rebalance();
            spec.runFor(seconds(3));
        }
        converge(spec, seconds(8));
    });

    /** The coordinator is cut off from everybody else, who go on without it. */
    static final Trial CUT_OFF = new Trial("a coordinator cut off until another takes over", 5, spec -> {
        spec.isolate(settle(spec, SELDOM).name());
        spec.runFor(seconds(12));
        converge(spec, seconds(40));
    });

    /** The wall clock of the coordinator is set forward, so that the time of its lease is over before anybody says so. */
    static final Trial LEASE_RUNS_OUT = new Trial("a coordinator whose clock leaps past its lease", 5, spec -> {
        spec.lease();
        TestNode coordinator = settle(spec, SELDOM);
        spec.runFor(millis(spec.random().nextInt(1_000)));
        coordinator.jumpWallClock(seconds(6));
        spec.rebalance();
        spec.runFor(seconds(4));
        converge(spec, seconds(30));
    });

    /** The holder of the lease dies. */
    static final Trial DEAD_HOLDER = new Trial("the coordinator dies, and leaves its lease behind", 5, spec -> {
        spec.lease();
        settle(spec, SELDOM).crash();
        spec.runFor(seconds(2));
        converge(spec, seconds(25));
    });

    /** The seeds hear nothing of consents and promises, and found again; those that are no seeds have served all the while. */
    static final Trial FOUNDED_AGAIN = new Trial("founded again while two members serve on", 5, spec -> {
        settle(spec, OFTEN);
        SEEDS.forEach(seed -> spec.holdBack(ProtocolStep.PROBE_ACK, null, seed, seconds(60)));
        spec.holdBack(ProtocolStep.PROMISED, null, null, seconds(60));
        Set<TestNode> reborn = new HashSet<>();
        spec.onEvent((node, event) -> {
            if (event instanceof ClusterEvent.Reborn && reborn.add(node) && reborn.size() == SEEDS.size()) {
                spec.healAll();
            }
        });
        spec.runFor(seconds(20));
        converge(spec, seconds(30));
    });

    /** Each order comes once more, late, when the node has stopped what it is about; and the node's map is old. */
    static final Trial LATE_ORDERS = new Trial("late orders to a node with an old map", 5, spec -> {
        spec.start();
        spec.network(LinkRule.CLEAR.late(0, 1, seconds(10)));
        settle(spec, SELDOM);
        spec.staleReads(spec.node("n5"), seconds(60));
        for (int i = 0; i < 5; i++) {
            spec.rebalance();
            spec.runFor(seconds(2));
        }
        converge(spec, seconds(30));
    });

    /** Who takes over has a map that does not know that a restarted seed has its seat back. */
    static final Trial UNAWARE_CANDIDATE =
            new Trial("a takeover by a node that missed a change of the seats", 5, spec -> {
                settle(spec, SELDOM);
                for (String seed : SEEDS) {
                    restart(spec, seed);
                }
                TestNode coordinator = spec.coordinator(); // the oldest member, none of the seeds
                for (TestNode node : spec.nodes()) {
                    if (!node.name().equals("n1") && node != coordinator) {
                        spec.holdBack(ProtocolStep.MAP_PAGE, null, node.name(), seconds(60));
                    }
                }
                spec.assertAlways(seatsAreKept());
                restart(spec, "n1");
                spec.holdBack(ProtocolStep.PROBE_ACK, null, "n1", seconds(20));
                coordinator.crash();
                spec.await(
                        "another coordinates",
                        seconds(15),
                        () -> spec.findCoordinator().isPresent());
                spec.runFor(millis(500));
                converge(spec, seconds(40));
            });

    /** What the coordinator writes first reaches only its own seat, for a moment; then it dies. */
    static final Trial LOST_PAGES = new Trial("a coordinator whose first pages get lost, and which dies", 5, spec -> {
        spec.start();
        spec.runFor(seconds(4));
        TestNode coordinator = spec.coordinator();
        spec.keepSending(millis(10));
        spec.runFor(millis(10 + spec.random().nextInt(10)));
        spec.minorityWrites(coordinator, millis(1 + spec.random().nextInt(10)));
        spec.runFor(millis(400));
        coordinator.crash();
        spec.runFor(seconds(10));
        converge(spec, seconds(40));
    });

    private Trials() {}

    private static Duration seconds(int seconds) {
        return Duration.ofSeconds(seconds);
    }

    private static Duration millis(int millis) {
        return Duration.ofMillis(millis);
    }

    private static Limits parkedPerShard(int messages) {
        Limits usual = Limits.DEFAULT;
        return new Limits(
                usual.frameBytes(),
                messages,
                usual.parkedBytes(),
                usual.mailbox(),
                usual.outboundBytesPerLink(),
                usual.entities(),
                usual.openAsks(),
                usual.members());
    }

    /** A seed dies and comes back, and has its seat again, as the coordinator sees it. */
    private static void restart(MultiNodeSpec spec, String name) {
        TestNode seed = spec.node(name);
        seed.crash();
        seed.start();
        Optional<NodeId> holder = Optional.of(seed.identity());
        spec.await(
                seed + " has its seat back",
                seconds(30),
                () -> spec.findCoordinator().stream()
                        .flatMap(node -> node.view().seats().stream())
                        .anyMatch(seat -> seat.holder().equals(holder)));
    }

    /** Nobody is seen to lose a seat before it is removed. */
    static Invariant seatsAreKept() {
        Set<NodeId> removed = new HashSet<>();
        Map<String, NodeId> holders = new HashMap<>();
        return Invariant.ofEvents("SEATS_ARE_KEPT", (node, event) -> {
            if (event instanceof ClusterEvent.MemberChanged changed
                    && !changed.member().status().mayServe()) {
                removed.add(changed.member().id());
            } else if (event instanceof ClusterEvent.Reborn reborn) {
                removed.add(reborn.before());
            }
            List<Seat> seats = event instanceof ClusterEvent.SeatsChanged changed ? changed.seats() : List.of();
            for (Seat seat : seats) {
                String seen = node + " " + seat.address();
                NodeId before = seat.holder().isPresent()
                        ? holders.put(seen, seat.holder().get())
                        : holders.remove(seen);
                if (before != null && !seat.holder().equals(Optional.of(before)) && !removed.contains(before)) {
                    return Optional.of(node + " sees seat " + seat + ", and " + before + " has not been removed");
                }
            }
            return Optional.empty();
        });
    }

    private static void converge(MultiNodeSpec spec, Duration limit) {
        spec.healAll();
        spec.awaitConverged(limit);
    }

    /** Starts the cluster and messages; returns the coordinator when all shards have homes. */
    private static TestNode settle(MultiNodeSpec spec, Duration interval) {
        spec.keepSending(interval);
        spec.runFor(seconds(6));
        return spec.coordinator();
    }
}
