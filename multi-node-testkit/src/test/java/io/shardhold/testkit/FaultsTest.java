package io.shardhold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.config.EntitySpec;
import io.shardhold.entity.Entity;
import io.shardhold.entity.EntityType;
import io.shardhold.entity.ReplyTo;
import io.shardhold.testkit.fault.Handling;
import io.shardhold.testkit.fault.LinkRule;
import io.shardhold.testkit.fault.ProtocolStep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Each fault does what it says, and is over when it is taken back. */
final class FaultsTest {
    sealed interface Memo {
        record Write(String text) implements Memo {}

        record Read(ReplyTo<String> replyTo) implements Memo {}
    }

    static final EntityType<Memo> MEMOS = EntityType.of("memos", Memo.class);

    private static final class MemoEntity implements Entity<Memo> {
        private String text = "";

        @Override
        public void onMessage(Memo message) {
            if (message instanceof Memo.Write write) {
                text = write.text();
            } else if (message instanceof Memo.Read read) {
                read.replyTo().reply(text);
            }
        }
    }

    private static MultiNodeSpec memos(int nodes) {
        return Specs.of(1, nodes, 3)
                .entity(EntitySpec.of(MEMOS, context -> new MemoEntity()).shards(8));
    }

    private static String read(MultiNodeSpec spec, String from) {
        List<String> answers = new ArrayList<>();
        spec.node(from)
                .entityRef(MEMOS, "m")
                .ask(Memo.Read::new, Duration.ofSeconds(30))
                .thenAccept(answers::add);
        spec.await("an answer", Duration.ofSeconds(30), () -> !answers.isEmpty());
        return answers.get(0);
    }

    private static TestNode homeOf(MultiNodeSpec spec) {
        return spec.nodes().stream()
                .filter(node -> !node.homes().isEmpty())
                .findFirst()
                .orElseThrow();
    }

    private static long handled(MultiNodeSpec spec) {
        return spec.nodes().stream()
                .mapToLong(node -> node.counters().getOrDefault("MESSAGES_HANDLED", 0L))
                .sum();
    }

    private static MultiNodeSpec written(int nodes) {
        MultiNodeSpec spec = memos(nodes);
        spec.start();
        spec.node("n2").entityRef(MEMOS, "m").tell(new Memo.Write("tea"));
        spec.await("it is written", Duration.ofSeconds(30), () -> handled(spec) == 1);
        return spec;
    }

    private static long count(MultiNodeSpec spec, String name) {
        return Optional.ofNullable(spec.reached().get(name)).orElseThrow();
    }

    // ---- processes ---------------------------------------------------------------------------------------------

    @Test
    void crashLosesMemoryAndRestartKeepsTheDiskUnlessTheMachineIsNew() {
        MultiNodeSpec spec = written(3);
        TestNode home = homeOf(spec);
        home.disk().put("file", new byte[] {1});
        long before = home.identity().incarnation();
        home.crash();
        assertThat(home.isRunning()).isFalse();
        home.crash();
        home.restart();
        assertThat(home.identity().incarnation()).isGreaterThan(before);
        assertThat(read(spec, home.name())).as("memory is gone").isEmpty();
        assertThat(home.disk()).containsOnlyKeys("file");
        home.restartWithoutDisk();
        assertThat(home.disk()).isEmpty();
        spec.awaitConverged(Duration.ofSeconds(60));
        assertThat(count(spec, "crash")).isEqualTo(2);
        assertThat(count(spec, "restart")).isEqualTo(2);
    }

    @Test
    void stopHandsOver() {
        MultiNodeSpec spec = written(3);
        TestNode home = homeOf(spec);
        List<ClusterEvent> left = new ArrayList<>();
        spec.onEvent((node, event) -> {
            if (event instanceof ClusterEvent.Left) {
                left.add(event);
            }
        });
        home.stop();
        assertThat(home.isRunning()).isFalse();
        assertThat(left).singleElement().matches(event -> ((ClusterEvent.Left) event).orderly());
    }

