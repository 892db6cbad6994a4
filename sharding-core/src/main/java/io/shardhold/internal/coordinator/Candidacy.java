package io.shardhold.internal.coordinator;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.crdt.EntryStore;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.Turn;
import io.shardhold.internal.protocol.CoordinatorMessage;
import io.shardhold.internal.protocol.Entry;
import io.shardhold.internal.protocol.EntryKey;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.SeatMessage;
import io.shardhold.internal.protocol.Stamp;
import io.shardhold.internal.protocol.Term;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One attempt to take over: asks all seats for their promise, then reads what each promising seat has accepted, page by
 * page. With a quorum of complete readings the map is known: nothing that was ever committed can be missing from it.
 */
final class Candidacy {
    /** What one seat has given so far. */
    private static final class Reading {
        private final Stamp complete;
        private final List<Entry> entries = new ArrayList<>();
        private EntryKey after = EntryKey.NONE;
        private boolean finished;

        private Reading(Stamp complete) {
            this.complete = complete;
        }
    }

    private final Term term;
    private final MapValue.Seats seats;
    private final Guards guards;
    private final Map<NodeId, Reading> readings = new TreeMap<>();

    Candidacy(Term term, MapValue.Seats seats, Guards guards) {
        this.term = term;
        this.seats = seats;
        this.guards = guards;
    }

    Term term() {
        return term;
    }

    MapValue.Seats seats() {
        return seats;
    }

    /** Asks, or asks again, whatever has not been answered. */
    void ask(Turn turn) {
        for (NodeId holder : seats.filled()) {
            Reading reading = readings.get(holder);
            if (reading == null) {
                turn.send(holder, new SeatMessage.PromiseRequest(term, seats.configuration()));
            } else if (!reading.finished) {
                turn.send(holder, new SeatMessage.ReadRequest(term, reading.after));
            }
        }
    }

    void onPromised(NodeId seat, CoordinatorMessage.Promised message, Turn turn) {
        boolean known = seats.holds(seat) && message.configuration() == seats.configuration();
        if (known && message.term().equals(term) && !readings.containsKey(seat)) {
            readings.put(seat, new Reading(message.complete()));
            turn.send(seat, new SeatMessage.ReadRequest(term, EntryKey.NONE));
        }
    }

    /** Takes a page; returns whether a quorum has now been read in full. */
    boolean onReadPage(NodeId seat, CoordinatorMessage.ReadPage page, Turn turn) {
        Reading reading = readings.get(seat);
        if (reading == null
                || reading.finished
                || !page.term().equals(term)
                || !page.after().equals(reading.after)) {
            return false;
        }
        reading.entries.addAll(page.entries());
        if (page.last() || page.entries().isEmpty()) {
            reading.finished = true;
            return readings.values().stream().filter(r -> r.finished).count() >= guards.promiseQuorum(seats);
        }
        reading.after = page.entries().get(page.entries().size() - 1).key();
        turn.send(seat, new SeatMessage.ReadRequest(term, reading.after));
        return false;
    }

    /**
     * All readings merged. What is stamped below the latest snapshot that some seat holds in full, and is not in it, was
     * removed: everything committed before that snapshot is in it under a higher stamp.
     */
    EntryStore merged() {
        EntryStore merged = new EntryStore();
        Stamp complete = Stamp.NONE;
        for (Reading reading : readings.values()) {
            if (reading.finished) {
                reading.entries.forEach(merged::merge);
                complete = complete.isBelow(reading.complete) ? reading.complete : complete;
            }
        }
        merged.dropUpTo(complete);
        return merged;
    }
}
