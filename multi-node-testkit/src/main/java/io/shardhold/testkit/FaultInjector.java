package io.shardhold.testkit;

import io.shardhold.internal.kernel.SeededChance;
import io.shardhold.testkit.fault.Fault;
import io.shardhold.testkit.fault.Handling;
import io.shardhold.testkit.fault.LinkRule;
import io.shardhold.testkit.fault.ProtocolStep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Does harm to a running cluster, at moments and in ways that are drawn from the seed, until it is stopped. */
final class FaultInjector {
    private static final List<ProtocolStep> STEPS = List.of(ProtocolStep.values());
    private static final List<ProtocolStep> HAND_OFF_STEPS = List.of(
            ProtocolStep.BEGIN_HAND_OFF,
            ProtocolStep.HAND_OFF_BEGUN,
            ProtocolStep.HAND_OFF,
            ProtocolStep.SHARDS_STOPPED,
            ProtocolStep.HOST_MOVED,
            ProtocolStep.HOST_SHARDS,
            ProtocolStep.SHARDS_HOSTED,
            ProtocolStep.SHARDS_STARTED,
            ProtocolStep.MAP_WRITE,
            ProtocolStep.MAP_WRITE_ACK);
    private static final Duration LEAVING_LOOK = Duration.ofMillis(500);
    private static final int MILLION = 1_000_000;

    private final MultiNodeSpec spec;
    private final FaultProfile profile;
    private final SeededChance chance;
    private final List<Strike> kinds = new ArrayList<>();
    private LinkRule network = LinkRule.CLEAR;
    private boolean stopped;

    FaultInjector(MultiNodeSpec spec, FaultProfile profile, SeededChance chance) {
        this.spec = spec;
        this.profile = profile;
        this.chance = chance;
    }

    /** Chooses the kinds of this run, about two of three, and begins. */
    void start() {
        Set<Fault> possible = spec.possibleFaults();
        for (Strike strike : profile.strikes()) {
            if (strike.isPossible(possible) && chance.below(3) > 0) {
                kinds.add(strike);
            }
        }
        if (kinds.isEmpty()) {
            kinds.add(Strike.REBALANCE);
        }
        spec.note("faults of this run: " + kinds);
        strikeLater();
    }

    /** Ends the harm: links are healed, and what is down starts again. */
    void stop() {
        stopped = true;
        spec.healAll();
        for (TestNode node : spec.nodes()) {
            startAgain(node);
        }
    }

    /** Starts a node that is down; one that is still leaving, when it has left. */
    private void startAgain(TestNode node) {
        if (!node.isRunning()) {
            node.start();
        } else if (node.isLeaving()) {
            spec.after(LEAVING_LOOK, () -> startAgain(node));
        }
    }

    private void strikeLater() {
        spec.after(between(profile.shortestGap(), profile.longestGap()), () -> {
            if (!stopped) {
                strike();
                strikeLater();
            }
        });
    }

    private Duration between(Duration shortest, Duration longest) {
        return shortest.plusNanos(chance.below(longest.minus(shortest).toNanos() + 1));
    }

    private Duration upToMillis(int millis) {
        return Duration.ofMillis(1 + chance.below(millis));
    }

    private double share(int mostPercent) {
        return chance.below(mostPercent * MILLION / 100) / (double) MILLION;
    }

    /** Any node; a third of the time the one that coordinates. */
    private TestNode anyNode() {
        List<TestNode> nodes = List.copyOf(spec.nodes());
        TestNode any = nodes.get(chance.below(nodes.size()));
        return chance.below(3) == 0 ? spec.findCoordinator().orElse(any) : any;
    }

    private TestNode otherThan(TestNode node) {
        List<TestNode> others = spec.nodes().stream().filter(n -> n != node).toList();
        return others.isEmpty() ? node : others.get(chance.below(others.size()));
    }

    /** Any step; half of the time one of a handoff, which is rarer than its number of messages. */
    private ProtocolStep anyStep() {
        List<ProtocolStep> steps = chance.below(2) == 0 ? STEPS : HAND_OFF_STEPS;
        return steps.get(chance.below(steps.size()));
    }

    private void strike() {
        if (chance.below(6) == 0) {
            relent();
            return;
        }
        Strike kind = kinds.get(chance.below(kinds.size()));
        spec.onStrike(kind);
        TestNode victim = anyNode();
        TestNode other = otherThan(victim);
        if (victim == other) {
            strikeOne(kind, victim);
        } else {
            strikeLink(kind, victim, other);
        }
    }