    @Test
    void pausedNodeComputesNothingAndItsClocksLeap() {
        MultiNodeSpec spec = written(3);
        TestNode home = homeOf(spec);
        home.pause(Duration.ofSeconds(3));
        assertThat(home.isPaused()).isTrue();
        assertThat(home.isServing()).isFalse();
        spec.runFor(Duration.ofMillis(3_001));
        assertThat(home.isPaused()).isFalse();
        spec.awaitConverged(Duration.ofSeconds(60));
        assertThat(count(spec, "right to serve lost"))
                .as("it woke too late to serve on")
                .isPositive();
    }

    @Test
    void clocksAreOffDriftAndAreSet() {
        MultiNodeSpec spec = memos(3);
        spec.node("n1").clock(Duration.ofSeconds(100), 0.05);
        spec.node("n2").clock(Duration.ofSeconds(-100), -0.05);
        spec.start();
        long apart = spec.node("n1").identity().incarnation()
                - spec.node("n2").identity().incarnation();
        assertThat(apart).isEqualTo(200_000);
        spec.runFor(Duration.ofSeconds(100));
        spec.node("n1").restart();
        spec.node("n2").restart();
        long later = spec.node("n1").identity().incarnation()
                - spec.node("n2").identity().incarnation();
        assertThat(later - apart).as("10 s in 100, about").isBetween(10_000L, 10_500L);
        spec.node("n3").jumpWallClock(Duration.ofSeconds(500));
        spec.node("n3").restart();
        assertThat(spec.node("n3").identity().incarnation())
                .isGreaterThan(spec.node("n1").identity().incarnation());
        spec.awaitConverged(Duration.ofSeconds(60));
    }

    // ---- handlers ----------------------------------------------------------------------------------------------

    @Test
    void handlersAreSlowHangAndAreLetGo() {
        MultiNodeSpec spec = written(3);
        TestNode home = homeOf(spec);
        Duration began = spec.elapsed();
        home.handling(Handling.between(Duration.ofSeconds(2), Duration.ofSeconds(2)));
        read(spec, "n1");
        assertThat(spec.elapsed().minus(began)).isLessThan(Duration.ofMillis(2_050));
        home.handling(Handling.HANGING);
        spec.node("n1").entityRef(MEMOS, "m").tell(new Memo.Write("milk"));
        spec.runFor(Duration.ofSeconds(20));
        assertThat(spec.openMessages()).as("taken up, and not handled").isZero();
        assertThat(handled(spec)).as("the handler has not begun its work").isEqualTo(2);
        home.handling(Handling.QUICK);
        assertThat(read(spec, "n2")).isEqualTo("milk");
    }

    // ---- links -------------------------------------------------------------------------------------------------

    @Test
    void oneWayCutFlapBridgeAndHealing() {
        MultiNodeSpec spec = written(5);
        spec.cut("n1", "n5");
        spec.runFor(Duration.ofSeconds(1));
        spec.heal("n1", "n5");
        spec.partition(List.of("n1", "n2"), List.of("n4", "n5"));
        spec.runFor(Duration.ofSeconds(2));
        assertThat(spec.node("n3").isServing()).as("the bridge sees both").isTrue();
        spec.healAll();
        spec.flap("n1", "n2", Duration.ofMillis(300), Duration.ofSeconds(3));
        spec.runFor(Duration.ofSeconds(4));
        assertThat(spec.isPartitioned()).as("healed at the end").isFalse();
        spec.isolate("n4");
        spec.runFor(spec.timings().consent().plus(Duration.ofSeconds(1)));
        assertThat(spec.node("n4").isServing()).isFalse();
        spec.healAll();
        spec.awaitConverged(Duration.ofSeconds(60));
    }

