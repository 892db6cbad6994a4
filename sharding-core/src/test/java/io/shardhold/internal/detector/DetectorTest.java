package io.shardhold.internal.detector;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.MemberStatus;
import io.shardhold.cluster.NodeId;
import io.shardhold.config.Timings;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.RightToServe;
import io.shardhold.internal.kernel.Samples;
import io.shardhold.internal.kernel.TurnRecorder;
import io.shardhold.internal.protocol.DetectorMessage.Consent;
import io.shardhold.internal.protocol.DetectorMessage.ProbeAck;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.SeatMessage.Probe;
import io.shardhold.internal.signal.Signal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The detector of n4, which has no seat, against three seats. */
class DetectorTest {
    private static final Timings TIMINGS = Timings.DEFAULT;
    private static final NodeId N1 = Samples.node("n1");
    private static final NodeId N2 = Samples.node("n2");
    private static final NodeId N3 = Samples.node("n3");
    private static final NodeId N4 = Samples.node("n4");
    private static final MapValue.Seats SEATS = Samples.seats(1, 3, N1, N2, N3);

    private final TurnRecorder turn = new TurnRecorder(N4);
    private final RightToServe right = new RightToServe(turn.clock(), 0);
    private final Detector detector = new Detector(TIMINGS, right, Guards.STRICT);

    @BeforeEach
    void enter() {
        detector.onSignal(new Signal.ClusterEntered(Samples.CLUSTER), turn);
        learn(SEATS);
    }

    private void learn(MapValue value) {
        detector.onSignal(new Signal.MapChanged(List.of(value), List.of()), turn);
    }

    /** Number of a probe that leaves now. */
    private long probe() {
        turn.takeSent();
        detector.onSignal(new Signal.MapChanged(List.of(SEATS), List.of()), turn);
        return turn.takeSent(Probe.class).get(0).probe();
    }

    private ProbeAck ack(long probe, Consent consent) {
        return new ProbeAck(probe, Samples.CLUSTER, 1, consent, Optional.empty(), Optional.empty(), 0, 0);
    }

    private void answer(NodeId seat, ProbeAck ack) {
        detector.onMessage(seat, ack, turn);
    }

    private void consent(NodeId seat, long probe) {
        answer(seat, ack(probe, Consent.GIVEN));
    }

    // ---- probing -----------------------------------------------------------------------------------------------

    @Test
    void allFilledSeatsAreProbedAgainAndAgain() {
        turn.takeSent();
        detector.onSignal(new Signal.Started(), turn);
        turn.pass(detector, TIMINGS.probe());
        assertThat(turn.takeReceivers(Probe.class)).containsExactly("n1#1", "n2#1", "n3#1", "n1#1", "n2#1", "n3#1");
    }

    @Test
    void newSeatsAreProbedAtOnce() {
        turn.takeSent();
        learn(Samples.seats(2, 3, N1, N2));
        assertThat(turn.takeReceivers(Probe.class)).containsExactly("n1#1", "n2#1");
    }

    // ---- the right ---------------------------------------------------------------------------------------------

    @Test
    void quorumOfConsentsGivesTheRight() {
        long probe = probe();
        consent(N1, probe);
        assertThat(right.isHeld()).isFalse();
        consent(N1, probe);
        assertThat(right.isHeld()).as("one seat twice is one seat").isFalse();
        consent(N2, probe);
        assertThat(right.isHeld()).isTrue();
        assertThat(turn.takeSignals(Signal.RightChanged.class)).containsExactly(new Signal.RightChanged(true));
        assertThat(turn.takeEvents(ClusterEvent.RightGained.class)).hasSize(1);
    }

    @Test
    void rightCountsFromTheMomentAtWhichTheProbeWasSent() {
        long probe = probe();
        turn.clock().advance(Duration.ofMillis(1_500));
        consent(N1, probe);
        consent(N2, probe);
        assertThat(right.isHeld()).isTrue();
        turn.clock().advance(Duration.ofMillis(499));
        assertThat(right.isHeld()).isTrue();
        turn.clock().advance(Duration.ofMillis(1));
        assertThat(right.isHeld()).isFalse();
    }

