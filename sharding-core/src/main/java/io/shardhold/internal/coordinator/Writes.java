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
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one term writes: a stream of entries to the seats, each seat at its own pace, in pages, several under way at once.
 * What a quorum of seats has acknowledged is committed; only explicit answers count. It also knows when a quorum last
 * answered, from the moment at which the question was sent.
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

    private final Term term;
    private final Guards guards;
    private final MapValue.Seats seats;
    private final EntryStore store = new EntryStore();
    private final Map<NodeId, Progress> progress = new TreeMap<>();
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
        for (Map.Entry<NodeId, Progress> seat : progress.entrySet()) {
            Progress at = seat.getValue();
            long window = at.acknowledged + (long) PAGES_UNDER_WAY * EntryStore.PAGE_ENTRIES;
            while (at.sent < sequence && at.sent < window) {
                MapSegment segment = store.segment(term.number(), at.sent, sequence, snapshotStart, snapshotEnd);
                turn.send(seat.getKey(), new SeatMessage.Replicate(term, seats.configuration(), segment));
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
        List<Long> positions = progress.values().stream()
                .map(p -> p.acknowledged)
                .sorted((a, b) -> Long.compare(b, a))
                .toList();
        int quorum = guards.writeQuorum(seats);
        if (positions.size() >= quorum) {
            committed = Math.max(committed, positions.get(quorum - 1));
        }
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
        long answered = progress.values().stream()
                .filter(p -> p.answeredBeat != null && !now.eitherReached(p.answeredBeat.plusNanos(nanos)))
                .count();
        return answered >= guards.quorum(seats);
    }
}
