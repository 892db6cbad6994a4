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
import java.util.TreeSet;

/**
 * One attempt to take over: asks all seats for their promise, then reads what each promising seat has accepted, page by
 * page. With a quorum of complete readings the map is known: nothing that was ever committed can be missing from it.
 *
 * <p>The seats may have changed meanwhile, or be about to: each promise brings the seats as its giver has accepted them. The
 * version with the highest stamp counts, its further holders are asked too, and the quorum is one of its holders. Any two
 * quorums of seats before and after one change meet, and a change begins only when the one before it is committed; so a
 * quorum that knows of no later change proves that none is committed.
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
    private final Guards guards;
    private final Map<NodeId, Reading> readings = new TreeMap<>();
    private final TreeSet<NodeId> asked = new TreeSet<>();
    private MapValue.Seats seats;
    private Stamp seatsWritten = Stamp.NONE;
    private long pages;

    Candidacy(Term term, MapValue.Seats seats, Guards guards) {
        this.term = term;
        this.seats = seats;
        this.guards = guards;
        asked.addAll(seats.filled());
    }

    Term term() {
        return term;
    }

    /** The seats whose quorum counts, as far as promises have told. */
    MapValue.Seats seats() {
        return seats;
    }

    /** Pages that were read so far; none counts before a quorum has promised. */
    long pages() {
        long promised = seats.filled().stream().filter(readings::containsKey).count();
        return promised >= guards.promiseQuorum(seats) ? pages : 0;
    }

    /** Whether a seat that was asked has promised to a number that is not below this one. */
    boolean isRefused(NodeId seat, CoordinatorMessage.PromiseRefused message) {
        return message.term().equals(term) && asked.contains(seat) && message.highestNumber() >= term.number();
    }

    /** Asks, or asks again, whatever has not been answered. */
    void ask(Turn turn) {
        for (NodeId holder : seats.filled()) {
            Reading reading = readings.get(holder);
            if (reading == null) {
                turn.send(holder, new SeatMessage.PromiseRequest(term));
            } else if (!reading.finished) {
                turn.send(holder, new SeatMessage.ReadRequest(term, reading.after));
            }
        }
    }

    void onPromised(NodeId seat, CoordinatorMessage.Promised message, Turn turn) {
        if (!message.term().equals(term) || !asked.contains(seat) || readings.containsKey(seat)) {
            return;
        }
        readings.put(seat, new Reading(message.complete()));
        turn.send(seat, new SeatMessage.ReadRequest(term, EntryKey.NONE));
        if (seatsWritten.isBelow(message.written()) && guards.followsNewerSeats()) {
            seats = message.seats();
            seatsWritten = message.written();
            for (NodeId holder : seats.filled()) {
                if (asked.add(holder)) {
                    turn.send(holder, new SeatMessage.PromiseRequest(term));
                }
            }
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
        pages++;
        reading.entries.addAll(page.entries());
        if (page.last() || page.entries().isEmpty()) {
            reading.finished = true;
            return read().size() >= guards.promiseQuorum(seats);
        }
        reading.after = page.entries().get(page.entries().size() - 1).key();
        turn.send(seat, new SeatMessage.ReadRequest(term, reading.after));
        return false;
    }

    /** Readings in full of seats that count. */
    private List<Reading> read() {
        List<Reading> finished = new ArrayList<>();
        for (NodeId holder : seats.filled()) {
            Reading reading = readings.get(holder);
            if (reading != null && reading.finished) {
                finished.add(reading);
            }
        }
        return finished;
    }

    /**
     * All readings merged. What is stamped below the latest snapshot that some seat holds in full, and is not in it, was
     * removed: everything committed before that snapshot is in it under a higher stamp.
     */
    EntryStore merged() {
        EntryStore merged = new EntryStore();
        Stamp complete = Stamp.NONE;
        for (Reading reading : read()) {
            reading.entries.forEach(merged::merge);
            complete = complete.isBelow(reading.complete) ? reading.complete : complete;
        }
        merged.dropUpTo(complete);
        return merged;
    }
}