    @Test
    void badNetworksLoseDoubleDelayRepeatAndDamage() {
        for (LinkRule rule : List.of(
                LinkRule.CLEAR.loss(0.2),
                LinkRule.CLEAR.duplication(1),
                LinkRule.CLEAR.delay(Duration.ofMillis(50), Duration.ofMillis(150)),
                LinkRule.CLEAR.late(0.5, 1, Duration.ofSeconds(5)),
                LinkRule.CLEAR.corruption(0.05))) {
            MultiNodeSpec clear = loaded(LinkRule.CLEAR);
            MultiNodeSpec bad = loaded(rule);
            assertThat(bad.events()).as("%s makes a difference", rule).isNotEqualTo(clear.events());
            bad.healAll();
            bad.awaitConverged(Duration.ofSeconds(60));
            assertThat(count(bad, "connection lost with messages in doubt") > 0)
                    .as("%s breaks connections", rule)
                    .isEqualTo(rule.loss() > 0 || rule.corruption() > 0);
        }
    }

    private static MultiNodeSpec loaded(LinkRule rule) {
        MultiNodeSpec spec = Specs.of(1, 3, 3);
        spec.keepSending(Duration.ofMillis(20));
        spec.network(rule);
        spec.runFor(Duration.ofSeconds(10));
        return spec;
    }

    @Test
    void brokenLinkIsMadeAnewAndARuleOfOneLinkIsItsOwn() {
        MultiNodeSpec spec = loaded(LinkRule.CLEAR);
        spec.link("n1", "n2", LinkRule.CLEAR.delay(Duration.ofMillis(300), Duration.ofMillis(300)));
        spec.runFor(Duration.ofSeconds(2));
        spec.breakLink("n1", "n2");
        spec.runFor(Duration.ofSeconds(2));
        assertThat(count(spec, "connection lost with messages in doubt"))
                .as("300 ms of messages were on the way")
                .isPositive();
        spec.healAll();
        spec.awaitConverged(Duration.ofSeconds(60));
    }

    // ---- steps -------------------------------------------------------------------------------------------------

    @Test
    void stepIsWaitedForHeldBackAndCrashedOn() {
        MultiNodeSpec spec = loaded(LinkRule.CLEAR);
        TestNode coordinator = spec.coordinator();
        List<Duration> seen = new ArrayList<>();
        spec.onceSent(coordinator, ProtocolStep.HAND_OFF, () -> seen.add(spec.elapsed()));
        spec.holdBack(ProtocolStep.HAND_OFF_BEGUN, null, coordinator.name(), Duration.ofSeconds(30));
        spec.rebalance();
        spec.runFor(Duration.ofSeconds(10));
        long moved = count(spec, "handoff");
        spec.healAll();
        spec.rebalance();
        spec.runFor(Duration.ofSeconds(10));
        assertThat(count(spec, "handoff"))
                .as("with the acknowledgements it goes on")
                .isGreaterThan(moved);
        spec.onceSent(coordinator, ProtocolStep.HAND_OFF, () -> seen.add(spec.elapsed()));
        spec.crashAfterSending(coordinator, ProtocolStep.HAND_OFF);
        spec.rebalance();
        spec.await("it dies", Duration.ofSeconds(10), () -> !coordinator.isRunning());
        assertThat(seen).isNotEmpty();
        spec.awaitConverged(Duration.ofSeconds(60));
    }

    @Test
    void coordinatorWhoseWritesReachAMinorityCommandsNothing() {
        MultiNodeSpec spec = written(3);
        TestNode coordinator = spec.coordinator();
        spec.minorityWrites(coordinator, Duration.ofSeconds(20));
        TestNode other = spec.addNode("n4");
        other.start();
        spec.runFor(Duration.ofSeconds(2));
        assertThat(other.view().isUp()).as("its entry is on one seat of three").isFalse();
        spec.awaitConverged(Duration.ofSeconds(90));
        assertThat(other.view().isUp()).isTrue();
    }

    @Test
    void nodeWithAStaleMapStillFindsHomes() {
        MultiNodeSpec spec = written(4);
        TestNode stale = spec.node("n4");
        spec.staleReads(stale, Duration.ofSeconds(15));
        TestNode home = homeOf(spec);
        home.stop();
        spec.runFor(Duration.ofSeconds(2));
        read(spec, stale.name());
        spec.awaitConverged(Duration.ofSeconds(60));
    }

    // ---- the lease ---------------------------------------------------------------------------------------------

