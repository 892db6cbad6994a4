package io.shardhold.internal.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.crdt.EntryStore;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.Samples;
import io.shardhold.internal.kernel.TurnRecorder;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.SeatMessage.Beat;
import io.shardhold.internal.protocol.SeatMessage.Replicate;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Changes of the seats among the writes of one term: n3 restarted, and gets its seat back in two of them. */
class SeatWritesTest {
    private static final NodeId N1 = Samples.node("n1");
    private static final NodeId N2 = Samples.node("n2");
    private static final NodeId N3 = Samples.node("n3");
    private static final NodeId NEXT_N3 = Samples.node("n3", 2);
    private static final MapValue.Seats SEATS = Samples.seats(1, 3, N1, N2, N3);
    private static final MapValue.Seats EMPTIED = Samples.seats(2, 3, N1, N2);
    private static final MapValue.Seats REFILLED = Samples.seats(3, 3, N1, N2, NEXT_N3);

    private final TurnRecorder turn = new TurnRecorder(N1);
    private Writes writes = new Writes(Samples.term(10, N1), SEATS, Guards.STRICT);

    /** The seat of n3 is empty already. */
    private void beginEmptied() {
        writes = new Writes(Samples.term(10, N1), EMPTIED, Guards.STRICT);
    }

    private void write(int count) {
        for (int i = 0; i < count; i++) {
            int next = (int) writes.nextSequence();
            writes.write(Samples.placed(next, N2, new Epoch(10, next)));
        }
    }

    private void accept(long position, NodeId... seats) {
        for (NodeId seat : seats) {
            writes.onAccepted(seat, position);
        }
    }

    /** The highest position that leaves for somebody now; 0 if nothing does. */
    private long leavesFor(NodeId seat) {
        return turn.takeSent().stream()
                .filter(s -> s.to().equals(seat.toString()) && s.message() instanceof Replicate)
                .mapToLong(s -> ((Replicate) s.message()).segment().to())
                .max()
                .orElse(0);
    }

    private long flushedTo(NodeId seat) {
        writes.flush(turn);
        return leavesFor(seat);
    }

    // ---- one change ----------------------------------------------------------------------------------------------

    @Test
    void changeLeavesOnlyWhenEverythingBeforeItIsCommitted() {
        write(3);
        writes.changeSeats(EMPTIED, null);
        assertThat(flushedTo(N1)).isEqualTo(3);
        accept(3, N1);
        assertThat(flushedTo(N1)).as("one seat is no quorum").isZero();
        accept(2, N2);
        assertThat(flushedTo(N1)).as("not all of it").isZero();
        accept(3, N2);
        assertThat(flushedTo(N1)).isEqualTo(4);
        assertThat(writes.seats()).as("not committed").isEqualTo(SEATS);
    }

    @Test
    void nothingLeavesBehindAChangeBeforeItIsCommitted() {
        writes.changeSeats(EMPTIED, null);
        write(2);
        assertThat(flushedTo(N2)).isEqualTo(1);
        writes.beat(turn);
        assertThat(leavesFor(N2)).as("nor with a beat").isEqualTo(1);
        accept(1, N1, N2);
        assertThat(writes.isChangingSeats()).isFalse();
        assertThat(writes.seats()).isEqualTo(EMPTIED);
        assertThat(flushedTo(N2)).isEqualTo(3);
    }

    @Test
    void quorumOfTheSeatsBeforeAloneCommitsNoChange() {
        write(1);
        writes.changeSeats(EMPTIED, null);
        write(1);
        accept(1, N1, N2, N3);
        accept(2, N1, N3);
        assertThat(writes.committed()).as("n3 has no seat in what follows").isEqualTo(1);
        assertThat(writes.seats()).isEqualTo(SEATS);
        accept(2, N2);
        assertThat(writes.committed()).isEqualTo(2);
        assertThat(writes.seats()).isEqualTo(EMPTIED);
    }

    @Test
    void quorumOfTheSeatsAfterAloneCommitsNoChange() {
        beginEmptied();
        writes.teach(NEXT_N3);
        write(1);
        accept(1, N1, N2, NEXT_N3);
        writes.changeSeats(REFILLED, NEXT_N3);
        accept(2, N1, NEXT_N3);
        assertThat(writes.committed()).as("n1 alone held a seat before").isEqualTo(1);
        assertThat(writes.seats()).isEqualTo(EMPTIED);
        accept(2, N2);
        assertThat(writes.committed()).isEqualTo(2);
        assertThat(writes.seats()).isEqualTo(REFILLED);
    }

    @Test
    void whoGotASeatCountsFromThenOnAndWhoLostItDoesNot() {
        writes.changeSeats(EMPTIED, null);
        accept(1, N1, N2);
        write(1);
        accept(2, N1, N3);
        assertThat(writes.committed()).as("n3 has lost it").isEqualTo(1);
        accept(2, N2);
        writes.teach(NEXT_N3);
        accept(2, NEXT_N3);
        writes.changeSeats(REFILLED, NEXT_N3);
        accept(3, N1, N2, NEXT_N3);
        write(1);
        accept(4, N1, NEXT_N3);
        assertThat(writes.committed()).isEqualTo(4);
    }

    @Test
    void twoChangesAtOnceAreABug() {
        writes.changeSeats(EMPTIED, null);
        assertThatIllegalStateException()
                .isThrownBy(() -> writes.changeSeats(REFILLED, NEXT_N3))
                .withMessageContaining("two changes of the seats at once");
    }