    private void relent() {
        network = LinkRule.CLEAR;
        spec.healAll();
    }

    private void network(LinkRule rule) {
        network = rule;
        spec.network(rule);
    }

    private void strikeLink(Strike kind, TestNode victim, TestNode other) {
        switch (kind) {
            case PARTITION -> spec.partition(victim.name(), other.name());
            case CUT_ONE_WAY -> spec.cut(victim.name(), other.name());
            case ISOLATE -> spec.isolate(victim.name());
            case SPLIT -> split();
            case FLAP -> spec.flap(victim.name(), other.name(), upToMillis(1_500), upToMillis(12_000));
            case BREAK_LINK -> spec.breakLink(victim.name(), other.name());
            default -> strikeOne(kind, victim);
        }
    }

    private void strikeOne(Strike kind, TestNode victim) {
        switch (kind) {
            case DELAY -> {
                Duration shortest = upToMillis(5);
                network(network.delay(shortest, shortest.plus(upToMillis(200))));
            }
            case LOSS -> network(network.loss(share(10)));
            case DUPLICATION -> network(network.duplication(share(20)));
            case LATE -> network(network.late(share(5), share(50), upToMillis(20_000)));
            case CORRUPTION -> network(network.corruption(share(2)));
            case SLOW_HANDLERS -> victim.handling(Handling.between(Duration.ofMillis(1), upToMillis(2_000)));
            case HANGING_HANDLERS -> {
                victim.handling(Handling.HANGING);
                spec.after(upToMillis(15_000), () -> victim.handling(Handling.QUICK));
            }
            case REBALANCE -> spec.rebalance();
            case CRASH -> crash(victim);
            case LEAVE -> leave(victim);
            case PAUSE -> pause(victim);
            case CLOCK_JUMP -> victim.jumpWallClock(Duration.ofMillis(chance.below(20_000L) - 10_000));
            case CRASH_AT_STEP -> spec.onceSent(victim, anyStep(), () -> crash(victim));
            case PAUSE_AT_STEP -> spec.onceSent(victim, anyStep(), () -> pause(victim));
            case MINORITY_WRITE -> spec.minorityWrites(spec.findCoordinator().orElse(victim), upToMillis(3_000));
            case STALE_READ -> spec.staleReads(victim, upToMillis(8_000));
            case LOSE_STEP -> spec.holdBack(anyStep(), victim.name(), null, upToMillis(3_000));
            case LEASE_DOWN, LEASE_SLOW, LEASE_LOSSES, LEASE_UNREACHABLE, LEASE_DELETED ->
                strikeLease(kind, victim, spec.lease());
            case PARTITION, CUT_ONE_WAY, ISOLATE, SPLIT, FLAP, BREAK_LINK -> spec.rebalance();
        }
    }

    private void strikeLease(Strike kind, TestNode victim, TestLease lease) {
        switch (kind) {
            case LEASE_DOWN -> lease.down();
            case LEASE_SLOW -> {
                Duration shortest = upToMillis(300);
                lease.way(LinkRule.CLEAR.delay(shortest, shortest.plus(upToMillis(1_500))));
            }
            case LEASE_LOSSES -> lease.way(LinkRule.CLEAR.loss(share(60)));
            case LEASE_UNREACHABLE -> lease.unreachableFor(victim);
            case LEASE_DELETED -> lease.delete();
            default -> throw new IllegalStateException("no harm to a lease: " + kind);
        }
        spec.after(upToMillis(15_000), lease::heal);
    }

    /** Two groups, and sometimes a bridge that sees both. */
    private void split() {
        List<String> left = new ArrayList<>();
        List<String> right = new ArrayList<>();
        for (String name : spec.names()) {
            if (chance.below(5) > 0) {
                (chance.below(2) == 0 ? left : right).add(name);
            }
        }
        spec.partition(left, right);
    }

    private void pause(TestNode victim) {
        if (victim.isRunning()) {
            victim.pause(upToMillis(9_000));
        }
    }

    private void crash(TestNode victim) {
        if (victim.isRunning()) {
            victim.crash();
            restartLater(victim);
        }
    }

    private void leave(TestNode victim) {
        if (victim.isRunning()) {
            victim.leave();
            restartLater(victim);
        }
    }

    /** A node that has not ended by then is left to itself: it is still leaving. */
    private void restartLater(TestNode victim) {
        spec.after(upToMillis(20_000), () -> {
            if (!stopped && !victim.isRunning()) {
                victim.start();
            } else if (!stopped && victim.isLeaving()) {
                restartLater(victim);
            }
        });
    }
}
