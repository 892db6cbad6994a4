package io.shardhold.internal.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.NodeId;
import io.shardhold.config.Timings;
import io.shardhold.internal.kernel.Samples;
import io.shardhold.internal.kernel.TurnRecorder;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.MembershipMessage;
import io.shardhold.internal.protocol.MembershipMessage.AgreeRefused;
import io.shardhold.internal.protocol.MembershipMessage.AgreeRequest;
import io.shardhold.internal.protocol.MembershipMessage.Agreed;
import io.shardhold.internal.protocol.MembershipMessage.SeekReply;
import io.shardhold.internal.protocol.MembershipMessage.Standing;
import io.shardhold.internal.signal.Signal;
import io.shardhold.internal.signal.Signal.LeaseUse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The membership of n1, first of three seeds, in a cluster with a lease whose keeper is played by hand. */
class FoundingLeaseTest {
    private static final Timings TIMINGS = Timings.DEFAULT;
    private static final Duration LEASE_WAIT = Duration.ofSeconds(6);
    private static final Duration TICK = TIMINGS.probe();
    private static final List<String> SEEDS = Samples.seeds(3);
    private static final NodeId N2 = Samples.node("n2");
    private static final NodeId N3 = Samples.node("n3");
    private static final Signal UNWANTED = new Signal.LeaseUnwanted(LeaseUse.FOUNDING);

    private final TurnRecorder turn = new TurnRecorder(Samples.node("n1"));
    private final Membership membership =
            new Membership(TIMINGS, new Membership.Profile(SEEDS, Samples.hosting(), 0, Optional.of(LEASE_WAIT)));

    private void signal(Signal signal) {
        membership.onSignal(signal, turn);
    }

    private void tell(NodeId from, ControlMessage message) {
        membership.onMessage(from, message, turn);
    }

    private static Signal wanted(long floor) {
        return new Signal.LeaseWanted(LeaseUse.FOUNDING, floor);
    }

    private static SeekReply seeking(boolean mayLead, long number) {
        return new SeekReply(Standing.SEEKING, 0, false, Optional.empty(), mayLead, number, SEEDS);
    }

    /** All seeds are there, and a probe time passes. */
    private void tick() {
        tell(N2, seeking(true, 0));
        tell(N3, seeking(true, 0));
        turn.pass(membership, TICK);
    }

    private void start() {
        signal(new Signal.Started());
        turn.pass(membership, Duration.ZERO);
        turn.takeSignals(Signal.class);
    }

    private List<Signal> signals() {
        return turn.takeSignals(Signal.class).stream()
                .filter(s -> !(s instanceof Signal.PeerSeen))
                .toList();
    }

    private List<AgreeRequest> asked() {
        return turn.takeSent(AgreeRequest.class);
    }

    /** A round under token 31 has begun, and nobody has answered. */
    private void beginRound() {
        start();
        tick();
        signal(new Signal.LeaseHeld(31));
        assertThat(asked()).containsExactly(new AgreeRequest(31, SEEDS), new AgreeRequest(31, SEEDS));
        signals();
    }

    private void agree(long number) {
        tell(N2, new Agreed(number, Samples.hosting()));
        tell(N3, new Agreed(number, Samples.hosting()));
    }

    @Test
    void noRoundBeginsBeforeTheLeaseIsHeld() {
        start();
        for (int i = 0; i < 20; i++) {
            tick();
        }
        assertThat(asked()).isEmpty();
        assertThat(signals()).isNotEmpty().containsOnly(wanted(0));
    }

    @Test
    void floorIsTheHighestNumberThatAnybodyNamed() {
        start();
        tell(N2, seeking(true, 40));
        tell(N3, seeking(true, 7));
        turn.pass(membership, TICK);
        assertThat(signals()).containsExactly(wanted(40));
        signal(new Signal.LeaseHeld(40));
        assertThat(asked()).isEmpty();
        assertThat(signals()).containsExactly(wanted(40));
    }

