package io.shardhold.internal.coordinator;

import static io.shardhold.internal.coordinator.CoordinatorFixture.N1;
import static io.shardhold.internal.coordinator.CoordinatorFixture.N2;
import static io.shardhold.internal.coordinator.CoordinatorFixture.N3;
import static io.shardhold.internal.coordinator.CoordinatorFixture.N4;
import static io.shardhold.internal.coordinator.CoordinatorFixture.TIMINGS;
import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.config.Limits;
import io.shardhold.internal.kernel.FakeLeasePort;
import io.shardhold.internal.kernel.Samples;
import io.shardhold.internal.kernel.TurnRecorder;
import io.shardhold.internal.protocol.CoordinatorMessage;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.RegionMessage;
import io.shardhold.internal.protocol.SeatMessage;
import io.shardhold.internal.protocol.Term;
import io.shardhold.internal.signal.Signal;
import io.shardhold.internal.signal.Signal.LeaseUse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The coordinator of n1 in a cluster with a lease; its keeper is played by hand. */
class LeasedCoordinatorTest {
    private static final Signal UNWANTED = new Signal.LeaseUnwanted(LeaseUse.COORDINATING);

    private final FakeLeasePort port = new FakeLeasePort();
    private final CoordinatorFixture c = new CoordinatorFixture(Limits.DEFAULT, port);

    private static Signal wanted(long floor) {
        return new Signal.LeaseWanted(LeaseUse.COORDINATING, floor);
    }

    private List<Signal> signals() {
        return c.turn.takeSignals(Signal.class);
    }

    /** Leads, and waits for the lease. */
    private void lead() {
        c.beginTakeover(CoordinatorStage.map(Samples.placed(0, N2, new Epoch(10, 1))));
    }

    /** Active under token 31, all regions registered; shard 0 has a home that does not answer. */
    private void coordinate() {
        lead();
        c.grant(31);
        c.play();
        c.register(N1, N2, N3);
        c.run(TIMINGS.verdictWait().plusSeconds(1));
        assertThat(c.isActive()).isTrue();
        c.takeOthers();
        c.takeEvents(ClusterEvent.class);
        signals();
    }

    private void askHome(int... shards) {
        for (int shard : shards) {
            c.say(N2, new CoordinatorMessage.HomeQuery(Samples.CLUSTER, List.of(Samples.shard(shard))));
        }
    }

    // ---- becoming active ---------------------------------------------------------------------------------------

    @Test
    void leaderAsksForTheLeaseBeforeItAsksAnySeat() {
        lead();
        assertThat(signals()).containsExactly(wanted(20));
        c.run(TIMINGS.retry().multipliedBy(4));
        assertThat(c.toSeats).isEmpty();
        assertThat(signals()).as("the keeper asks again, not the coordinator").isEmpty();
        c.grant(31);
        assertThat(c.turn.takeReceivers(SeatMessage.PromiseRequest.class)).containsExactly("n1#1", "n2#1", "n3#1");
    }

    @Test
    void tokenIsTheNumberOfTheTerm() {
        lead();
        c.grant(31);
        c.play();
        assertThat(c.isActive()).isTrue();
        assertThat(c.coordinator.actingTerm(c.turn.now())).contains(Samples.term(31, N1));
    }

    @Test
    void tokenThatIsNotAboveTheHighestNumberIsNotUsed() {
        lead();
        c.signal(new Signal.LeadershipChanged(true, 40));
        signals();
        c.grant(40);
        assertThat(signals()).containsExactly(wanted(40));
        assertThat(c.turn.takeSent()).isEmpty();
        c.grant(41);
        c.play();
        assertThat(c.term()).isEqualTo(Samples.term(41, N1));
    }

    @Test
    void grantThatNobodyWaitsForBeginsNothing() {
        c.grant(31);
        assertThat(c.turn.takeSent()).isEmpty();
        coordinate();
        Term term = c.term();
        c.signal(new Signal.LeaseHeld(31));
        assertThat(c.turn.takeSent()).isEmpty();
        assertThat(c.coordinator.actingTerm(c.turn.now())).contains(term);
    }

