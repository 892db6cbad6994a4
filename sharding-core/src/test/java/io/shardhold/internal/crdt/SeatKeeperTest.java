package io.shardhold.internal.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.MemberStatus;
import io.shardhold.cluster.NodeId;
import io.shardhold.config.Timings;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.Samples;
import io.shardhold.internal.kernel.TurnRecorder;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.CoordinatorMessage;
import io.shardhold.internal.protocol.CoordinatorMessage.Accepted;
import io.shardhold.internal.protocol.CoordinatorMessage.BeatAck;
import io.shardhold.internal.protocol.CoordinatorMessage.PromiseRefused;
import io.shardhold.internal.protocol.CoordinatorMessage.Promised;
import io.shardhold.internal.protocol.CoordinatorMessage.ReadPage;
import io.shardhold.internal.protocol.CoordinatorMessage.ReplicateRefused;
import io.shardhold.internal.protocol.CoordinatorMessage.Worry;
import io.shardhold.internal.protocol.DetectorMessage.Consent;
import io.shardhold.internal.protocol.DetectorMessage.ProbeAck;
import io.shardhold.internal.protocol.EntryKey;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.MapSegment;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.SeatMessage;
import io.shardhold.internal.protocol.Stamp;
import io.shardhold.internal.protocol.Term;
import io.shardhold.internal.signal.Signal;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The seat of n1, in a cluster that n2 founded under number 10, with n3 as the third seat and n4 without one. */
class SeatKeeperTest {
    private static final Timings TIMINGS = Timings.DEFAULT;
    private static final NodeId N1 = Samples.node("n1");
    private static final NodeId N2 = Samples.node("n2");
    private static final NodeId N3 = Samples.node("n3");
    private static final NodeId N4 = Samples.node("n4");
    private static final MapValue.Seats SEATS = Samples.seats(1, 3, N1, N2, N3);
    private static final Term TEN = Samples.term(10, N2);
    private static final MapSegment FOUNDING =
            Samples.snapshot(10, SEATS, Samples.up(N1, 1), Samples.up(N2, 2), Samples.up(N3, 3));

    private final TurnRecorder turn = new TurnRecorder(N1);
    private final SeatKeeper seat = new SeatKeeper(TIMINGS, Guards.STRICT);

    private void tell(NodeId from, ControlMessage message) {
        seat.onMessage(from, message, turn);
    }

    private void replicate(Term term, MapSegment segment) {
        tell(term.node(), new SeatMessage.Replicate(term, segment));
    }

    private void beat(Term term, long committed) {
        tell(term.node(), new SeatMessage.Beat(term, 7, committed));
    }

    private void askPromise(Term term) {
        tell(term.node(), new SeatMessage.PromiseRequest(term));
    }

    /** The seat belongs to the founded cluster; nobody beats. */
    private void found() {
        seat.onSignal(new Signal.Started(), turn);
        seat.onSignal(new Signal.AgreedToFound(10, N2), turn);
        replicate(TEN, FOUNDING);
        assertThat(turn.takeSent(Accepted.class)).containsExactly(new Accepted(TEN, 4));
    }

    private ProbeAck probe(NodeId from) {
        turn.takeSent();
        tell(from, new SeatMessage.Probe(Samples.CLUSTER, 3, true, true, 0));
        return turn.takeSent(ProbeAck.class).get(0);
    }

    private Consent consent(NodeId from) {
        return probe(from).consent();
    }

    // ---- founding ----------------------------------------------------------------------------------------------

    @Test
    void seatIsTakenByAFoundingThatItAgreedToAndThatNamesIt() {
        found();
        assertThat(turn.takeSignals(Signal.SeatTaken.class))
                .containsExactly(new Signal.SeatTaken(Samples.CLUSTER, SEATS));
        replicate(TEN, FOUNDING);
        assertThat(turn.takeSent(Accepted.class)).as("twice").containsExactly(new Accepted(TEN, 4));
        assertThat(turn.takeSignals(Signal.SeatTaken.class)).isEmpty();
    }