    @Test
    void tokenIsTheNumberThatTheSeedsAgreeTo() {
        start();
        tick();
        signals();
        signal(new Signal.LeaseHeld(31));
        assertThat(asked()).hasSize(2).containsOnly(new AgreeRequest(31, SEEDS));
        assertThat(signals()).containsExactly(new Signal.AgreedToFound(31, turn.self()));
        signal(new Signal.LeaseHeld(31));
        assertThat(asked()).as("told twice").isEmpty();
        agree(31);
        assertThat(signals()).singleElement().isInstanceOfSatisfying(Signal.MajorityAgreed.class, agreed -> {
            assertThat(agreed.number()).isEqualTo(31);
            assertThat(agreed.agreements()).hasSize(3).allMatch(Optional::isPresent);
        });
    }

    @Test
    void leaseThatSomebodyElseOfThisNodeWantedFoundsNothing() {
        start();
        signal(new Signal.LeaseHeld(31));
        assertThat(asked()).isEmpty();
        tick();
        assertThat(asked()).isEmpty();
        assertThat(signals()).containsExactly(wanted(0));
    }

    @Test
    void refusalWithAHigherNumberWantsATokenAboveIt() {
        beginRound();
        tell(N2, new AgreeRefused(31, 50, List.of()));
        tell(N3, new Agreed(31, Samples.hosting()));
        tick();
        assertThat(asked()).isEmpty();
        assertThat(signals()).containsExactly(wanted(50));
        signal(new Signal.LeaseHeld(51));
        assertThat(asked()).isNotEmpty().containsOnly(new AgreeRequest(51, SEEDS));
    }

    @Test
    void roundThatIsTooOldIsFollowedByOneUnderAHigherToken() {
        beginRound();
        Duration patience = TIMINGS.founding().multipliedBy(2);
        for (Duration past = TICK; past.compareTo(patience) < 0; past = past.plus(TICK)) {
            tick();
        }
        assertThat(signals()).isEmpty();
        tick();
        tick();
        assertThat(signals()).isNotEmpty().containsOnly(wanted(31));
    }

    @Test
    void roundWhoseLeaseIsLostIsOver() {
        beginRound();
        signal(new Signal.LeaseGone(30));
        tell(N2, new Agreed(31, Samples.hosting()));
        signal(new Signal.LeaseGone(31));
        tell(N3, new Agreed(31, Samples.hosting()));
        assertThat(signals()).isEmpty();
        tick();
        assertThat(asked()).isEmpty();
        assertThat(signals()).containsExactly(wanted(31));
    }

    // ---- wanting it no more ------------------------------------------------------------------------------------

    @Test
    void candidateThatIsNoneAnyMoreWantsTheLeaseNoMore() {
        start();
        tick();
        signals();
        turn.pass(membership, TICK.multipliedBy(6));
        assertThat(signals())
                .as("the other seeds are silent")
                .contains(UNWANTED)
                .endsWith(UNWANTED);
        signal(new Signal.LeaseHeld(31));
        assertThat(asked()).isEmpty();
    }

    @Test
    void candidateThatHearsOfAClusterWantsTheLeaseNoMore() {
        start();
        tick();
        signals();
        tell(N2, new SeekReply(Standing.MEMBER, Samples.CLUSTER, true, Optional.of(N2), true, 10, SEEDS));
        turn.pass(membership, TICK);
        assertThat(signals()).containsExactly(UNWANTED);
        turn.pass(membership, TICK);
        assertThat(signals()).as("once").isEmpty();
    }

    @Test
    void whoHasEnteredAClusterWantsTheLeaseForFoundingNoMore() {
        beginRound();
        agree(31);
        signals();
        signal(new Signal.SeatTaken(Samples.CLUSTER, Samples.seats(1, 3, turn.self(), N2, N3)));
        assertThat(signals()).containsExactly(UNWANTED);
        tick();
        assertThat(signals()).isEmpty();
    }

