package io.shardhold.internal.coordinator;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.crdt.EntryStore;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.Moment;
import io.shardhold.internal.kernel.Turn;
import io.shardhold.internal.protocol.Entry;
import io.shardhold.internal.protocol.EntryKey;
import io.shardhold.internal.protocol.MapSegment;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.SeatMessage;
import io.shardhold.internal.protocol.Stamp;
import io.shardhold.internal.protocol.Term;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one term writes: a stream of entries to the seats, each seat at its own pace, in pages, several under way at once.
 * What a quorum of seats has acknowledged is committed; only explicit answers count. It also knows when a quorum last
 * answered, from the moment at which the question was sent.
 *
 * <p>A change of the seats is an entry like any other, but alone: it leaves when everything before it is committed (and when
 * who gets a seat has accepted all of that), nothing leaves behind it before it is committed, and it is committed when a
 * quorum of the seats before it and one of those after it have acknowledged it. Writes go on meanwhile, in the store. Who is
 * to get a seat learns: it is sent everything and does not count.
 */
final class Writes {
    private static final int PAGES_UNDER_WAY = 8;
    private static final int REMEMBERED_BEATS = 64;

    /** How far one seat is. */
    private static final class Progress {
        private long acknowledged;
        private long sent;
        private boolean moved;
        private @Nullable Moment answeredBeat;
    }

    /** A change of the seats that is not committed. */
    private record Change(
            long position, MapValue.Seats next, @Nullable NodeId learner) {}

    private final Term term;
    private final Guards guards;
    private final EntryStore store = new EntryStore();
    private final Map<NodeId, Progress> progress = new TreeMap<>();
    private MapValue.Seats seats;
    private @Nullable Change change;
    private final TreeMap<Long, Moment> beats = new TreeMap<>();
    private long sequence;
    private long committed;
    private long snapshotStart;
    private long snapshotEnd;
    private long beat;

    Writes(Term term, MapValue.Seats seats, Guards guards) {
        this.term = term;
        this.seats = seats;
        this.guards = guards;
        for (NodeId holder : seats.filled()) {
            progress.put(holder, new Progress());
        }
    }

    Term term() {
        return term;
    }

    MapValue.Seats seats() {
        return seats;
    }

    EntryStore store() {
        return store;
    }

    long committed() {
        return committed;
    }

    /** Writes a new version of an entry; it leaves with the next flush. */
    void write(MapValue value) {
        sequence++;
        store.merge(new Entry(value, new Stamp(term.number(), sequence)));
    }

    /** How far the holder furthest behind is. */
    long worstLag() {
        return seats.filled().stream()
                .map(progress::get)
                .mapToLong(at -> sequence - (at == null ? 0 : at.acknowledged))
                .max()
                .orElse(0);
    }

    /** The position of the next write. */
    long nextSequence() {
        return sequence + 1;
    }

    /** Declares all that is written so far the snapshot of this term. */
    void endSnapshot() {
        snapshotEnd = sequence;
    }

    boolean snapshotCommitted() {
        return snapshotEnd > 0 && committed >= snapshotEnd;
    }

    /**
     * Writes everything once more but the given keys, as a new snapshot: so they are forgotten everywhere. Only when
     * nothing is under way, so that no page of an older snapshot is taken for one of this.
     */
    void rewriteWithout(List<EntryKey> forgotten) {
        if (!isQuiet()) {
            throw new IllegalStateException("rewriting with " + (sequence - committed) + " writes under way");
        }
        List<Entry> all = new ArrayList<>(store.entriesByStamp());
        snapshotStart = sequence;
        for (Entry entry : all) {
            if (!forgotten.contains(entry.key())) {
                write(entry.value());
            }
        }
        store.dropUpTo(new Stamp(term.number(), snapshotStart));
        snapshotEnd = sequence;
    }

    // ---- seats -----------------------------------------------------------------------------------------------

    /** Whether a change of the seats is not committed yet. */
    boolean isChangingSeats() {
        return change != null;
    }

    /** Has somebody without a seat learn; nobody else does. */
    void teach(@Nullable NodeId learner) {
        progress.keySet().removeIf(id -> !seats.holds(id) && !id.equals(learner));
        if (learner != null) {
            progress.computeIfAbsent(learner, id -> new Progress());
        }
    }

    /** How far somebody who holds a seat or learns has come. */
    long accepted(NodeId node) {
        Progress at = progress.get(node);
        return at == null ? 0 : at.acknowledged;
    }

    /** Whether the learner is at most a page behind, so that waiting for it holds nobody up. */
    boolean hasNearlyLearnt(NodeId learner) {
        Progress at = progress.get(learner);
        return at != null && guards.isFilled(at.acknowledged, Math.max(1, committed - EntryStore.PAGE_ENTRIES));
    }

    /**
     * Writes other seats, which differ in one holder.
     *
     * @param learner who gets a seat; null if one is emptied
     */
    void changeSeats(MapValue.Seats next, @Nullable NodeId learner) {
        if (change != null) {
            throw new IllegalStateException("two changes of the seats at once: " + change + ", " + next);
        }
        write(next);
        change = new Change(sequence, next, learner);
    }

