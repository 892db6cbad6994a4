package io.shardhold.internal.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.Samples;
import io.shardhold.internal.kernel.TurnRecorder;
import io.shardhold.internal.protocol.CoordinatorMessage.PromiseRefused;
import io.shardhold.internal.protocol.CoordinatorMessage.Promised;
import io.shardhold.internal.protocol.CoordinatorMessage.ReadPage;
import io.shardhold.internal.protocol.Entry;
import io.shardhold.internal.protocol.EntryKey;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.SeatMessage.PromiseRequest;
import io.shardhold.internal.protocol.SeatMessage.ReadRequest;
import io.shardhold.internal.protocol.Stamp;
import io.shardhold.internal.protocol.Term;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CandidacyTest {
    private static final NodeId N1 = Samples.node("n1");
    private static final NodeId N2 = Samples.node("n2");
    private static final NodeId N3 = Samples.node("n3");
    private static final Term TERM = Samples.term(30, N1);
    private static final MapValue.Seats SEATS = Samples.seats(1, 3, N1, N2, N3);

    private final TurnRecorder turn = new TurnRecorder(N1);
    private final Candidacy candidacy = new Candidacy(TERM, SEATS, Guards.STRICT);

    private void promise(NodeId seat, Stamp complete) {
        promise(seat, SEATS, new Stamp(10, 1), complete);
    }

    private void promise(NodeId seat, MapValue.Seats seats, Stamp written, Stamp complete) {
        candidacy.onPromised(seat, new Promised(TERM, seats, written, complete), turn);
    }

    private boolean read(NodeId seat, EntryKey after, boolean last, Entry... entries) {
        return candidacy.onReadPage(seat, new ReadPage(TERM, after, List.of(entries), last), turn);
    }

    private boolean readAll(NodeId seat, Entry... entries) {
        return read(seat, EntryKey.NONE, true, entries);
    }

    @Test
    void everySeatIsAskedForItsPromiseAndReadAfterIt() {
        candidacy.ask(turn);
        assertThat(turn.takeReceivers(PromiseRequest.class)).containsExactly("n1#1", "n2#1", "n3#1");
        promise(N2, Stamp.NONE);
        assertThat(turn.takeSent())
                .containsExactly(new TurnRecorder.Sent("n2#1", new ReadRequest(TERM, EntryKey.NONE)));
        candidacy.ask(turn);
        assertThat(turn.takeReceivers(PromiseRequest.class)).containsExactly("n1#1", "n3#1");
    }

    @Test
    void mapIsKnownWhenAQuorumHasBeenReadInFull() {
        promise(N1, Stamp.NONE);
        promise(N2, Stamp.NONE);
        assertThat(readAll(N1, Samples.entry(SEATS, 10, 1))).isFalse();
        assertThat(readAll(N1, Samples.entry(SEATS, 10, 1))).as("twice").isFalse();
        assertThat(read(N2, EntryKey.NONE, false, Samples.entry(SEATS, 10, 1))).isFalse();
        assertThat(read(N2, EntryKey.SEATS, true)).isTrue();
    }

    @Test
    void pageWithoutPromiseOrOutOfTurnOrOfAnotherTermIsIgnored() {
        assertThat(readAll(N1)).isFalse();
        promise(N1, Stamp.NONE);
        promise(N2, Stamp.NONE);
        turn.takeSent();
        assertThat(read(N1, EntryKey.SEATS, true))
                .as("not the page that was asked for")
                .isFalse();
        assertThat(candidacy.onReadPage(N1, new ReadPage(Samples.term(29, N1), EntryKey.NONE, List.of(), true), turn))
                .isFalse();
        assertThat(readAll(N2)).isFalse();
        assertThat(candidacy.merged().size()).isZero();
        assertThat(turn.takeSent()).isEmpty();
    }

    @Test
    void promiseOfAnotherTermOrOfNoSeatIsIgnored() {
        candidacy.onPromised(N1, new Promised(Samples.term(29, N1), SEATS, new Stamp(10, 1), Stamp.NONE), turn);
        promise(Samples.node("n4"), Stamp.NONE);
        assertThat(turn.takeSent()).isEmpty();
    }

    @Test
    void highestStampOfEachEntryWinsWhoeverHoldsIt() {
        promise(N1, Stamp.NONE);
        promise(N2, Stamp.NONE);
        readAll(N1, Samples.entry(Samples.placed(1, N2, new Epoch(10, 1)), 10, 5));
        readAll(
                N2,
                Samples.entry(Samples.placed(1, N3, new Epoch(11, 1)), 11, 2),
                Samples.entry(Samples.placed(2, N3, new Epoch(10, 2)), 10, 9));
        assertThat(candidacy.merged().entries())
                .extracting(Entry::stamp)
                .containsExactly(new Stamp(11, 2), new Stamp(10, 9));
    }

    @Test
    void entriesThatASnapshotRemovedDoNotComeBackFromALaggingSeat() {
        promise(N1, new Stamp(10, 0));
        promise(N2, new Stamp(11, 4));
        readAll(
                N1,
                Samples.entry(SEATS, 10, 1),
                Samples.entry(Samples.up(N2, 2), 10, 2),
                Samples.entry(Samples.placed(1, N2, new Epoch(10, 1)), 10, 3));
        readAll(N2, Samples.entry(SEATS, 11, 5), Samples.entry(Samples.up(N2, 2), 11, 6));
        assertThat(candidacy.merged().entries())
                .extracting(Entry::key)
                .containsExactly(EntryKey.SEATS, EntryKey.member(N2));
    }

    @Test
    void entriesOfATermWhoseSnapshotNobodyCompletedAreKeptBesideTheOldOnes() {
        promise(N1, new Stamp(10, 0));
        promise(N2, new Stamp(10, 0));
        readAll(N1, Samples.entry(SEATS, 10, 1), Samples.entry(Samples.up(N2, 2), 10, 2));
        readAll(N2, Samples.entry(SEATS, 11, 1), Samples.entry(Samples.up(N2, 2), 10, 2));
        assertThat(candidacy.merged().entries())
                .extracting(Entry::stamp)
                .containsExactly(new Stamp(11, 1), new Stamp(10, 2));
    }

    @Test
    void seatThatWasNotReadInFullDoesNotCountForTheSnapshot() {
        promise(N1, new Stamp(10, 0));
        promise(N2, new Stamp(10, 0));
        promise(N3, new Stamp(12, 0));
        readAll(N1, Samples.entry(SEATS, 10, 1));
        readAll(N2, Samples.entry(SEATS, 10, 1));
        read(N3, EntryKey.NONE, false, Samples.entry(SEATS, 12, 1));
        assertThat(candidacy.merged().entries()).extracting(Entry::stamp).containsExactly(new Stamp(10, 1));
    }

    // ---- newer seats -------------------------------------------------------------------------------------------

    private static final NodeId NEXT_N3 = Samples.node("n3", 2);
    private static final MapValue.Seats NEWER = Samples.seats(7, 3, N1, N2, NEXT_N3);

    @Test
    void holderOfANewerSeatIsAskedAtOnceAndAgain() {
        candidacy.ask(turn);
        turn.takeSent();
        promise(N2, NEWER, new Stamp(10, 9), Stamp.NONE);
        assertThat(candidacy.seats()).isEqualTo(NEWER);
        assertThat(turn.takeReceivers(PromiseRequest.class)).containsExactly("n3#2");
        candidacy.ask(turn);
        assertThat(turn.takeReceivers(PromiseRequest.class)).containsExactly("n1#1", "n3#2");
    }

    @Test
    void quorumIsOneOfTheNewerHolders() {
        promise(N2, NEWER, new Stamp(10, 9), Stamp.NONE);
        promise(N3, SEATS, new Stamp(10, 1), Stamp.NONE);
        assertThat(readAll(N2, Samples.entry(NEWER, 10, 9))).isFalse();
        assertThat(readAll(N3, Samples.entry(Samples.up(N3, 3), 10, 8)))
                .as("n3 holds no seat any more")
                .isFalse();
        promise(NEXT_N3, NEWER, new Stamp(10, 9), Stamp.NONE);
        assertThat(readAll(NEXT_N3, Samples.entry(NEWER, 10, 9))).isTrue();
        assertThat(candidacy.merged().entries())
                .as("nothing of who does not count")
                .extracting(Entry::key)
                .containsExactly(EntryKey.SEATS);
    }

    @Test
    void seatsOfALowerOrTheSameStampChangeNothing() {
        promise(N2, NEWER, new Stamp(10, 9), Stamp.NONE);
        promise(N1, SEATS, new Stamp(10, 1), Stamp.NONE);
        assertThat(candidacy.seats()).isEqualTo(NEWER);
        promise(N3, SEATS, new Stamp(10, 9), Stamp.NONE);
        assertThat(candidacy.seats()).isEqualTo(NEWER);
    }

    @Test
    void refusalCountsFromSeatsThatWereAskedOnly() {
        PromiseRefused refused = new PromiseRefused(TERM, 50, Optional.empty());
        assertThat(candidacy.isRefused(N2, refused)).isTrue();
        assertThat(candidacy.isRefused(NEXT_N3, refused)).isFalse();
        promise(N2, NEWER, new Stamp(10, 9), Stamp.NONE);
        assertThat(candidacy.isRefused(NEXT_N3, refused)).isTrue();
        assertThat(candidacy.isRefused(N2, new PromiseRefused(TERM, 29, Optional.empty())))
                .as("refused for an active coordinator, not for a number")
                .isFalse();
        assertThat(candidacy.isRefused(N2, new PromiseRefused(Samples.term(29, N1), 50, Optional.empty())))
                .as("an older attempt")
                .isFalse();
    }
}