    @Test
    void founderWantsTheLeaseUnderTheNumberThatWasAgreedTo() {
        c.grant(10);
        c.beginFounding();
        assertThat(signals()).contains(wanted(9)).doesNotContain(UNWANTED);
    }

    @Test
    void founderWhoseLeaseIsOverWritesNothing() {
        port.grant(10); // and the keeper believes in no grant
        List<Optional<Signal.Agreement>> agreements = Stream.of(N1, N2, N3)
                .map(seed -> Optional.of(new Signal.Agreement(seed, Samples.hosting())))
                .toList();
        c.signal(new Signal.MajorityAgreed(10, Samples.seeds(3), agreements));
        assertThat(c.turn.takeSent()).isEmpty();
        assertThat(signals()).isEmpty();
    }

    @Test
    void founderThatHoldsTheLeaseIsActiveUnderIt() {
        c.grant(10);
        c.beginFounding();
        c.play();
        assertThat(c.isActive()).isTrue();
        assertThat(c.term().number()).isEqualTo(10);
    }

    @Test
    void phasesOfATakeoverAreToldWithTheirDurations() {
        c.answering.clear();
        lead();
        c.turn.clock().advance(Duration.ofSeconds(2));
        c.grant(31);
        c.turn.clock().advance(Duration.ofSeconds(1));
        c.answering.addAll(List.of(N1, N2, N3));
        c.answered = (seat, message) -> !(message instanceof SeatMessage.Replicate);
        c.play();
        c.answered = (seat, message) -> true;
        c.turn.clock().advance(Duration.ofMillis(300));
        c.run(Duration.ofMillis(100));
        assertThat(c.takeEvents(ClusterEvent.CoordinatorActive.class))
                .containsExactly(new ClusterEvent.CoordinatorActive(
                        31,
                        1,
                        new ClusterEvent.TakeoverTimes(
                                Duration.ofSeconds(2), Duration.ofSeconds(1), Duration.ofMillis(400))));
    }

    // ---- the lease is over -------------------------------------------------------------------------------------

    private static Named<Consumer<CoordinatorFixture>> turn(String what, Consumer<CoordinatorFixture> begin) {
        return Named.of(what, begin);
    }

    /** What may begin a turn. */
    static Stream<Named<Consumer<CoordinatorFixture>>> turns() {
        return Stream.of(
                turn("answer of a seat", c -> c.tell(N2, new CoordinatorMessage.Accepted(c.term(), 6))),
                turn(
                        "home query",
                        c -> c.tell(N2, new CoordinatorMessage.HomeQuery(Samples.CLUSTER, List.of(Samples.shard(5))))),
                turn("join request", c -> c.tell(N4, new CoordinatorMessage.JoinRequest(Samples.hosting(), 0))),
                turn(
                        "stop",
                        c -> c.tell(
                                N2,
                                new CoordinatorMessage.ShardsStopped(
                                        Samples.CLUSTER, List.of(CoordinatorStage.here(0, new Epoch(10, 1)))))),
                turn("timer", c -> c.turn.pass(c.coordinator, TIMINGS.retry())),
                turn("right", c -> c.signal(new Signal.RightChanged(true))),
                turn("leadership", c -> c.signal(new Signal.LeadershipChanged(true, 31))),
                turn("own term heard", c -> c.signal(new Signal.CoordinatorHeard(c.term(), 3, N2))),
                turn("lease held, late", c -> c.signal(new Signal.LeaseHeld(31))));
    }

    @ParameterizedTest
    @MethodSource("turns")
    void veryNextTurnOfWhateverKindBeginsWithTurningPassive(Consumer<CoordinatorFixture> next) {
        coordinate();
        Term over = c.term();
        port.expire();
        next.accept(c);
        assertThat(c.turn.takeSent())
                .as("nothing of the old term but that it is over")
                .isNotEmpty()
                .extracting(TurnRecorder.Sent::message)
                .containsOnly(new SeatMessage.Resigned(over));
        assertThat(signals()).contains(UNWANTED, new Signal.CoordinatorChanged(null));
        assertThat(c.takeEvents(ClusterEvent.CoordinatorPassive.class))
                .containsExactly(new ClusterEvent.CoordinatorPassive(31, "the lease is over"));
        assertThat(c.coordinator.actingTerm(c.turn.now())).isEmpty();
    }

