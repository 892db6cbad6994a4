package io.shardhold.internal.coordinator;

import io.shardhold.cluster.NodeId;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who loses contact again and again. A member that a quorum of seats lost three times within ten minutes is drained: its
 * shards move away until it has been quiet for so long, and it stays a member. Bounded by the members.
 */
final class Flapping {
    private static final int LOSSES = 3;
    private static final long WINDOW_NANOS = 600_000_000_000L;

    /** One member's losses of contact. */
    private static final class History {
        private final Deque<Long> lostAtNanos = new ArrayDeque<>();
        private boolean lost;
    }

    private final Map<NodeId, History> histories = new TreeMap<>();

    /** Takes note of whether a quorum of seats worries about the member at this moment. */
    void observe(NodeId member, boolean lost, long nowNanos) {
        History history = histories.computeIfAbsent(member, id -> new History());
        if (lost && !history.lost) {
            history.lostAtNanos.addLast(nowNanos);
            if (history.lostAtNanos.size() > LOSSES) {
                history.lostAtNanos.removeFirst();
            }
        }
        history.lost = lost;
    }

    void retain(Collection<NodeId> members) {
        histories.keySet().retainAll(members);
    }

    boolean isDrained(NodeId member, long nowNanos) {
        History history = histories.get(member);
        return history != null
                && history.lostAtNanos.size() == LOSSES
                && nowNanos - history.lostAtNanos.getFirst() < WINDOW_NANOS;
    }
}
