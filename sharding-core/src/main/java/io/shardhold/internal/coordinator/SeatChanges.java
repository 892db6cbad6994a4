package io.shardhold.internal.coordinator;

import io.shardhold.cluster.Member;
import io.shardhold.cluster.MemberStatus;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.EntryKey;
import io.shardhold.internal.protocol.MapValue;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Gives seats back to restarted seeds, one at a time.
 *
 * <pre>
 *   HELD by a removed incarnation --another one at the address is up--> emptied, on a quorum before and after
 *   EMPTY --an incarnation at the address is up--> it learns the map --nearly done--> filled, on a quorum before and after
 * </pre>
 *
 * <p>Never one swap: quorums before and after it need not meet. A dead seed keeps its seat until its successor is there: an
 * empty seat says no as well, and two changes are two more that can fail. A learner that is silent gives way to the next.
 */
final class SeatChanges {
    private final Tenure.Setup setup;
    private final Tenure tenure;
    private final Writes writes;
    private @Nullable NodeId learner;
    /** How far the learner was at the last tick; -1 if it has just begun. */
    private long learnt = -1;
    /** The learner that has accepted nothing more within a tick, and how far it was. */
    private @Nullable NodeId silent;

    private long silentAt;

    SeatChanges(Tenure.Setup setup, Tenure tenure) {
        this.setup = setup;
        this.tenure = tenure;
        this.writes = tenure.writes();
    }

    /** Looks whether there is a next step. */
    void consider() {
        if (!writes.isChangingSeats()) {
            NodeId next = begin();
            if (!writes.isChangingSeats()) {
                learnt = Objects.equals(next, learner) ? learnt : -1;
                learner = next;
                writes.teach(next);
            }
        }
    }

    /** As {@link #consider}, now and then: a learner that does not come along is not waited for. */
    void tick() {
        writes.takeBackChange();
        if (learner != null) {
            long now = writes.learnt(learner);
            if (now == learnt) {
                silent = learner;
                silentAt = now;
            }
            learnt = now;
        }
        consider();
    }

    /** Begins a change if there is one to begin; returns who is to learn first. */
    private @Nullable NodeId begin() {
        MapValue.Seats seats = writes.seats();
        NodeId idle = null;
        for (int seat = 0; seat < seats.seeds().size(); seat++) {
            Optional<NodeId> holder = seats.holders().get(seat);
            NodeId successor = successor(seats.seeds().get(seat)).orElse(null);
            if (successor == null || holder.equals(Optional.of(successor))) {
                continue;
            }
            if (holder.isPresent() && setup.guards().emptiesFirst()) {
                if (isRemoved(holder.get())) {
                    writes.changeSeats(seats.with(tenure.nextAge(), seat, Optional.empty()), null);
                }
            } else if (writes.hasNearlyLearnt(successor) && !isSilent(successor)) {
                writes.changeSeats(seats.with(tenure.nextAge(), seat, Optional.of(successor)), successor);
            } else if (!isSilent(successor)) {
                return successor;
            } else {
                idle = successor; // gives way to the next one
                continue;
            }
            return null;
        }
        return idle;
    }

    /** Whether it is behind and has accepted nothing for a tick: waiting for it would hold up all writes, and other learners. */
    private boolean isSilent(NodeId newcomer) {
        long now = writes.learnt(newcomer);
        return newcomer.equals(silent) && now <= silentAt && now < writes.nextSequence() - 1;
    }

    /** The member that is up at a seed address, if its entry is on a quorum. */
    private Optional<NodeId> successor(String address) {
        return writes.store().serving().stream()
                .filter(m -> m.status() == MemberStatus.UP)
                .map(Member::id)
                .filter(id -> id.address().equals(address) && writes.isCommitted(EntryKey.member(id)))
                .findFirst();
    }

    /** Whether nobody counts on the incarnation any more: it has its verdict or has left, or is forgotten. */
    private boolean isRemoved(NodeId holder) {
        return writes.store()
                .member(holder)
                .map(m -> !m.status().mayServe() && writes.isCommitted(EntryKey.member(holder)))
                .orElse(true);
    }
}
