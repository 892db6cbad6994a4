package io.shardhold.internal.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.NodeId;
import io.shardhold.config.Timings;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.Samples;
import io.shardhold.internal.kernel.TurnRecorder;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.CoordinatorMessage.Accepted;
import io.shardhold.internal.protocol.CoordinatorMessage.BeatAck;
import io.shardhold.internal.protocol.CoordinatorMessage.Promised;
import io.shardhold.internal.protocol.CoordinatorMessage.ReadPage;
import io.shardhold.internal.protocol.CoordinatorMessage.ReplicateRefused;
import io.shardhold.internal.protocol.CoordinatorMessage.ResignedAck;
import io.shardhold.internal.protocol.CoordinatorMessage.Worry;
import io.shardhold.internal.protocol.DetectorMessage.Consent;
import io.shardhold.internal.protocol.DetectorMessage.ProbeAck;
import io.shardhold.internal.protocol.EntryKey;
import io.shardhold.internal.protocol.MapSegment;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.SeatMessage;
import io.shardhold.internal.protocol.Stamp;
import io.shardhold.internal.protocol.Term;
import io.shardhold.internal.signal.Signal;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The next incarnation of n3, admitted to the cluster of n1 and n2 whose third seat is to be its own. */
class SeatLearnerTest {
    private static final Timings TIMINGS = Timings.DEFAULT;
    private static final NodeId N1 = Samples.node("n1");
    private static final NodeId N2 = Samples.node("n2");
    private static final NodeId SELF = Samples.node("n3", 2);
    private static final MapValue.Seats EMPTIED = Samples.seats(2, 3, N1, N2);
    private static final MapValue.Seats FILLED = Samples.seats(3, 3, N1, N2, SELF);
    private static final Term TEN = Samples.term(10, N2);
    private static final Term ELEVEN = Samples.term(11, N1);
    private static final MapSegment WHOLE_MAP =
            Samples.snapshot(10, EMPTIED, Samples.up(N1, 1), Samples.up(N2, 2), Samples.up(SELF, 3));

    private final TurnRecorder turn = new TurnRecorder(SELF);
    private final SeatKeeper seat = new SeatKeeper(TIMINGS, Guards.STRICT);

    @BeforeEach
    void enter() {
        seat.onSignal(new Signal.Started(), turn);
        seat.onSignal(new Signal.ClusterEntered(Samples.CLUSTER), turn);
    }

    private void tell(NodeId from, ControlMessage message) {
        seat.onMessage(from, message, turn);
    }

    private void replicate(MapSegment segment) {
        tell(N2, new SeatMessage.Replicate(TEN, segment));
    }

    private void beat() {
        tell(N2, new SeatMessage.Beat(TEN, 7, 4));
    }

    private void probe(NodeId from) {
        tell(from, new SeatMessage.Probe(Samples.CLUSTER, 3, true, true, 0));
    }

    private void learn() {
        replicate(WHOLE_MAP);
        assertThat(turn.takeSent(Accepted.class)).containsExactly(new Accepted(TEN, 4));
    }

    private void fill() {
        replicate(Samples.stretch(10, 4, 0, 4, FILLED));
        assertThat(turn.takeSent(Accepted.class)).containsExactly(new Accepted(TEN, 5));
    }

    private void assertHasNoVoice() {
        turn.takeSent();
        probe(N1);
        tell(N1, new SeatMessage.PromiseRequest(ELEVEN));
        tell(N1, new SeatMessage.ReadRequest(ELEVEN, EntryKey.NONE));
        tell(N2, new SeatMessage.ReadRequest(TEN, EntryKey.NONE));
        assertThat(turn.takeSent()).isEmpty();
    }

    @Test
    void whoWasSentNothingHasNoVoiceAndFollowsNoBeat() {
        assertHasNoVoice();
        beat();
        assertThat(turn.takeSent()).isEmpty();
    }

    @Test
    void learnerAcceptsAndFollowsButHasNoVoice() {
        learn();
        assertHasNoVoice();
        replicate(WHOLE_MAP);
        assertThat(turn.takeSent(Accepted.class)).as("twice").containsExactly(new Accepted(TEN, 4));
        beat();
        assertThat(turn.takeSent(BeatAck.class)).hasSize(1);
        assertThat(turn.takeSignals(Signal.SeatTaken.class)).isEmpty();
    }

    @Test
    void learnerAcceptsNothingOfAnotherCluster() {
        tell(N2, new SeatMessage.Replicate(new Term(Samples.CLUSTER + 1, 10, N2), WHOLE_MAP));
        assertThat(turn.takeSent()).isEmpty();
    }

    @Test
    void learnerRefusesWhatIsLowerAndWhatIsBehindAGap() {
        learn();
        replicate(Samples.stretch(10, 6, 0, 4, Samples.up(N1, 1)));
        tell(N1, new SeatMessage.Replicate(Samples.term(9, N1), Samples.snapshot(9, EMPTIED)));
        assertThat(turn.takeSent(ReplicateRefused.class))
                .containsExactly(new ReplicateRefused(TEN, 0, 4), new ReplicateRefused(Samples.term(9, N1), 10, 0));
    }