    @Test
    void whoIsAdmittedWhileItWaitsWantsTheLeaseNoMore() {
        start();
        tick();
        signals();
        tell(N2, new MembershipMessage.Joined(Samples.term(10, N2)));
        assertThat(signals()).contains(UNWANTED);
    }

    @Test
    void whoGivesUpWantsTheLeaseNoMore() {
        start();
        tick();
        signals();
        signal(new Signal.VerdictLearned("test"));
        tick();
        assertThat(signals()).contains(UNWANTED);
    }

    // ---- a founding that is being written ----------------------------------------------------------------------

    @Test
    void noSecondRoundBeginsWhileTheCoordinatorWrites() {
        beginRound();
        agree(31);
        signals();
        for (Duration past = TICK; past.compareTo(TIMINGS.detection()) < 0; past = past.plus(TICK)) {
            tick();
            assertThat(asked()).isEmpty();
            assertThat(signals()).isEmpty();
        }
        tick();
        assertThat(signals()).as("it has given up").containsExactly(wanted(31));
    }

    @Test
    void nextRoundBeginsAtOnceWhenTheCoordinatorHasGivenUp() {
        beginRound();
        agree(31);
        signals();
        signal(new Signal.CoordinatorChanged(null));
        tick();
        assertThat(signals()).containsExactly(wanted(31));
    }

    // ---- who reaches the lease ---------------------------------------------------------------------------------

    @Test
    void seedThatDoesNotReachTheLeaseSaysSoAndLeavesTheFoundingToTheNext() {
        start();
        tick();
        signals();
        signal(new Signal.LeaseReach(false));
        tick();
        assertThat(signals()).containsExactly(UNWANTED);
        turn.takeSent();
        tell(N2, new MembershipMessage.Seek(SEEDS));
        assertThat(turn.takeSent(SeekReply.class)).noneMatch(SeekReply::mayLead);
        signal(new Signal.LeaseReach(true));
        tick();
        assertThat(signals()).containsExactly(wanted(0));
        turn.takeSent();
        tell(N2, new MembershipMessage.Seek(SEEDS));
        assertThat(turn.takeSent(SeekReply.class)).allMatch(SeekReply::mayLead);
    }

    @Test
    void seedBehindOneThatDoesNotReachTheLeaseFounds() {
        TurnRecorder second = new TurnRecorder(N2);
        Membership next =
                new Membership(TIMINGS, new Membership.Profile(SEEDS, Samples.hosting(), 0, Optional.of(LEASE_WAIT)));
        next.onSignal(new Signal.Started(), second);
        second.pass(next, Duration.ZERO);
        next.onMessage(turn.self(), seeking(true, 0), second);
        next.onMessage(N3, seeking(true, 0), second);
        second.pass(next, TICK);
        assertThat(second.takeSignals(Signal.LeaseWanted.class)).isEmpty();
        next.onMessage(turn.self(), seeking(false, 0), second);
        second.pass(next, TICK);
        assertThat(second.takeSignals(Signal.LeaseWanted.class)).hasSize(1);
    }

    @Test
    void seedWaitsForATakeoverWithItsLeaseBeforeItGivesItsClusterUp() {
        start();
        tell(N2, new SeekReply(Standing.MEMBER, Samples.CLUSTER, true, Optional.of(N2), true, 10, SEEDS));
        turn.pass(membership, TICK);
        tell(N2, new MembershipMessage.Joined(Samples.term(10, N2)));
        signal(new Signal.RightChanged(false));
        Duration patience = TIMINGS.detection().plus(LEASE_WAIT);
        turn.pass(membership, patience.minusMillis(1));
        tell(N3, new AgreeRequest(99, SEEDS));
        assertThat(turn.takeSignals(Signal.GivingUp.class))
                .as("a takeover may still be under way")
                .isEmpty();
        turn.pass(membership, Duration.ofMillis(1));
        tell(N3, new AgreeRequest(99, SEEDS));
        assertThat(turn.takeSignals(Signal.GivingUp.class)).hasSize(1);
    }
}
