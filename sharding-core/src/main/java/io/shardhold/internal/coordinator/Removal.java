package io.shardhold.internal.coordinator;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.Member;
import io.shardhold.cluster.MemberStatus;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.kernel.Turn;
import io.shardhold.internal.kernel.Wait;
import io.shardhold.internal.protocol.EntryKey;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.MembershipMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Removes members: by verdict when a quorum of seats has lost them, at once when they said goodbye; and knows since when
 * nothing of a removed member can run any more.
 *
 * <pre>
 *   UP, LEAVING --verdict on a quorum--> DOWN --consent time + margin, on both clocks--> gone
 *   UP, LEAVING --goodbye--> LEFT = gone
 * </pre>
 */
final class Removal {
    private static final int KEPT_VERDICTS = 64;
    private static final int NOTIFIED = 64;

    private final Tenure.Setup setup;
    private final Writes writes;
    private final ShardTable table;
    private final Troubles troubles;
    private final Map<NodeId, Wait> waits = new TreeMap<>();
    private final TreeSet<NodeId> gone = new TreeSet<>();
    private final Flapping flapping = new Flapping();
    private Consumer<NodeId> onGone = id -> {};

    Removal(Tenure.Setup setup, Writes writes, ShardTable table, Troubles troubles) {
        this.setup = setup;
        this.writes = writes;
        this.table = table;
        this.troubles = troubles;
    }

    /** What to do when nothing of a member can run any more. */
    void onGone(Consumer<NodeId> action) {
        onGone = action;
    }

    private Turn turn() {
        return setup.turn().get();
    }

    private long nowNanos() {
        return turn().now().monoNanos();
    }

    /** Whether nothing of this member can run any more. */
    boolean isGone(NodeId member) {
        return gone.contains(member);
    }

    /** Whether the member loses contact so often that its shards had better be elsewhere. */
    boolean isDrained(NodeId member) {
        return flapping.isDrained(member, nowNanos());
    }

    /** Members with a verdict whose wait is not over. */
    int waiting() {
        return waits.size();
    }

    /** Draws the conclusions of what the seats report. */
    void judge() {
        int quorum = setup.guards().quorum(writes.seats());
        List<Member> serving = writes.store().serving();
        flapping.retain(serving.stream().map(Member::id).toList());
        for (Member member : serving) {
            NodeId id = member.id();
            if (id.equals(turn().self())) {
                continue;
            }
            flapping.observe(id, troubles.worries(id, nowNanos()) >= quorum, nowNanos());
            if (troubles.saidGoodbye(id, nowNanos())) {
                part(id);
            } else if (troubles.votesAgainst(id, nowNanos()) >= quorum) {
                condemn(id, "a quorum of seats has lost it");
            }
        }
    }

    /** The member has said goodbye after its last handler had returned. */
    void part(NodeId id) {
        changeStatus(id, MemberStatus.LEFT);
    }

    /** The member is removed; what it hosts goes elsewhere after the wait. */
    void condemn(NodeId id, String reason) {
        if (changeStatus(id, MemberStatus.DOWN)) {
            turn().count(Counter.VERDICTS);
            turn().publish(new ClusterEvent.Verdict(id, reason));
        }
    }

    private boolean changeStatus(NodeId id, MemberStatus next) {
        return writes.store()
                .member(id)
                .filter(m -> m.status().mayServe() && writes.isCommitted(EntryKey.member(id)))
                .map(m -> {
                    writes.write(new MapValue.MemberEntry(m.with(next)));
                    return true;
                })
                .orElse(false);
    }

    /** A member's status is on a quorum. */
    void onStatusCommitted(Member member) {
        if (member.status() == MemberStatus.LEFT) {
            become(member.id());
        } else if (member.status() == MemberStatus.DOWN && !gone.contains(member.id())) {
            long wait = setup.timings().verdictWait().toNanos();
            waits.computeIfAbsent(member.id(), id -> new Wait(turn().now(), wait));
            turn().startTimer(member.id(), wait);
        }
    }

    /** Looks whether a wait is over. */
    void onWaitDue(NodeId member) {
        Wait wait = waits.get(member);
        if (wait == null) {
            return;
        }
        if (setup.guards().mayPlaceAgain(wait, turn().now())) {
            waits.remove(member);
            become(member);
        } else {
            turn().startTimer(member, setup.timings().retry().toNanos() / 10);
        }
    }

    /** Looks at all waits: a timer that came while the coordinator could not act is not lost. */
    void checkWaits() {
        List.copyOf(waits.keySet()).forEach(this::onWaitDue);
    }

    private void become(NodeId member) {
        if (gone.add(member)) {
            onGone.accept(member);
        }
    }

    /** Tells lost members that they are lost, the newest incarnation of each name. */
    void notifyLost() {
        Map<String, NodeId> newest = new TreeMap<>();
        for (Member member : writes.store().members()) {
            if (member.status() == MemberStatus.DOWN && newest.size() < NOTIFIED) {
                newest.merge(member.id().name(), member.id(), (a, b) -> a.incarnation() > b.incarnation() ? a : b);
            } else if (member.status().mayServe()) {
                newest.remove(member.id().name());
            }
        }
        newest.values()
                .forEach(id -> turn().send(
                                id,
                                new MembershipMessage.VerdictNotice(
                                        writes.term().clusterId())));
    }

    /** Forgets old verdicts once there are many: members without seat and shards, of whom nothing can run. */
    void forget() {
        List<Member> removed = writes.store().members().stream()
                .filter(m -> isGone(m.id()) && !writes.seats().holds(m.id()))
                .toList();
        if (removed.size() < KEPT_VERDICTS || !writes.isQuiet()) {
            return;
        }
        List<EntryKey> forgettable = new ArrayList<>();
        for (Member member : removed) {
            if (table.touching(member.id()).isEmpty()) {
                forgettable.add(EntryKey.member(member.id()));
                gone.remove(member.id());
            }
        }
        if (!forgettable.isEmpty()) {
            writes.rewriteWithout(forgettable);
        }
    }
}