    @Test
    void answerThatComesAfterTheConsentTimeGivesNothing() {
        long probe = probe();
        turn.clock().advance(TIMINGS.consent());
        consent(N1, probe);
        consent(N2, probe);
        assertThat(right.isHeld()).isFalse();
        assertThat(turn.takeSignals(Signal.RightChanged.class)).isEmpty();
    }

    @Test
    void rightLastsFromTheQuorumThLatestConsent() {
        consent(N1, probe());
        turn.clock().advance(Duration.ofSeconds(1));
        long second = probe();
        consent(N2, second);
        consent(N3, second);
        turn.clock().advance(Duration.ofMillis(1_999));
        assertThat(right.isHeld())
                .as("n2 and n3 are the quorum, n1 is too old to matter")
                .isTrue();
        turn.clock().advance(Duration.ofMillis(1));
        assertThat(right.isHeld()).isFalse();
        long third = probe();
        consent(N3, third);
        assertThat(right.isHeld()).as("n3 alone is no quorum, and n2 is old").isFalse();
    }

    @Test
    void consentThatOvertookALaterOneNeverShortensTheRight() {
        long early = probe();
        turn.clock().advance(Duration.ofSeconds(1));
        long late = probe();
        consent(N1, late);
        consent(N2, late);
        consent(N1, early);
        consent(N2, early);
        turn.clock().advance(Duration.ofMillis(1_999));
        assertThat(right.isHeld()).isTrue();
    }

    @Test
    void wallClockSetForwardEndsTheRightThoughTheMonotonicOneHasTime() {
        long probe = probe();
        consent(N1, probe);
        consent(N2, probe);
        turn.clock().jumpWall(TIMINGS.consent());
        assertThat(right.isHeld()).isFalse();
        turn.clock().advance(Duration.ofMillis(1));
        turn.pass(detector, Duration.ofSeconds(1));
        assertThat(turn.takeSignals(Signal.RightChanged.class))
                .contains(new Signal.RightChanged(true), new Signal.RightChanged(false));
    }

    @Test
    void wallClockSetBackDoesNotLengthenTheRight() {
        long probe = probe();
        consent(N1, probe);
        consent(N2, probe);
        turn.clock().jumpWall(Duration.ofHours(-1));
        turn.clock().advance(TIMINGS.consent());
        assertThat(right.isHeld()).isFalse();
    }

    @Test
    void lossOfTheRightIsToldInTimeWithTheSeatsThatAreMissing() {
        long probe = probe();
        consent(N1, probe);
        consent(N2, probe);
        turn.clock().advance(Duration.ofSeconds(1));
        consent(N1, probe());
        turn.pass(detector, Duration.ofSeconds(1));
        assertThat(turn.takeEvents(ClusterEvent.RightLost.class))
                .extracting(ClusterEvent.RightLost::missingSeats)
                .containsExactly(List.of("n2:7350", "n3:7350"));
        assertThat(turn.counted()).containsExactly(Counter.RIGHTS_LOST);
    }

    @Test
    void consentOfAnotherConfigurationOrClusterDoesNotCount() {
        long probe = probe();
        consent(N1, probe);
        answer(N2, new ProbeAck(probe, Samples.CLUSTER, 2, Consent.GIVEN, Optional.empty(), Optional.empty(), 0, 0));
        answer(
                N3,
                new ProbeAck(probe, Samples.CLUSTER + 1, 1, Consent.GIVEN, Optional.empty(), Optional.empty(), 0, 0));
        assertThat(right.isHeld()).isFalse();
    }

    @Test
    void rightOutlivesAChangeOfTheSeatsToItsEndAndIsThenEarnedUnderTheNewOnesAlone() {
        long probe = probe();
        consent(N1, probe);
        consent(N2, probe);
        assertThat(right.isHeld()).isTrue();
        learn(Samples.seats(2, 3, N1, N2, Samples.node("n3", 2)));
        answer(N1, new ProbeAck(probe, Samples.CLUSTER, 2, Consent.GIVEN, Optional.empty(), Optional.empty(), 0, 0));
        assertThat(right.isHeld()).as("earned under the old one").isTrue();
        turn.clock().advance(TIMINGS.consent().minusMillis(1));
        assertThat(right.isHeld()).as("to its end").isTrue();
        turn.clock().advance(Duration.ofMillis(1));
        assertThat(right.isHeld()).as("n1 alone under the new one").isFalse();
    }