    /** Takes back a change that waits for its learner and has not left; returns whether it could. */
    boolean takeBackChange() {
        if (change == null || limit() >= change.position) {
            return false;
        }
        change = null;
        write(seats);
        return true;
    }

    /** The last position that may leave. */
    private long limit() {
        if (change == null) {
            return sequence;
        }
        long before = change.position - 1;
        Progress learner = change.learner == null ? null : progress.get(change.learner);
        boolean learnt = change.learner == null || (learner != null && guards.isFilled(learner.acknowledged, before));
        return committed >= before && learnt ? change.position : before;
    }

    private long reached(MapValue.Seats under) {
        List<Long> positions = under.filled().stream()
                .map(progress::get)
                .filter(Objects::nonNull)
                .map(p -> p.acknowledged)
                .sorted((a, b) -> Long.compare(b, a))
                .toList();
        int quorum = guards.writeQuorum(under);
        return positions.size() >= quorum ? positions.get(quorum - 1) : 0;
    }

    private void commit() {
        long reached = reached(seats);
        if (change != null && reached >= change.position) {
            if (reached(change.next) >= change.position) {
                seats = change.next;
                change = null;
            } else {
                reached = change.position - 1;
            }
        }
        committed = Math.max(committed, reached);
    }

    /** Whether nothing is under way: all that was written is on a quorum. */
    boolean isQuiet() {
        return committed == sequence;
    }

    /** Whether this version only repeats what had been committed before. */
    boolean isRewritten(Stamp stamp) {
        return snapshotStart > 0 && stamp.sequence() > snapshotStart && stamp.sequence() <= snapshotEnd;
    }

    /** Whether the latest version of this entry is on a quorum. */
    boolean isCommitted(EntryKey key) {
        Entry entry = store.get(key);
        return entry != null && entry.stamp().sequence() <= committed;
    }

    /** Entries committed behind a position, in the order in which they were written. */
    List<MapSegment> committedBehind(long position) {
        List<MapSegment> segments = new ArrayList<>();
        long from = position;
        while (from < committed) {
            MapSegment segment = store.segment(term.number(), from, committed, snapshotStart, snapshotEnd);
            segments.add(segment);
            from = segment.to();
        }
        return segments;
    }

    /** Sends what seats do not have yet. */
    void flush(Turn turn) {
        long limit = limit();
        for (Map.Entry<NodeId, Progress> seat : progress.entrySet()) {
            Progress at = seat.getValue();
            long window = at.acknowledged + (long) PAGES_UNDER_WAY * EntryStore.PAGE_ENTRIES;
            while (at.sent < limit && at.sent < window) {
                MapSegment segment = store.segment(term.number(), at.sent, limit, snapshotStart, snapshotEnd);
                turn.send(seat.getKey(), new SeatMessage.Replicate(term, segment));
                at.sent = segment.to();
            }
        }
    }

    /** Asks all seats whether they follow, and repeats what they have not acknowledged since the last time. */
    void beat(Turn turn) {
        beat++;
        beats.put(beat, turn.now());
        while (beats.size() > REMEMBERED_BEATS) {
            beats.pollFirstEntry();
        }
        for (Map.Entry<NodeId, Progress> seat : progress.entrySet()) {
            Progress at = seat.getValue();
            if (!at.moved) {
                at.sent = at.acknowledged;
            }
            at.moved = false;
            turn.send(seat.getKey(), new SeatMessage.Beat(term, beat, committed));
        }
        flush(turn);
    }

    void onBeatAck(NodeId seat, long answered) {
        Progress at = progress.get(seat);
        Moment sent = beats.get(answered);
        if (at != null && sent != null && (at.answeredBeat == null || sent.nanosSince(at.answeredBeat) > 0)) {
            at.answeredBeat = sent;
        }
    }

    /** A seat has accepted up to a position; returns whether more is committed now. */
    boolean onAccepted(NodeId seat, long position) {
        Progress at = progress.get(seat);
        if (at == null || position <= at.acknowledged || position > sequence) {
            return false;
        }
        at.acknowledged = position;
        at.sent = Math.max(at.sent, position);
        at.moved = true;
        long before = committed;
        commit();
        return committed > before;
    }

    /** A seat stands at a position and refused what was sent behind a gap. */
    void onGap(NodeId seat, long position) {
        Progress at = progress.get(seat);
        if (at != null && position >= 0 && position <= sequence) {
            at.sent = position;
        }
    }

    /** Whether a quorum of seats has answered a question that was sent less than so long ago, on both clocks. */
    boolean quorumAnswered(Moment now, long nanos) {
        long answered = seats.filled().stream()
                .map(progress::get)
                .filter(p -> p != null && p.answeredBeat != null && !now.eitherReached(p.answeredBeat.plusNanos(nanos)))
                .count();
        return answered >= guards.quorum(seats);
    }
}