    private void assertNotFounded(Term term, MapSegment segment) {
        replicate(term, segment);
        assertThat(turn.takeSent()).isEmpty();
        assertThat(turn.takeSignals(Signal.SeatTaken.class)).isEmpty();
    }

    @Test
    void foundingWithoutItsOwnAgreementIsIgnored() {
        assertNotFounded(TEN, FOUNDING);
        seat.onSignal(new Signal.AgreedToFound(11, N2), turn);
        assertNotFounded(TEN, FOUNDING);
        seat.onSignal(new Signal.AgreedToFound(12, N3), turn);
        assertNotFounded(Samples.term(12, N2), Samples.snapshot(12, SEATS, Samples.up(N1, 1)));
    }

    @Test
    void whatItHadAgreedToDoesNotBindASeedThatIsAdmittedToACluster() {
        seat.onSignal(new Signal.Started(), turn);
        seat.onSignal(new Signal.AgreedToFound(15, N1), turn);
        seat.onSignal(new Signal.ClusterEntered(Samples.CLUSTER), turn);
        replicate(TEN, FOUNDING);
        assertThat(turn.takeSent(Accepted.class)).containsExactly(new Accepted(TEN, 4));
    }

    @Test
    void foundingThatDoesNotNameThisIncarnationIsIgnored() {
        seat.onSignal(new Signal.AgreedToFound(10, N2), turn);
        assertNotFounded(TEN, Samples.snapshot(10, Samples.seats(1, 3, N2, N3), Samples.up(N2, 2)));
        assertNotFounded(TEN, Samples.snapshot(10, Samples.seats(1, 3, Samples.node("n1", 2), N2, N3)));
    }

    @Test
    void foundingThatDoesNotBeginAtItsBeginningIsIgnored() {
        seat.onSignal(new Signal.AgreedToFound(10, N2), turn);
        assertNotFounded(TEN, Samples.stretch(10, 2, 0, 6, SEATS, Samples.up(N1, 1)));
    }

    @Test
    void agreementToFoundBindsNobodyWhoJoinsAnotherCluster() {
        seat.onSignal(new Signal.AgreedToFound(12, N3), turn);
        seat.onSignal(new Signal.ClusterEntered(Samples.CLUSTER), turn);
        replicate(TEN, FOUNDING);
        assertThat(turn.takeSent(Accepted.class)).as("it learns").containsExactly(new Accepted(TEN, 4));
        seat.onSignal(new Signal.ClusterEntered(Samples.CLUSTER), turn);
        replicate(Samples.term(9, N3), FOUNDING);
        assertThat(turn.takeSent(ReplicateRefused.class)).as("twice").hasSize(1);
    }

    @Test
    void seatThatIsEmptyPromisesAndConsentsToNobody() {
        seat.onSignal(new Signal.AgreedToFound(10, N2), turn);
        askPromise(Samples.term(11, N2));
        tell(N2, new SeatMessage.Probe(Samples.CLUSTER, 1, true, true, 0));
        beat(TEN, 0);
        assertThat(turn.takeSent()).isEmpty();
    }

    // ---- promises ----------------------------------------------------------------------------------------------

    @Test
    void promiseIsGivenToAHigherNumberAndToTheSameNodeAgain() {
        found();
        Term eleven = Samples.term(11, N3);
        askPromise(eleven);
        askPromise(eleven);
        Promised promised = new Promised(eleven, SEATS, new Stamp(10, 1), new Stamp(10, 0));
        assertThat(turn.takeSent(Promised.class)).containsExactly(promised, promised);
    }

    @Test
    void promiseIsRefusedToALowerNumberAndToTheSameNumberOfAnother() {
        found();
        askPromise(Samples.term(12, N3));
        turn.takeSent();
        askPromise(Samples.term(11, N2));
        askPromise(Samples.term(12, N2));
        assertThat(turn.takeSent(PromiseRefused.class))
                .containsExactly(
                        new PromiseRefused(Samples.term(11, N2), 12, Optional.empty()),
                        new PromiseRefused(Samples.term(12, N2), 12, Optional.empty()));
    }