    // ---- who learns --------------------------------------------------------------------------------------------

    @Test
    void whoLearnsIsSentEverythingFromTheBeginning() {
        beginEmptied();
        write(5);
        accept(5, N1, N2);
        writes.teach(NEXT_N3);
        assertThat(flushedTo(NEXT_N3)).isEqualTo(5);
        turn.takeSent();
        writes.beat(turn);
        assertThat(turn.takeReceivers(Beat.class)).containsExactly("n1#1", "n2#1", "n3#2");
        writes.onGap(NEXT_N3, 2);
        writes.flush(turn);
        assertThat(turn.takeSent(Replicate.class))
                .singleElement()
                .satisfies(replicate -> assertThat(replicate.segment().from()).isEqualTo(2));
    }

    @Test
    void whoLearnsNeverCounts() {
        beginEmptied();
        writes.teach(NEXT_N3);
        write(3);
        accept(3, N1, NEXT_N3);
        assertThat(writes.committed()).isZero();
        writes.beat(turn);
        long beat = turn.takeSent(Beat.class).get(0).beat();
        writes.onBeatAck(N1, beat);
        writes.onBeatAck(NEXT_N3, beat);
        assertThat(writes.quorumAnswered(turn.now(), Duration.ofSeconds(1).toNanos()))
                .isFalse();
        writes.onBeatAck(N2, beat);
        assertThat(writes.quorumAnswered(turn.now(), Duration.ofSeconds(1).toNanos()))
                .isTrue();
    }

    @Test
    void onlyOneLearnsAtATime() {
        beginEmptied();
        write(1);
        writes.teach(NEXT_N3);
        writes.teach(Samples.node("n3", 3));
        writes.flush(turn);
        assertThat(turn.takeReceivers(Replicate.class)).containsExactly("n1#1", "n2#1", "n3#3");
        writes.teach(null);
        writes.beat(turn);
        assertThat(turn.takeReceivers(Beat.class)).containsExactly("n1#1", "n2#1");
    }

    @Test
    void whoIsAtMostAPageBehindHasNearlyLearnt() {
        beginEmptied();
        int page = EntryStore.PAGE_ENTRIES;
        write(page + 10);
        accept(page + 10, N1, N2);
        assertThat(writes.hasNearlyLearnt(NEXT_N3)).as("does not learn").isFalse();
        writes.teach(NEXT_N3);
        assertThat(writes.hasNearlyLearnt(NEXT_N3)).isFalse();
        accept(9, NEXT_N3);
        assertThat(writes.hasNearlyLearnt(NEXT_N3)).isFalse();
        accept(10, NEXT_N3);
        assertThat(writes.hasNearlyLearnt(NEXT_N3)).isTrue();
    }

    @Test
    void whoHasAcceptedNothingHasLearntNothingHoweverSmallTheMap() {
        beginEmptied();
        write(1);
        accept(1, N1, N2);
        writes.teach(NEXT_N3);
        assertThat(writes.hasNearlyLearnt(NEXT_N3)).isFalse();
    }

    @Test
    void fillingWaitsUntilTheLearnerHasAcceptedAllThatWasWrittenBefore() {
        beginEmptied();
        write(3);
        writes.teach(NEXT_N3);
        accept(3, N1, N2);
        accept(2, NEXT_N3);
        writes.changeSeats(REFILLED, NEXT_N3);
        assertThat(flushedTo(N1))
                .as("everything before it has left or is there")
                .isZero();
        writes.beat(turn);
        writes.beat(turn);
        assertThat(leavesFor(NEXT_N3))
                .as("what it has not accepted is repeated")
                .isEqualTo(3);
        accept(3, NEXT_N3);
        writes.flush(turn);
        assertThat(turn.takeReceivers(Replicate.class)).containsExactly("n1#1", "n2#1", "n3#2");
    }

    @Test
    void learnerThatStopsIsGivenUpAndWritesGoOn() {
        beginEmptied();
        write(3);
        writes.teach(NEXT_N3);
        accept(3, N1, N2);
        accept(2, NEXT_N3);
        writes.changeSeats(REFILLED, NEXT_N3);
        write(2);
        assertThat(flushedTo(N1)).isZero();
        assertThat(writes.takeBackChange()).isTrue();
        assertThat(writes.isChangingSeats()).isFalse();
        assertThat(writes.store().seats()).as("the seats as they were").contains(EMPTIED);
        assertThat(flushedTo(N1)).isEqualTo(7);
        accept(7, N1, N2);
        assertThat(writes.isQuiet()).isTrue();
        assertThat(writes.seats()).isEqualTo(EMPTIED);
    }

    @Test
    void changeThatMayHaveLeftIsNotTakenBack() {
        assertThat(writes.takeBackChange()).as("there is none").isFalse();
        writes.changeSeats(EMPTIED, null);
        assertThat(writes.takeBackChange()).isFalse();
        writes.flush(turn);
        assertThat(writes.takeBackChange()).isFalse();
        assertThat(writes.isChangingSeats()).isTrue();
    }

    @Test
    void emptyingThatWaitsForOlderWritesGoesOnWaitingForThem() {
        write(1);
        writes.changeSeats(EMPTIED, null);
        assertThat(writes.takeBackChange()).isFalse();
        assertThat(writes.isChangingSeats()).isTrue();
    }
}
