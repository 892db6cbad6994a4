package io.shardhold.internal.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.shardhold.allocation.LeastShards;
import io.shardhold.cluster.Member;
import io.shardhold.cluster.MemberStatus;
import io.shardhold.cluster.NodeId;
import io.shardhold.config.Limits;
import io.shardhold.config.Timings;
import io.shardhold.internal.crdt.SeatKeeper;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.RecordedTurn;
import io.shardhold.internal.protocol.DetectorMessage;
import io.shardhold.internal.protocol.EntryKey;
import io.shardhold.internal.protocol.MapSegment;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.SeatMessage;
import io.shardhold.internal.protocol.Term;
import io.shardhold.internal.signal.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The map is written once more, without what is to be forgotten, while members change. */
final class RewritingTest {
    private static final NodeId LEADER = node("a");
    private static final NodeId SEAT = node("b");
    private static final NodeId OTHER_SEAT = node("c");
    private static final Term TERM = new Term(1, 10, LEADER);
    private static final MapValue.Seats SEATS = new MapValue.Seats(
            1, List.of("a:1", "b:1", "c:1"), List.of(Optional.of(LEADER), Optional.of(SEAT), Optional.of(OTHER_SEAT)));

    private final RecordedTurn turn = new RecordedTurn(LEADER);
    private final RecordedTurn seatTurn = new RecordedTurn(SEAT);

    private static NodeId node(String name) {
        return new NodeId(name, name, 1, 1);
    }

    private static NodeId member(int i) {
        return node("m" + i);
    }

    private static Member up(int i) {
        return new Member(member(i), new TreeSet<>(), "", 1, "", new TreeMap<>(), MemberStatus.UP, i);
    }

    /** What a founding with so many members wrote, on a quorum. */
    private static Writes committed(int members) {
        Writes writes = new Writes(TERM, SEATS, Guards.STRICT);
        writes.write(SEATS);
        for (int i = 0; i < members; i++) {
            writes.write(new MapValue.MemberEntry(up(i)));
        }
        writes.endSnapshot();
        accept(writes);
        return writes;
    }

    private static void accept(Writes writes) {
        writes.onAccepted(LEADER, writes.nextSequence() - 1);
        writes.onAccepted(SEAT, writes.nextSequence() - 1);
    }

    private Removal removal(Writes writes) {
        Tenure.Setup setup =
                new Tenure.Setup(Timings.DEFAULT, Limits.DEFAULT, Guards.STRICT, new LeastShards(), () -> turn);
        return new Removal(setup, writes, new ShardTable(writes.store(), Guards.STRICT), new Troubles(Timings.DEFAULT));
    }

    @Test
    void rewritingIsRefusedWhileWritesAreUnderWay() {
        Writes writes = committed(3);
        writes.write(new MapValue.MemberEntry(up(3)));
        assertThatIllegalStateException()
                .isThrownBy(() -> writes.rewriteWithout(List.of(EntryKey.member(member(0)))))
                .withMessageContaining("1 writes under way");
        accept(writes);
        writes.rewriteWithout(List.of(EntryKey.member(member(0))));
        assertThatIllegalStateException()
                .as("during a rewriting")
                .isThrownBy(() -> writes.rewriteWithout(List.of(EntryKey.member(member(1)))));
        accept(writes);
        assertThat(writes.store().member(member(0))).isEmpty();
        assertThat(writes.store().member(member(3))).isPresent();
    }

    @Test
    void aMemberChangeDuringARewritingDoesNotLoseTheMember() {
        for (int members = 8; members <= 300; members++) {
            Writes writes = committed(members);
            SeatKeeper seat = seatThatHolds(writes);
            Removal removal = removal(writes);
            writes.rewriteWithout(List.of(EntryKey.member(member(0))));
            removal.condemn(member(7), "a quorum of seats has lost it");
            for (MapSegment page : pages(writes)) {
                replicate(seat, page);
                assertThat(consent(seat, member(7)))
                        .as("%s members, after the page up to %s", members, page.to())
                        .isNotEqualTo(DetectorMessage.Consent.UNKNOWN);
            }
        }
    }

    @Test
    void aMemberThatCouldNotBeRemovedDuringARewritingIsRemovedAfterIt() {
        Writes writes = committed(8);
        Removal removal = removal(writes);
        writes.rewriteWithout(List.of(EntryKey.member(member(0))));
        removal.condemn(member(7), "a quorum of seats has lost it");
        assertThat(status(writes)).isEqualTo(MemberStatus.UP);
        accept(writes);
        removal.condemn(member(7), "a quorum of seats has lost it");
        assertThat(status(writes)).isEqualTo(MemberStatus.DOWN);
    }

    private static MemberStatus status(Writes writes) {
        return writes.store().member(member(7)).orElseThrow().status();
    }

    /** A seat that has accepted all that was written so far. */
    private SeatKeeper seatThatHolds(Writes writes) {
        SeatKeeper seat = new SeatKeeper(Timings.DEFAULT, Guards.STRICT);
        seat.onSignal(new Signal.AgreedToFound(TERM.number(), LEADER), seatTurn);
        writes.committedBehind(0).forEach(page -> replicate(seat, page));
        assertThat(consent(seat, member(7))).isEqualTo(DetectorMessage.Consent.GIVEN);
        return seat;
    }

    /** What is not on a quorum yet, as the seat that has all before it is sent it. */
    private List<MapSegment> pages(Writes writes) {
        turn.clearSent();
        writes.flush(turn);
        List<MapSegment> pages = new ArrayList<>();
        long position = writes.committed();
        for (SeatMessage.Replicate message : turn.sent(SeatMessage.Replicate.class)) {
            if (message.segment().from() == position) {
                pages.add(message.segment());
                position = message.segment().to();
            }
        }
        assertThat(position).isEqualTo(writes.nextSequence() - 1);
        return pages;
    }

    private void replicate(SeatKeeper seat, MapSegment page) {
        seat.onMessage(LEADER, new SeatMessage.Replicate(TERM, page), seatTurn);
    }

    private DetectorMessage.Consent consent(SeatKeeper seat, NodeId asking) {
        seatTurn.clearSent();
        seat.onMessage(asking, new SeatMessage.Probe(TERM.clusterId(), 1, true, true, 0), seatTurn);
        return seatTurn.sent(DetectorMessage.ProbeAck.class).get(0).consent();
    }
}