    @Test
    void promiseToAnotherClusterIsNotEvenAnswered() {
        found();
        tell(N3, new SeatMessage.PromiseRequest(new Term(Samples.CLUSTER + 1, 12, N3)));
        assertThat(turn.takeSent()).isEmpty();
    }

    @Test
    void nobodySpeaksForAnotherNodesTerm() {
        found();
        tell(N2, new SeatMessage.PromiseRequest(Samples.term(12, N3)));
        tell(N2, new SeatMessage.Replicate(Samples.term(12, N3), Samples.snapshot(12, SEATS)));
        assertThat(turn.takeSent(Promised.class)).isEmpty();
        askPromise(Samples.term(11, N2));
        assertThat(turn.takeSent(Promised.class)).as("12 was never promised").hasSize(1);
    }

    @Test
    void seatInContactWithAnActiveCoordinatorPromisesToNobodyElse() {
        found();
        beat(TEN, 4);
        Term eleven = Samples.term(11, N3);
        askPromise(eleven);
        assertThat(turn.takeSent(PromiseRefused.class))
                .containsExactly(new PromiseRefused(eleven, 10, Optional.of(TEN)));
        askPromise(Samples.term(11, N2));
        assertThat(turn.takeSent(Promised.class)).as("but to that node itself").hasSize(1);
    }

    @Test
    void seatPromisesAgainWhenTheCoordinatorIsSilentForTheDetectionTime() {
        found();
        beat(TEN, 4);
        turn.pass(seat, TIMINGS.detection().minusMillis(1));
        askPromise(Samples.term(11, N3));
        assertThat(turn.takeSent(Promised.class)).isEmpty();
        turn.pass(seat, Duration.ofMillis(1));
        askPromise(Samples.term(11, N3));
        assertThat(turn.takeSent(Promised.class)).hasSize(1);
    }

    @Test
    void seatPromisesAtOnceWhenTheCoordinatorHasResigned() {
        found();
        beat(TEN, 4);
        tell(N3, new SeatMessage.Resigned(TEN));
        askPromise(Samples.term(11, N3));
        assertThat(turn.takeSent(Promised.class)).as("somebody else's word").isEmpty();
        tell(N2, new SeatMessage.Resigned(Samples.term(9, N2)));
        askPromise(Samples.term(11, N3));
        assertThat(turn.takeSent(Promised.class)).as("an older term").isEmpty();
        tell(N2, new SeatMessage.Resigned(TEN));
        askPromise(Samples.term(11, N3));
        assertThat(turn.takeSent(Promised.class)).hasSize(1);
    }

    @Test
    void resignationIsAcknowledgedEachTime() {
        found();
        tell(N2, new SeatMessage.Resigned(TEN));
        tell(N2, new SeatMessage.Resigned(TEN));
        assertThat(turn.takeSent(CoordinatorMessage.ResignedAck.class)).hasSize(2);
    }

    // ---- nothing lower by any path -----------------------------------------------------------------------------

    private void assertRefusesEverythingOfTen(long highest) {
        turn.takeSent();
        replicate(TEN, Samples.stretch(10, 4, 0, 4, Samples.up(N4, 4)));
        beat(TEN, 4);
        assertThat(turn.takeSent(ReplicateRefused.class))
                .containsExactly(new ReplicateRefused(TEN, highest, 0), new ReplicateRefused(TEN, highest, 0));
        askPromise(TEN);
        assertThat(turn.takeSent(PromiseRefused.class)).hasSize(1);
        tell(N2, new SeatMessage.ReadRequest(TEN, EntryKey.NONE));
        assertThat(turn.takeSent()).isEmpty();
        assertThat(consent(N4)).isNotEqualTo(Consent.GIVEN);
    }

    @Test
    void nothingLowerIsAcceptedAfterAPromise() {
        found();
        askPromise(Samples.term(11, N3));
        assertRefusesEverythingOfTen(11);
    }

    @Test
    void nothingLowerIsAcceptedAfterAWrite() {
        found();
        replicate(Samples.term(11, N3), Samples.snapshot(11, SEATS, Samples.up(N1, 1)));
        assertRefusesEverythingOfTen(11);
    }