    @Test
    void consentsUnderSeatsThatAreNoMoreDoNotAddUpWithThoseUnderTheNewOnes() {
        long probe = probe();
        consent(N1, probe);
        learn(Samples.seats(2, 3, N1, N2, Samples.node("n3", 2)));
        answer(N2, new ProbeAck(probe, Samples.CLUSTER, 2, Consent.GIVEN, Optional.empty(), Optional.empty(), 0, 0));
        assertThat(right.isHeld()).isFalse();
        answer(N1, new ProbeAck(probe, Samples.CLUSTER, 2, Consent.GIVEN, Optional.empty(), Optional.empty(), 0, 0));
        assertThat(right.isHeld()).isTrue();
    }

    @Test
    void consentOfSomebodyWithoutASeatOrToAProbeThatWasNeverSentDoesNotCount() {
        long probe = probe();
        consent(N1, probe);
        consent(Samples.node("n5"), probe);
        consent(Samples.node("n2", 2), probe);
        consent(N2, probe + 1_000);
        assertThat(right.isHeld()).isFalse();
    }

    @Test
    void withheldConsentTakesNothingBackThatWasGiven() {
        long probe = probe();
        consent(N1, probe);
        consent(N2, probe);
        turn.clock().advance(Duration.ofSeconds(1));
        answer(N2, ack(probe(), Consent.WITHHELD));
        assertThat(right.isHeld()).as("it was given for the consent time").isTrue();
        turn.clock().advance(Duration.ofSeconds(1));
        assertThat(right.isHeld()).isFalse();
    }

    @Test
    void nodeThatGivesUpHasNoRightFromThatTurnOn() {
        long probe = probe();
        consent(N1, probe);
        consent(N2, probe);
        detector.onSignal(new Signal.GivingUp("test"), turn);
        assertThat(right.isHeld()).isFalse();
        assertThat(turn.takeSignals(Signal.RightChanged.class)).contains(new Signal.RightChanged(false));
        consent(N3, probe);
        assertThat(right.isHeld()).isFalse();
    }

    // ---- the verdict -------------------------------------------------------------------------------------------

    private List<Signal.VerdictLearned> verdicts() {
        return turn.takeSignals(Signal.VerdictLearned.class);
    }

    @Test
    void oneSeatThatHoldsACommittedVerdictIsEnough() {
        answer(N1, ack(probe(), Consent.REMOVED));
        assertThat(verdicts()).hasSize(1);
    }

    @Test
    void unknownOfAQuorumIsAVerdictOnlyAfterTheOwnEntryWasSeen() {
        long before = probe();
        answer(N1, ack(before, Consent.UNKNOWN));
        answer(N2, ack(before, Consent.UNKNOWN));
        assertThat(verdicts()).as("the newcomer's entry is on its way").isEmpty();
        turn.clock().advance(Duration.ofMillis(100));
        learn(Samples.up(N4, 4));
        answer(N1, ack(before, Consent.UNKNOWN));
        answer(N2, ack(before, Consent.UNKNOWN));
        assertThat(verdicts()).as("the probe is older than the entry").isEmpty();
        turn.clock().advance(Duration.ofMillis(100));
        long after = probe();
        answer(N1, ack(after, Consent.UNKNOWN));
        assertThat(verdicts()).as("one seat may have slept").isEmpty();
        answer(N2, ack(after, Consent.UNKNOWN));
        assertThat(verdicts()).hasSize(1);
    }

    @Test
    void seatThatKnowsTheNodeAgainVotesNoLongerAgainstIt() {
        learn(Samples.up(N4, 4));
        turn.clock().advance(Duration.ofMillis(100));
        answer(N1, ack(probe(), Consent.UNKNOWN));
        turn.clock().advance(Duration.ofMillis(100));
        long next = probe();
        answer(N1, ack(next, Consent.GIVEN));
        answer(N2, ack(next, Consent.UNKNOWN));
        assertThat(verdicts()).isEmpty();
    }

