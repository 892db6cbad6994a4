package io.shardhold.internal.coordinator;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.kernel.Turn;
import io.shardhold.internal.protocol.SeatMessage;
import io.shardhold.internal.protocol.Term;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Tells the seats that a term acts no more, until each has acknowledged it: then they may promise to somebody else. */
final class Resignation {
    private final TreeSet<NodeId> toTell = new TreeSet<>();
    private @Nullable Term over;

    void begin(Term term, List<NodeId> seats) {
        over = term;
        toTell.clear();
        toTell.addAll(seats);
    }

    void tell(Turn turn) {
        Term term = over;
        if (term != null) {
            toTell.forEach(seat -> turn.send(seat, new SeatMessage.Resigned(term)));
        }
    }

    void onAcknowledged(NodeId seat, Term term) {
        if (term.equals(over)) {
            toTell.remove(seat);
        }
    }
}