    @Test
    void nothingLowerIsAcceptedAfterABeat() {
        found();
        beat(Samples.term(11, N3), 0);
        assertRefusesEverythingOfTen(11);
    }

    @Test
    void writeBehindAGapIsRefusedWithThePositionOfTheSeat() {
        found();
        replicate(TEN, Samples.stretch(10, 6, 0, 4, Samples.up(N4, 4)));
        assertThat(turn.takeSent(ReplicateRefused.class)).containsExactly(new ReplicateRefused(TEN, 0, 4));
        Term eleven = Samples.term(11, N3);
        replicate(eleven, Samples.stretch(11, 4, 0, 4, Samples.up(N4, 4)));
        assertThat(turn.takeSent(ReplicateRefused.class))
                .as("positions of another term do not count")
                .containsExactly(new ReplicateRefused(eleven, 0, 0));
        assertThat(consent(N4)).isEqualTo(Consent.UNKNOWN);
    }

    // ---- reading -----------------------------------------------------------------------------------------------

    @Test
    void onlyTheOneWhoHoldsThePromiseReads() {
        found();
        Term eleven = Samples.term(11, N3);
        tell(N3, new SeatMessage.ReadRequest(eleven, EntryKey.NONE));
        assertThat(turn.takeSent()).isEmpty();
        askPromise(eleven);
        turn.takeSent();
        tell(N3, new SeatMessage.ReadRequest(eleven, EntryKey.NONE));
        ReadPage page = turn.takeSent(ReadPage.class).get(0);
        assertThat(page.last()).isFalse();
        assertThat(page.entries()).hasSize(4);
        tell(N3, new SeatMessage.ReadRequest(eleven, page.entries().get(3).key()));
        assertThat(turn.takeSent(ReadPage.class).get(0).last()).isTrue();
        tell(N2, new SeatMessage.ReadRequest(Samples.term(11, N2), EntryKey.NONE));
        assertThat(turn.takeSent()).isEmpty();
    }

    @Test
    void readingBehindAKeyGivesWhatFollows() {
        found();
        Term eleven = Samples.term(11, N3);
        askPromise(eleven);
        turn.takeSent();
        tell(N3, new SeatMessage.ReadRequest(eleven, EntryKey.member(N2)));
        assertThat(turn.takeSent(ReadPage.class).get(0).entries())
                .extracting(e -> e.key())
                .containsExactly(EntryKey.member(N3));
    }

    // ---- snapshots ---------------------------------------------------------------------------------------------

    @Test
    void snapshotDropsWhatIsNotInItOnlyWhenItIsComplete() {
        found();
        Term eleven = Samples.term(11, N2);
        replicate(eleven, Samples.stretch(11, 0, 0, 3, SEATS, Samples.up(N1, 1)));
        assertThat(consent(N3)).as("mid-snapshot the old entries stay").isEqualTo(Consent.GIVEN);
        replicate(eleven, Samples.stretch(11, 2, 0, 3, Samples.up(N2, 2)));
        assertThat(consent(N2)).isEqualTo(Consent.GIVEN);
        assertThat(consent(N3)).isEqualTo(Consent.UNKNOWN);
    }

    /** A change of the seats is written and has not left: the stretch ends before it, and the version before it is gone. */
    @Test
    void snapshotWithoutSeatsLeavesTheSeatsAsTheyWere() {
        found();
        replicate(Samples.term(11, N2), Samples.snapshot(11, Samples.up(N1, 1), Samples.up(N2, 2)));
        assertThat(probe(N2).configuration()).isEqualTo(1);
        assertThat(consent(N3)).isEqualTo(Consent.UNKNOWN);
        askPromise(Samples.term(12, N2));
        assertThat(turn.takeSent(Promised.class))
                .containsExactly(new Promised(Samples.term(12, N2), SEATS, new Stamp(10, 1), new Stamp(11, 0)));
    }