    @Test
    void refusedPromiseLeavesNoTrace() {
        learn();
        tell(N1, new SeatMessage.PromiseRequest(ELEVEN));
        beat();
        assertThat(turn.takeSent(BeatAck.class)).as("ten is still obeyed").hasSize(1);
    }

    @Test
    void learnerBecomesHolderWhenSeatsNameIt() {
        learn();
        fill();
        probe(N1);
        assertThat(turn.takeSent(ProbeAck.class)).singleElement().satisfies(ack -> {
            assertThat(ack.configuration()).isEqualTo(3);
            assertThat(ack.consent()).isEqualTo(Consent.GIVEN);
        });
        tell(N1, new SeatMessage.PromiseRequest(ELEVEN));
        assertThat(turn.takeSent(Promised.class))
                .containsExactly(new Promised(ELEVEN, FILLED, new Stamp(10, 5), new Stamp(10, 0)));
        tell(N1, new SeatMessage.ReadRequest(ELEVEN, EntryKey.NONE));
        assertThat(turn.takeSent(ReadPage.class).get(0).entries()).hasSize(4);
    }

    @Test
    void seatThatIsJustTakenHoldsNobodysSilenceAgainstHim() {
        learn();
        turn.pass(seat, Duration.ofMinutes(1));
        fill();
        beat();
        assertThat(turn.takeSent(BeatAck.class))
                .singleElement()
                .satisfies(ack -> assertThat(ack.troubles())
                        .as("nobody could probe a seat that was not there")
                        .allMatch(t -> t.worry() == Worry.WITHOUT_RIGHT && t.millis() == 0));
        turn.pass(seat, TIMINGS.detection());
        beat();
        assertThat(turn.takeSent(BeatAck.class).get(0).troubles())
                .as("from then on like any seat")
                .hasSize(3)
                .allMatch(t -> t.worry() == Worry.SILENT);
    }

    @Test
    void learnerReportsNoLossBetweenTwoBeats() {
        learn();
        for (int i = 0; i < 20; i++) {
            beat();
            turn.takeSent();
            turn.pass(seat, Duration.ofMillis(450));
            assertThat(turn.takeSent()).isEmpty();
        }
    }

    @Test
    void holderThatAcceptsSeatsWithoutItHasNoVoiceAnyMore() {
        learn();
        fill();
        replicate(Samples.stretch(10, 5, 0, 4, Samples.seats(4, 3, N1, N2)));
        assertThat(turn.takeSent(Accepted.class)).containsExactly(new Accepted(TEN, 6));
        assertHasNoVoice();
        tell(N2, new SeatMessage.Resigned(TEN));
        assertThat(turn.takeSent(ResignedAck.class)).hasSize(1);
    }

    @Test
    void seatOfTheSameAddressIsNotThatOfAnotherIncarnation() {
        learn();
        replicate(Samples.stretch(10, 4, 0, 4, Samples.seats(3, 3, N1, N2, Samples.node("n3", 3))));
        assertHasNoVoice();
    }

    @Test
    void promiseBringsTheSeatsAsAcceptedCommittedOrNotWithTheirStamp() {
        learn();
        fill();
        MapValue.Seats later = Samples.seats(4, 3, N2, SELF);
        replicate(Samples.stretch(10, 5, 0, 4, later));
        turn.takeSent();
        tell(N1, new SeatMessage.PromiseRequest(ELEVEN));
        assertThat(turn.takeSent(Promised.class))
                .containsExactly(new Promised(ELEVEN, later, new Stamp(10, 6), new Stamp(10, 0)));
    }

    // ---- who leads ---------------------------------------------------------------------------------------------

    private void probe(NodeId from, boolean mayServe, boolean mayLead) {
        turn.takeSent();
        tell(from, new SeatMessage.Probe(Samples.CLUSTER, 3, mayServe, mayLead, 0));
    }

    private void assertHintsAt(NodeId... leader) {
        assertThat(turn.takeSent(ProbeAck.class).get(0).leader().stream()).containsExactly(leader);
    }

    @Test
    void whereNobodyHasTheRightTheOldestThatWasHeardShouldLead() {
        learn();
        fill();
        probe(SELF, false, true);
        assertHintsAt(SELF);
        probe(N2, false, true);
        assertHintsAt(N2);
        probe(N1, false, true);
        assertHintsAt(N1);
        probe(SELF, true, true);
        assertHintsAt(SELF);
    }

    @Test
    void whoCannotLeadIsHintedAtOnlyWhereNobodyElseHasTheRight() {
        learn();
        fill();
        probe(N1, true, false);
        assertHintsAt(N1);
        probe(N2, false, true);
        assertHintsAt(N1);
        probe(N2, true, true);
        assertHintsAt(N2);
        probe(N1, true, true);
        assertHintsAt(N1);
        probe(N1, true, false);
        probe(N2, true, false);
        assertHintsAt(N1);
    }

    @Test
    void whoHasBeenSilentForTheDetectionTimeIsNotHintedAt() {
        learn();
        fill();
        probe(N1, false, true);
        turn.pass(seat, TIMINGS.detection());
        probe(SELF, false, true);
        assertHintsAt(SELF);
    }
}
