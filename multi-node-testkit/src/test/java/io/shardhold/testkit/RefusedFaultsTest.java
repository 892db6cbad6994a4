package io.shardhold.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardhold.lease.LeaseSettings;
import io.shardhold.testkit.fault.Fault;
import io.shardhold.testkit.fault.LinkRule;
import io.shardhold.testkit.loopback.LoopbackRung;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a rung cannot inject it refuses at once and by name: a test that asks for it never passes without it. */
final class RefusedFaultsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Map<Fault, List<Consumer<MultiNodeSpec>>> ON_LOOPBACK = onLoopback();
    private static final Set<Fault> BEFORE_START = EnumSet.of(Fault.CLOCK_OFFSET, Fault.CLOCK_DRIFT);
    private static final Set<Fault> WHILE_RUNNING = EnumSet.complementOf(EnumSet.copyOf(BEFORE_START));

    private static Map<Fault, List<Consumer<MultiNodeSpec>>> onLoopback() {
        Map<Fault, List<Consumer<MultiNodeSpec>>> ways = new EnumMap<>(Fault.class);
        ways.put(Fault.PAUSE, List.of(spec -> spec.node("n1").pause(SECOND)));
        ways.put(Fault.LOSS, rule(LinkRule.CLEAR.loss(0.5)));
        ways.put(Fault.DUPLICATION, rule(LinkRule.CLEAR.duplication(0.5)));
        ways.put(Fault.REORDERING, rule(LinkRule.CLEAR.late(0.5, 0.5, SECOND)));
        ways.put(
                Fault.CLOCK_OFFSET,
                List.of(
                        spec -> spec.node("n1").clock(SECOND, 0),
                        spec -> spec.node("n1").clock(SECOND.negated(), 0)));
        ways.put(Fault.CLOCK_DRIFT, List.of(spec -> spec.node("n1").clock(Duration.ZERO, 0.01)));
        ways.put(Fault.CLOCK_JUMP, List.of(spec -> spec.node("n1").jumpWallClock(SECOND)));
        return ways;
    }

    /** Alone or behind something that the rung can do, for one link or for all. */
    private static List<Consumer<MultiNodeSpec>> rule(LinkRule rule) {
        return List.of(
                spec -> spec.network(rule),
                spec -> spec.network(rule.cut(true)),
                spec -> spec.link("n1", "n2", rule),
                spec -> spec.link("n1", "n2", rule.delay(SECOND, SECOND)));
    }

    private static List<Consumer<MultiNodeSpec>> ways(Fault fault) {
        return ON_LOOPBACK.getOrDefault(fault, List.of());
    }

    private static void assertRefuses(MultiNodeSpec spec, Fault fault) {
        for (Consumer<MultiNodeSpec> way : ways(fault)) {
            List<String> before = spec.history();
            assertThatThrownBy(() -> way.accept(spec))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("'loopback' cannot inject " + fault)
                    .hasMessageContaining("run this test on 'simulated'");
            assertThat(spec.history()).as("nothing has been done").isEqualTo(before);
            assertThat(spec.isPartitioned()).isFalse();
        }
    }

    @Test
    void faultThatARungCannotInjectHasAWayToAskForIt() {
        Set<Fault> refused = EnumSet.allOf(Fault.class);
        refused.removeAll(new LoopbackRung().faults());
        assertThat(ON_LOOPBACK).containsOnlyKeys(refused);
    }

    @Test
    void loopbackRefusesThemBeforeAnythingIsBuilt() {
        MultiNodeRun.nodes(2).rung(LoopbackRung.NAME).run(spec -> {
            ON_LOOPBACK.keySet().forEach(fault -> assertRefuses(spec, fault));
            assertThat(spec.nodes()).noneMatch(TestNode::isBuilt).noneMatch(TestNode::isRunning);
        });
    }

    @Test
    void loopbackRefusesThemWhileNodesRunAndGoesOn() {
        MultiNodeRun.nodes(1).rung(LoopbackRung.NAME).run(spec -> {
            spec.start();
            spec.awaitConverged(Notebooks.LONG);
            WHILE_RUNNING.forEach(fault -> assertRefuses(spec, fault));
            spec.awaitConverged(Notebooks.LONG);
        });
    }

    @Test
    void simulationRefusesNone() {
        MultiNodeRun.nodes(2).run(spec -> {
            BEFORE_START.forEach(fault -> ways(fault).forEach(way -> way.accept(spec)));
            spec.start();
            WHILE_RUNNING.forEach(fault -> ways(fault).forEach(way -> way.accept(spec)));
        });
    }

    // ---- the lease ---------------------------------------------------------------------------------------------

    @Test
    void leaseIsAskedForBeforeNodesRun() {
        MultiNodeRun.nodes(1).run(spec -> {
            spec.start();
            assertThatThrownBy(spec::lease)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("the lease cannot be changed any more, because nodes run");
        });
    }

    @Test
    void timesOfTheLeaseAreSaidBeforeNodesRun() {
        MultiNodeRun.nodes(1).run(spec -> {
            TestLease lease = spec.lease();
            spec.start();
            assertThat(spec.lease()).as("told of as often as one likes").isSameAs(lease);
            assertThatThrownBy(() -> lease.times(SECOND, SECOND, SECOND, SECOND, SECOND))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("the times of the lease cannot be changed any more, because nodes run");
        });
    }

    @Test
    void timesThatDoNotFitAreRefusedByTheLeaseItself() {
        MultiNodeRun.nodes(1).run(spec -> {
            TestLease lease = spec.lease();
            LeaseSettings before = lease.settings();
            assertThatThrownBy(() -> lease.times(SECOND, SECOND.multipliedBy(5), SECOND, SECOND, SECOND))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("lease settings refused");
            assertThat(lease.settings()).isEqualTo(before);
        });
    }
}