    @Test
    void laterSnapshotOfTheSameTermForgetsToo() {
        found();
        MapSegment again = Samples.stretch(10, 4, 4, 7, SEATS, Samples.up(N1, 1), Samples.up(N2, 2));
        replicate(TEN, again);
        assertThat(consent(N3)).isEqualTo(Consent.UNKNOWN);
        askPromise(Samples.term(12, N2));
        assertThat(turn.takeSent(Promised.class)).extracting(Promised::complete).containsExactly(new Stamp(10, 4));
    }

    @Test
    void lateStretchThatIsHeldAlreadyChangesNothing() {
        found();
        replicate(TEN, Samples.stretch(10, 4, 0, 4, Samples.inStatus(N3, 3, MemberStatus.DOWN)));
        replicate(TEN, FOUNDING);
        assertThat(turn.takeSent(Accepted.class)).containsExactly(new Accepted(TEN, 5), new Accepted(TEN, 5));
        assertThat(consent(N3)).isEqualTo(Consent.WITHHELD);
    }

    // ---- consent -----------------------------------------------------------------------------------------------

    @Test
    void consentIsGivenToMembersThatAreUpOrLeaving() {
        found();
        assertThat(consent(N3)).isEqualTo(Consent.GIVEN);
        replicate(TEN, Samples.stretch(10, 4, 0, 4, Samples.inStatus(N3, 3, MemberStatus.LEAVING)));
        assertThat(consent(N3)).isEqualTo(Consent.GIVEN);
    }

    @Test
    void unknownMeansNoAndIsSaidOnlyByASeatThatHoldsAWholeMap() {
        found();
        assertThat(consent(N4)).isEqualTo(Consent.UNKNOWN);
        assertThat(consent(Samples.node("n3", 2))).as("a newer incarnation").isEqualTo(Consent.UNKNOWN);
        askPromise(Samples.term(11, N3));
        assertThat(consent(N4)).as("a newer map is on its way").isEqualTo(Consent.WITHHELD);
    }

    @Test
    void verdictEndsConsentWhenItIsAcceptedAndIsToldWhenItIsCommitted() {
        found();
        beat(TEN, 4);
        replicate(TEN, Samples.stretch(10, 4, 0, 4, Samples.inStatus(N3, 3, MemberStatus.DOWN)));
        assertThat(consent(N3)).isEqualTo(Consent.WITHHELD);
        beat(TEN, 5);
        assertThat(consent(N3)).isEqualTo(Consent.REMOVED);
    }

    @Test
    void verdictOfATermThatNobodyCommittedIsNotTold() {
        found();
        replicate(TEN, Samples.stretch(10, 4, 0, 4, Samples.inStatus(N3, 3, MemberStatus.DOWN)));
        beat(Samples.term(11, N2), 100);
        assertThat(consent(N3)).isEqualTo(Consent.WITHHELD);
    }

    @Test
    void goodbyeEndsConsentForGood() {
        found();
        tell(N3, new SeatMessage.Goodbye(Samples.CLUSTER + 1));
        assertThat(consent(N3)).as("of another cluster").isEqualTo(Consent.GIVEN);
        tell(N3, new SeatMessage.Goodbye(Samples.CLUSTER));
        assertThat(consent(N3)).isEqualTo(Consent.WITHHELD);
        turn.pass(seat, Duration.ofSeconds(30));
        assertThat(consent(N3)).isEqualTo(Consent.WITHHELD);
    }

    @Test
    void probeOfAnotherClusterIsNotAnswered() {
        found();
        tell(N3, new SeatMessage.Probe(Samples.CLUSTER + 1, 1, true, true, 0));
        assertThat(turn.takeSent()).isEmpty();
    }

    @Test
    void answerToAProbeNamesClusterConfigurationAndHighestNumber() {
        found();
        beat(TEN, 4);
        ProbeAck ack = probe(N4);
        assertThat(ack.clusterId()).isEqualTo(Samples.CLUSTER);
        assertThat(ack.configuration()).isEqualTo(1);
        assertThat(ack.active()).contains(TEN);
        assertThat(ack.committed()).isEqualTo(4);
        assertThat(ack.highestNumber()).isEqualTo(10);
        assertThat(ack.probe()).isEqualTo(3);
    }