    @Test
    void itActsNotEvenBetweenTwoTurns() {
        coordinate();
        port.expire();
        assertThat(c.coordinator.actingTerm(c.turn.now())).isEmpty();
    }

    @Test
    void candidateWhoseLeaseEndsWhileItAsksTurnsPassive() {
        c.answering.clear();
        lead();
        c.grant(31);
        c.turn.takeSent();
        port.expire();
        c.tell(
                N2,
                new CoordinatorMessage.Promised(
                        Samples.term(31, N1), CoordinatorFixture.SEATS, c.complete, c.complete));
        assertThat(c.turn.takeSent()).as("no seat is read").isEmpty();
        assertThat(signals()).contains(UNWANTED);
    }

    @Test
    void coordinatorWhoseLeaseEndsWhileItWritesDoesNotBecomeActive() {
        c.answered = (seat, message) -> !(message instanceof SeatMessage.Replicate);
        lead();
        c.grant(31);
        c.play();
        c.answered = (seat, message) -> true;
        port.expire();
        c.run(TIMINGS.probe());
        assertThat(c.takeEvents(ClusterEvent.CoordinatorActive.class)).isEmpty();
        assertThat(signals()).contains(UNWANTED);
    }

    @Test
    void lossThatIsToldEndsTheTermOfThatTokenOnly() {
        coordinate();
        c.signal(new Signal.LeaseGone(30));
        assertThat(c.isActive()).isTrue();
        c.signal(new Signal.LeaseGone(31));
        assertThat(c.isActive()).isFalse();
        assertThat(signals()).contains(UNWANTED);
    }

    @Test
    void itActsAgainOnlyUnderANewAndHigherToken() {
        coordinate();
        port.expire();
        c.signal(new Signal.RightChanged(true));
        signals();
        c.run(TIMINGS.retry().multipliedBy(3));
        assertThat(signals()).containsExactly(wanted(31));
        assertThat(c.isActive()).isFalse();
        c.grant(31);
        c.play();
        assertThat(signals()).as("the token of the term that is over").containsExactly(wanted(31));
        assertThat(c.isActive()).isFalse();
        c.grant(32);
        c.play();
        assertThat(c.coordinator.actingTerm(c.turn.now())).contains(Samples.term(32, N1));
    }

    @Test
    void losingTheLeaseSaysNothingToRegions() {
        coordinate();
        askHome(1, 2);
        c.takeOthers();
        port.expire();
        c.signal(new Signal.LeaseGone(31));
        c.run(TIMINGS.handOff());
        assertThat(c.takeOthers())
                .extracting(TurnRecorder.Sent::message)
                .doesNotHaveAnyElementsOfTypes(
                        RegionMessage.Announce.class,
                        RegionMessage.BeginHandOff.class,
                        RegionMessage.HandOff.class,
                        RegionMessage.HostShards.class)
                .isNotEmpty()
                .hasOnlyElementsOfType(SeatMessage.Resigned.class);
    }

    @Test
    void losingLeadershipTakesNothingFromAnActiveCoordinatorAndSaysNothingToRegions() {
        coordinate();
        c.signal(new Signal.LeadershipChanged(false, 31));
        assertThat(c.turn.takeSent()).isEmpty();
        assertThat(signals()).isEmpty();
        assertThat(c.isActive()).as("as long as the seats follow").isTrue();
    }

    // ---- wanting it no more ------------------------------------------------------------------------------------