    private static MultiNodeSpec leased() {
        MultiNodeSpec spec = Specs.of(1, 4, 3);
        spec.lease();
        spec.keepSending(Duration.ofMillis(100));
        spec.runFor(Duration.ofSeconds(5));
        return spec;
    }

    @Test
    void slowLeaseStoreIsNoLossAndOneThatIsDownIs() {
        MultiNodeSpec spec = leased();
        TestLease lease = spec.lease();
        long token = lease.token();
        assertThat(lease.holder()).contains(spec.coordinator().name());
        lease.way(LinkRule.CLEAR.delay(Duration.ofMillis(200), Duration.ofMillis(500)));
        spec.runFor(Duration.ofSeconds(20));
        lease.heal();
        lease.way(LinkRule.CLEAR.loss(0.05));
        spec.runFor(Duration.ofSeconds(20));
        lease.heal();
        assertThat(lease.token()).as("renewals are tried again").isEqualTo(token);
        assertThat(count(spec, "lease lost")).isZero();
        lease.down();
        spec.await(
                "nobody coordinates",
                Duration.ofSeconds(10),
                () -> spec.findCoordinator().isEmpty());
        spec.runFor(Duration.ofSeconds(10));
        assertThat(spec.findCoordinator()).as("as long as it is down").isEmpty();
        spec.healAll();
        spec.awaitConverged(Duration.ofSeconds(60));
        assertThat(lease.token()).isGreaterThan(token);
        assertThat(count(spec, "lease lost")).isEqualTo(1);
        assertThat(count(spec, "takeover waits for a lease store that does not answer"))
                .isPositive();
    }

    @Test
    void leaseStoreIsReachedBySomeOnlyAndItsRecordIsDeleted() {
        MultiNodeSpec spec = leased();
        TestLease lease = spec.lease();
        TestNode first = spec.coordinator();
        lease.unreachableFor(first);
        spec.await(
                "another coordinates",
                Duration.ofSeconds(30),
                () -> spec.findCoordinator().filter(node -> node != first).isPresent());
        lease.heal();
        long token = lease.token();
        lease.delete();
        assertThat(lease.holder()).isEmpty();
        spec.await("a higher token is granted", Duration.ofSeconds(30), () -> lease.token() > token);
        spec.awaitConverged(Duration.ofSeconds(60));
        assertThat(lease.holder()).contains(spec.coordinator().name());
    }

    @Test
    void profilesHarmALeaseOnlyWhereThereIsOne() {
        for (boolean leased : new boolean[] {false, true}) {
            MultiNodeSpec spec = Specs.of(4, 5, 3);
            if (leased) {
                spec.lease();
            }
            spec.keepSending(Duration.ofMillis(100));
            spec.faults(FaultProfile.CRUEL);
            spec.runFor(Duration.ofMinutes(2));
            spec.awaitConverged(Duration.ofMinutes(2));
            long harm = spec.reached().entrySet().stream()
                    .filter(e -> e.getKey().startsWith("fault: lease "))
                    .mapToLong(Map.Entry::getValue)
                    .sum();
            assertThat(harm > 0).as("harm to a lease").isEqualTo(leased);
        }
    }

    @Test
    void profilesInjectOnlyWhatTheyAreMadeOf() {
        for (FaultProfile profile : FaultProfile.values()) {
            MultiNodeSpec spec = Specs.of(1, 5, 3);
            spec.keepSending(Duration.ofMillis(100));
            spec.faults(profile);
            spec.runFor(Duration.ofMinutes(5));
            spec.awaitConverged(Duration.ofMinutes(2));
            for (Strike strike : Strike.values()) {
                String name = "fault: " + strike.name().toLowerCase(Locale.ROOT).replace('_', ' ');
                if (!profile.strikes().contains(strike)) {
                    assertThat(count(spec, name))
                            .as("%s in %s", strike, profile)
                            .isZero();
                }
            }
            assertThat(spec.reached().entrySet().stream()
                            .filter(e -> e.getKey().startsWith("fault: ") && e.getValue() > 0))
                    .as("%s", profile)
                    .isNotEmpty();
        }
    }
}