    @Test
    void withheldIsNoVerdict() {
        learn(Samples.up(N4, 4));
        turn.clock().advance(Duration.ofMillis(100));
        long probe = probe();
        for (NodeId seat : List.of(N1, N2, N3)) {
            answer(seat, ack(probe, Consent.WITHHELD));
        }
        assertThat(verdicts()).isEmpty();
    }

    @Test
    void mapThatShowsTheVerdictOrForgetsTheNodeIsAVerdict() {
        learn(Samples.inStatus(N4, 4, MemberStatus.LEFT));
        assertThat(verdicts()).isEmpty();
        learn(Samples.inStatus(N4, 4, MemberStatus.DOWN));
        assertThat(verdicts()).hasSize(1);
        detector.onSignal(new Signal.MapChanged(List.of(), List.of(Samples.up(N4, 4))), turn);
        assertThat(verdicts()).hasSize(1);
        learn(Samples.inStatus(Samples.node("n4", 2), 4, MemberStatus.DOWN));
        assertThat(verdicts()).as("another incarnation's").isEmpty();
    }

    // ---- leading -----------------------------------------------------------------------------------------------

    private void hint(NodeId seat, long probe, NodeId leader) {
        answer(
                seat,
                new ProbeAck(probe, Samples.CLUSTER, 1, Consent.GIVEN, Optional.of(leader), Optional.empty(), 0, 33));
    }

    @Test
    void hintsOfAQuorumMakeALeaderAndTheHighestNumberComesAlong() {
        long probe = probe();
        hint(N1, probe, N4);
        hint(N2, probe, N1);
        assertThat(turn.takeSignals(Signal.LeadershipChanged.class)).isEmpty();
        hint(N3, probe, N4);
        assertThat(turn.takeSignals(Signal.LeadershipChanged.class))
                .containsExactly(new Signal.LeadershipChanged(true, 33));
    }

    @Test
    void hintsMakeALeaderWithoutTheRightToo() {
        long probe = probe();
        for (NodeId seat : List.of(N1, N2, N3)) {
            answer(
                    seat,
                    new ProbeAck(probe, Samples.CLUSTER, 1, Consent.WITHHELD, Optional.of(N4), Optional.empty(), 0, 0));
        }
        assertThat(turn.takeSignals(Signal.LeadershipChanged.class))
                .containsExactly(new Signal.LeadershipChanged(true, 0));
    }

    @Test
    void leadershipEndsWhenAQuorumNoLongerHintsAtThisNode() {
        long probe = probe();
        hint(N1, probe, N4);
        hint(N3, probe, N4);
        turn.takeSignals(Signal.class);
        turn.clock().advance(Duration.ofMillis(500));
        hint(N3, probe(), N1);
        assertThat(turn.takeSignals(Signal.LeadershipChanged.class))
                .containsExactly(new Signal.LeadershipChanged(false, 33));
    }

    @Test
    void hintsAgeWithTheirProbes() {
        long probe = probe();
        hint(N1, probe, N4);
        hint(N3, probe, N4);
        turn.takeSignals(Signal.class);
        turn.pass(detector, TIMINGS.consent());
        assertThat(turn.takeSignals(Signal.LeadershipChanged.class))
                .containsExactly(new Signal.LeadershipChanged(false, 33));
    }

    @Test
    void wordOfAnActiveCoordinatorIsPassedOnWithItsSource() {
        answer(
                N1,
                new ProbeAck(
                        probe(),
                        Samples.CLUSTER,
                        1,
                        Consent.GIVEN,
                        Optional.empty(),
                        Optional.of(Samples.term(10, N2)),
                        7,
                        10));
        assertThat(turn.takeSignals(Signal.CoordinatorHeard.class))
                .containsExactly(new Signal.CoordinatorHeard(Samples.term(10, N2), 7, N1));
    }
}