    @Test
    void refusalWithAHigherNumberGivesTheLeaseUpAndWantsOneAboveIt() {
        c.answering.clear();
        lead();
        c.grant(31);
        signals();
        c.tell(N2, new CoordinatorMessage.PromiseRefused(Samples.term(31, N1), 50, Optional.empty()));
        assertThat(signals()).containsExactly(UNWANTED);
        c.run(TIMINGS.retry().multipliedBy(3));
        assertThat(signals()).containsExactly(wanted(50));
        c.answering.addAll(List.of(N1, N2, N3));
        c.grant(51);
        c.play();
        assertThat(c.term().number()).isEqualTo(51);
    }

    @Test
    void refusalOfAWriteWithAHigherNumberGivesTheLeaseUpToo() {
        coordinate();
        c.tell(N2, new CoordinatorMessage.ReplicateRefused(c.term(), 50, 0));
        assertThat(signals()).contains(UNWANTED);
        c.run(TIMINGS.retry().multipliedBy(3));
        assertThat(signals()).containsExactly(wanted(50));
    }

    @Test
    void candidateWithoutAPromiseQuorumGivesTheLeaseUpAndBacksOff() {
        c.answering.retainAll(List.of(N1));
        lead();
        c.grant(31);
        signals();
        c.run(TIMINGS.detection().plusMillis(100));
        assertThat(signals()).containsExactly(UNWANTED);
        c.run(TIMINGS.retry().multipliedBy(3));
        assertThat(signals()).containsExactly(wanted(31));
    }

    @Test
    void whoLeadsNoLongerWhileItWaitsWantsTheLeaseNoMore() {
        lead();
        signals();
        c.signal(new Signal.LeadershipChanged(false, 20));
        assertThat(signals()).containsExactly(UNWANTED);
        c.grant(31);
        c.run(TIMINGS.retry().multipliedBy(3));
        assertThat(c.toSeats).isEmpty();
        c.signal(new Signal.LeadershipChanged(true, 25));
        assertThat(signals()).as("leading again, at once").containsExactly(wanted(25));
    }

    @Test
    void whoGivesUpOrLeavesWhileItWaitsWantsTheLeaseNoMore() {
        lead();
        signals();
        c.signal(new Signal.GivingUp("test"));
        assertThat(signals()).containsExactly(UNWANTED);
        c.grant(31);
        c.run(TIMINGS.retry().multipliedBy(3));
        assertThat(c.toSeats).isEmpty();
        assertThat(signals()).isEmpty();
    }

    // ---- queries that wait -------------------------------------------------------------------------------------

    @Test
    void homeQueriesThatArriveOnTheWayAreAnsweredWithoutBeingAskedAgain() {
        lead();
        askHome(1);
        c.say(N2, new CoordinatorMessage.HomeQuery(Samples.CLUSTER + 1, List.of(Samples.shard(4))));
        c.answered = (seat, message) -> false;
        c.grant(31);
        askHome(2);
        c.answered = (seat, message) -> !(message instanceof SeatMessage.Replicate);
        c.run(TIMINGS.retry());
        askHome(3);
        c.answered = (seat, message) -> true;
        c.run(TIMINGS.probe());
        c.register(N1, N2, N3);
        c.run(TIMINGS.verdictWait().plusSeconds(1));
        for (int shard = 1; shard <= 3; shard++) {
            assertThat(c.placement(shard)).as("shard %s", shard).isPresent();
        }
        assertThat(c.placement(4)).as("of another cluster").isEmpty();
        assertThat(c.placement(5)).as("nobody asked").isEmpty();
    }

    @Test
    void queriesOfAnAttemptThatFailedAreForgotten() {
        lead();
        c.answering.clear();
        c.grant(31);
        askHome(1);
        c.signal(new Signal.LeaseGone(31));
        c.run(TIMINGS.retry().multipliedBy(3));
        c.answering.addAll(List.of(N1, N2, N3));
        c.grant(32);
        c.play();
        c.register(N1, N2, N3);
        c.run(TIMINGS.verdictWait().plusSeconds(1));
        assertThat(c.isActive()).isTrue();
        assertThat(c.placement(1)).as("its region asks again").isEmpty();
    }
}
