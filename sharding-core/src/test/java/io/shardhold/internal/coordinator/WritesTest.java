package io.shardhold.internal.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.Samples;
import io.shardhold.internal.kernel.TurnRecorder;
import io.shardhold.internal.protocol.EntryKey;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.MapSegment;
import io.shardhold.internal.protocol.SeatMessage.Beat;
import io.shardhold.internal.protocol.SeatMessage.Replicate;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class WritesTest {
    private static final NodeId N1 = Samples.node("n1");
    private static final NodeId N2 = Samples.node("n2");
    private static final NodeId N3 = Samples.node("n3");
    private static final int PAGE = 512;
    private static final int WINDOW = 8 * PAGE;

    private final TurnRecorder turn = new TurnRecorder(N1);
    private final Writes writes = new Writes(Samples.term(10, N1), Samples.seats(1, 3, N1, N2, N3), Guards.STRICT);

    private void write(int count) {
        for (int i = 0; i < count; i++) {
            int next = (int) writes.nextSequence();
            writes.write(Samples.placed(next, N2, new Epoch(10, next)));
        }
    }

    private List<MapSegment> flushedTo(NodeId seat) {
        return turn.takeSent().stream()
                .filter(s -> s.to().equals(seat.toString()) && s.message() instanceof Replicate)
                .map(s -> ((Replicate) s.message()).segment())
                .toList();
    }

    @Test
    void writeIsCommittedByTheExplicitAnswersOfAQuorum() {
        write(3);
        writes.flush(turn);
        assertThat(writes.committed()).as("sent is not committed").isZero();
        assertThat(writes.onAccepted(N1, 3)).isFalse();
        assertThat(writes.onAccepted(N1, 3)).as("twice is once").isFalse();
        assertThat(writes.onAccepted(N2, 2)).isTrue();
        assertThat(writes.committed()).isEqualTo(2);
        assertThat(writes.isCommitted(EntryKey.placement(Samples.shard(2)))).isTrue();
        assertThat(writes.isCommitted(EntryKey.placement(Samples.shard(3)))).isFalse();
        assertThat(writes.onAccepted(N3, 3)).isTrue();
        assertThat(writes.committed()).isEqualTo(3);
    }

    @Test
    void answerOfSomebodyWithoutASeatOrBeyondWhatWasWrittenDoesNotCount() {
        write(3);
        writes.onAccepted(N1, 3);
        writes.onAccepted(Samples.node("n4"), 3);
        writes.onAccepted(Samples.node("n2", 2), 3);
        writes.onAccepted(N2, 4);
        assertThat(writes.committed()).isZero();
    }

    @Test
    void emptySeatsCountAsNo() {
        Writes alone = new Writes(Samples.term(10, N1), Samples.seats(1, 3, N1), Guards.STRICT);
        alone.write(Samples.up(N1, 1));
        assertThat(alone.onAccepted(N1, 1)).isFalse();
        assertThat(alone.committed()).isZero();
    }

    @Test
    void newVersionOfACommittedEntryIsNotCommitted() {
        writes.write(Samples.placed(1, N2, new Epoch(10, 1)));
        writes.onAccepted(N1, 1);
        writes.onAccepted(N2, 1);
        EntryKey key = EntryKey.placement(Samples.shard(1));
        assertThat(writes.isCommitted(key)).isTrue();
        writes.write(Samples.placed(1, N3, new Epoch(10, 2)));
        assertThat(writes.isCommitted(key)).isFalse();
    }

    @Test
    void noMoreThanTheWindowIsUnderWayToASeat() {
        write(WINDOW + PAGE + 7);
        writes.flush(turn);
        assertThat(flushedTo(N2)).hasSize(8);
        writes.flush(turn);
        assertThat(flushedTo(N2)).as("nothing twice").isEmpty();
        writes.onAccepted(N2, PAGE);
        writes.flush(turn);
        List<MapSegment> next = flushedTo(N2);
        assertThat(next).extracting(MapSegment::from).containsExactly((long) WINDOW);
        writes.onAccepted(N2, WINDOW);
        writes.flush(turn);
        assertThat(flushedTo(N2)).extracting(MapSegment::to).containsExactly((long) (WINDOW + PAGE + 7));
    }

    @Test
    void seatThatRefusedForAGapIsSentWhatFollowsItsPosition() {
        write(10);
        writes.flush(turn);
        turn.takeSent();
        writes.onGap(N3, 4);
        writes.flush(turn);
        assertThat(turn.takeSent()).singleElement().satisfies(sent -> {
            assertThat(sent.to()).isEqualTo("n3#1");
            assertThat(((Replicate) sent.message()).segment().from()).isEqualTo(4);
        });
    }

    @Test
    void whatIsNotAcknowledgedBetweenTwoBeatsIsRepeated() {
        write(10);
        writes.flush(turn);
        writes.onAccepted(N2, 10);
        turn.takeSent();
        writes.beat(turn);
        assertThat(turn.takeReceivers(Replicate.class)).containsExactly("n1#1", "n3#1");
        writes.onAccepted(N1, 10);
        writes.beat(turn);
        assertThat(turn.takeReceivers(Replicate.class)).containsExactly("n3#1");
    }

    @Test
    void committedEntriesAreReadInTheOrderOfWriting() {
        write(700);
        writes.onAccepted(N1, 600);
        writes.onAccepted(N2, 700);
        List<MapSegment> segments = writes.committedBehind(10);
        assertThat(segments.get(0).from()).isEqualTo(10);
        assertThat(segments.get(segments.size() - 1).to()).isEqualTo(600);
        assertThat(segments.stream().mapToInt(s -> s.entries().size()).sum()).isEqualTo(590);
        assertThat(writes.committedBehind(600)).isEmpty();
    }

    @Test
    void rewriteLeavesOutWhatIsForgottenAndIsASnapshotOfItsOwn() {
        writes.write(Samples.up(N1, 1));
        writes.write(Samples.up(N2, 2));
        writes.write(Samples.up(N3, 3));
        writes.endSnapshot();
        writes.onAccepted(N1, 3);
        writes.onAccepted(N2, 3);
        assertThat(writes.snapshotCommitted()).isTrue();
        writes.rewriteWithout(List.of(EntryKey.member(N2)));
        assertThat(writes.store().get(EntryKey.member(N2))).isNull();
        assertThat(writes.isCommitted(EntryKey.member(N1)))
                .as("under its new stamp")
                .isFalse();
        writes.flush(turn);
        assertThat(flushedTo(N1)).singleElement().satisfies(segment -> {
            assertThat(segment.from()).isEqualTo(3);
            assertThat(segment.snapshotStart()).isEqualTo(3);
            assertThat(segment.snapshotEnd()).isEqualTo(5);
            assertThat(segment.entries()).hasSize(2);
        });
        assertThat(writes.snapshotCommitted()).isFalse();
        writes.onAccepted(N1, 5);
        writes.onAccepted(N3, 5);
        assertThat(writes.snapshotCommitted()).isTrue();
    }

    @Test
    void snapshotIsNotCommittedBeforeItIsDeclared() {
        write(2);
        writes.onAccepted(N1, 2);
        writes.onAccepted(N2, 2);
        assertThat(writes.snapshotCommitted()).isFalse();
    }

    // ---- who answers -------------------------------------------------------------------------------------------

    private long beat() {
        turn.takeSent();
        writes.beat(turn);
        return turn.takeSent(Beat.class).get(0).beat();
    }

    private boolean answered(Duration within) {
        return writes.quorumAnswered(turn.now(), within.toNanos());
    }

    @Test
    void quorumHasAnsweredFromTheMomentOfTheQuestion() {
        long beat = beat();
        turn.clock().advance(Duration.ofMillis(900));
        writes.onBeatAck(N1, beat);
        assertThat(answered(Duration.ofSeconds(1))).isFalse();
        writes.onBeatAck(N2, beat);
        assertThat(answered(Duration.ofSeconds(1))).isTrue();
        turn.clock().advance(Duration.ofMillis(100));
        assertThat(answered(Duration.ofSeconds(1)))
                .as("late answers lengthen nothing")
                .isFalse();
    }

    @Test
    void eitherClockEndsWhatAQuorumHasAnswered() {
        long beat = beat();
        writes.onBeatAck(N1, beat);
        writes.onBeatAck(N2, beat);
        turn.clock().jumpWall(Duration.ofSeconds(1));
        assertThat(answered(Duration.ofSeconds(1))).isFalse();
        turn.clock().jumpWall(Duration.ofSeconds(-5));
        assertThat(answered(Duration.ofSeconds(1))).isTrue();
        turn.clock().advance(Duration.ofSeconds(1));
        assertThat(answered(Duration.ofSeconds(1))).isFalse();
    }

    @Test
    void answerToAnOlderBeatShortensNothing() {
        long first = beat();
        turn.clock().advance(Duration.ofMillis(500));
        long second = beat();
        writes.onBeatAck(N1, second);
        writes.onBeatAck(N2, second);
        writes.onBeatAck(N1, first);
        writes.onBeatAck(N2, first);
        turn.clock().advance(Duration.ofMillis(900));
        assertThat(answered(Duration.ofSeconds(1))).isTrue();
    }

    @Test
    void answerToABeatThatWasNeverSentOrOfNoSeatDoesNotCount() {
        long beat = beat();
        writes.onBeatAck(N1, beat);
        writes.onBeatAck(N2, beat + 1);
        writes.onBeatAck(Samples.node("n4"), beat);
        assertThat(answered(Duration.ofSeconds(1))).isFalse();
    }

    @Test
    void onlySoManyBeatsAreRememberedAndAnswersToOlderOnesAreLate() {
        long first = beat();
        for (int i = 0; i < 64; i++) {
            beat();
        }
        writes.onBeatAck(N1, first);
        writes.onBeatAck(N2, first);
        assertThat(answered(Duration.ofSeconds(1))).isFalse();
    }
}