    // ---- who leads ---------------------------------------------------------------------------------------------

    @Test
    void activeCoordinatorLeadsAndAfterItsSilenceTheOldestMemberThatWasHeardAndMayServe() {
        found();
        beat(TEN, 4);
        assertThat(probe(N3).leader()).contains(N2);
        turn.pass(seat, TIMINGS.detection());
        assertThat(probe(N3).leader()).as("n1 and n2 have not been heard").contains(N3);
        probe(N1);
        assertThat(probe(N3).leader()).contains(N1);
        tell(N1, new SeatMessage.Probe(Samples.CLUSTER, 1, false, true, 0));
        assertThat(probe(N3).leader()).as("n1 has no right").contains(N3);
    }

    @Test
    void leavingMemberDoesNotLead() {
        found();
        replicate(TEN, Samples.stretch(10, 4, 0, 4, Samples.inStatus(N1, 1, MemberStatus.LEAVING)));
        probe(N1);
        assertThat(probe(N3).leader()).contains(N3);
    }

    // ---- troubles ----------------------------------------------------------------------------------------------

    private Optional<Worry> worryAbout(NodeId member) {
        turn.takeSent();
        beat(TEN, 4);
        return turn.takeSent(BeatAck.class).get(0).troubles().stream()
                .filter(t -> t.member().equals(member))
                .map(CoordinatorMessage.Trouble::worry)
                .findFirst();
    }

    @Test
    void silenceIsReportedFromTheDetectionTimeOn() {
        found();
        probe(N3);
        turn.pass(seat, TIMINGS.detection().minusMillis(1));
        assertThat(worryAbout(N3)).isEmpty();
        turn.pass(seat, Duration.ofMillis(1));
        assertThat(worryAbout(N3)).contains(Worry.SILENT);
    }

    @Test
    void newerIncarnationAtTheAddressIsReported() {
        found();
        probe(N3);
        assertThat(worryAbout(N3)).isEmpty();
        seat.onSignal(new Signal.PeerSeen(Samples.node("n3", 2)), turn);
        assertThat(worryAbout(N3)).contains(Worry.REPLACED);
    }

    @Test
    void seatThatSleptDoesNotKnowWhoWasSilentAndDoesNotForsakeTheCoordinator() {
        found();
        probe(N3);
        beat(TEN, 4);
        turn.clock().advance(Duration.ofMinutes(1));
        turn.pass(seat, Duration.ZERO);
        assertThat(worryAbout(N3)).isEmpty();
        askPromise(Samples.term(11, N3));
        assertThat(turn.takeSent(Promised.class)).isEmpty();
    }

    @Test
    void lossThatBeginsToLastIsReportedBetweenTwoBeats() {
        found();
        probe(N3);
        Duration lasting = TIMINGS.detection().plus(TIMINGS.stable());
        for (Duration past = Duration.ZERO; past.compareTo(lasting) < 0; past = past.plusMillis(500)) {
            beat(TEN, 4);
            probe(N2);
            probe(N1);
            turn.takeSent();
            turn.pass(seat, Duration.ofMillis(500));
        }
        assertThat(turn.takeSent(BeatAck.class)).as("without a beat").isNotEmpty();
        turn.pass(seat, Duration.ofMillis(400));
        assertThat(turn.takeSent(BeatAck.class)).as("once per loss").isEmpty();
    }

    @Test
    void placementsOfADroppedTermAreGoneWithIt() {
        found();
        replicate(TEN, Samples.stretch(10, 4, 0, 4, Samples.placed(1, N3, new Epoch(10, 1))));
        Term eleven = Samples.term(11, N3);
        replicate(eleven, Samples.snapshot(11, SEATS, Samples.up(N1, 1), Samples.up(N3, 3)));
        Term twelve = Samples.term(12, N3);
        askPromise(twelve);
        turn.takeSent();
        tell(N3, new SeatMessage.ReadRequest(twelve, EntryKey.NONE));
        assertThat(turn.takeSent(ReadPage.class).get(0).entries())
                .allMatch(e -> e.stamp().number() == 11)
                .hasSize(3);
    }
}
