package io.shardhold.internal.crdt;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.Member;
import io.shardhold.cluster.NodeId;
import io.shardhold.config.Timings;
import io.shardhold.internal.kernel.TurnedMachine;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.Entry;
import io.shardhold.internal.protocol.MapSegment;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.ReplicaMessage;
import io.shardhold.internal.protocol.Stamp;
import io.shardhold.internal.protocol.Term;
import io.shardhold.internal.signal.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The copy of the map that every node holds: committed entries only, so that routes may be taken from it.
 *
 * <p>The coordinator pushes what it commits; who misses something pulls it, from the coordinator or from any other copy.
 * Once per retry interval each copy tells a random member how far it is (gossip), so that a copy catches up even if it
 * cannot reach the coordinator. A copy reads the writes of one term as a stream from position 0; a higher term starts
 * over, and what the old one wrote stays until the snapshot of the new one is complete.
 *
 * <p>Twice: merging is idempotent. Late: a stretch behind the position is ignored. Lower term: ignored.
 */
public final class Replica extends TurnedMachine {
    private enum Timer {
        GOSSIP,
        PULLED
    }

    private final Timings timings;
    private final EntryStore store = new EntryStore();
    private final Messages messages = new Messages();
    private long clusterId;
    private @Nullable Term term;
    private long applied;
    private long snapshotStart;
    private long snapshotEnd;
    private Stamp complete = Stamp.NONE;
    private boolean pulling;
    private @Nullable NodeId pullSource;
    private long pullPosition;

    public Replica(Timings timings) {
        this.timings = timings;
    }

    @Override
    public Optional<ControlMessage.Family> family() {
        return Optional.of(ControlMessage.Family.REPLICA);
    }

    @Override
    protected void receive(NodeId from, ControlMessage message) {
        ((ReplicaMessage) message).dispatch(from, messages);
    }

    @Override
    protected void due(Object key) {
        if (key == Timer.PULLED) {
            pulling = false;
        } else if (key == Timer.GOSSIP) {
            gossip();
            turn().startTimer(Timer.GOSSIP, timings.retry().toNanos());
        }
    }

    @Override
    public void onStarted(Signal.Started signal) {
        turn().startTimer(Timer.GOSSIP, timings.retry().toNanos());
    }

    @Override
    public void onClusterEntered(Signal.ClusterEntered signal) {
        clusterId = signal.clusterId();
    }

    @Override
    public void onSeatTaken(Signal.SeatTaken signal) {
        clusterId = signal.clusterId();
    }

    @Override
    public void onCommitted(Signal.Committed signal) {
        List<NodeId> others = store.serving().stream()
                .map(Member::id)
                .filter(id -> !id.equals(turn().self()))
                .toList();
        for (MapSegment segment : signal.segments()) {
            apply(signal.term(), segment);
            for (NodeId other : others) {
                turn().send(other, new ReplicaMessage.MapPage(signal.term(), segment, signal.committed()));
            }
        }
    }

    @Override
    public void onCoordinatorHeard(Signal.CoordinatorHeard signal) {
        Term heard = signal.term();
        boolean behind = heard.clusterId() == clusterId
                && (heard.number() > number() || (heard.number() == number() && signal.committed() > applied));
        if (behind && !signal.source().equals(turn().self())) {
            pull(signal.source());
        }
    }

    private void gossip() {
        List<Member> members = store.serving();
        if (clusterId == 0 || members.size() < 2) {
            return;
        }
        NodeId peer = members.get(turn().chance().below(members.size())).id();
        if (!peer.equals(turn().self())) {
            turn().send(peer, new ReplicaMessage.MapDigest(clusterId, number(), applied));
        }
    }

    private void pull(NodeId source) {
        if (!pulling) {
            pulling = true;
            pullSource = source;
            pullPosition = applied;
            turn().startTimer(Timer.PULLED, timings.retry().toNanos());
            turn().send(source, new ReplicaMessage.MapPull(clusterId, number(), applied));
        }
    }

    private long number() {
        return term == null ? 0 : term.number();
    }

    private void sendPage(NodeId to, long theirNumber, long theirApplied) {
        if (term != null) {
            long from = theirNumber == number() ? theirApplied : 0;
            MapSegment segment = store.segment(number(), from, applied, snapshotStart, snapshotEnd);
            turn().send(to, new ReplicaMessage.MapPage(term, segment, applied));
        }
    }

    /** Takes a stretch if it continues what is here; returns whether it did. */
    private boolean apply(Term from, MapSegment segment) {
        boolean newTerm = from.number() > number();
        if (newTerm ? segment.from() > 0 : from.number() < number() || segment.from() > applied) {
            return false;
        }
        if (newTerm) {
            term = from;
            applied = 0;
        }
        if (segment.to() < applied) {
            return true;
        }
        List<MapValue> changed = new ArrayList<>();
        for (Entry entry : segment.entries()) {
            mergeAndTell(entry, changed);
        }
        applied = Math.max(applied, segment.to());
        if (newTerm || segment.snapshotStart() >= snapshotStart) {
            snapshotStart = segment.snapshotStart();
            snapshotEnd = segment.snapshotEnd();
        }
        List<MapValue> removed = new ArrayList<>();
        Stamp start = new Stamp(number(), snapshotStart);
        if (applied >= snapshotEnd && complete.isBelow(start)) {
            complete = start;
            store.dropUpTo(start).forEach(entry -> removed.add(entry.value()));
        }
        if (!changed.isEmpty() || !removed.isEmpty()) {
            turn().signal(new Signal.MapChanged(changed, removed));
        }
        return true;
    }

    private void mergeAndTell(Entry entry, List<MapValue> changed) {
        Entry before = store.get(entry.key());
        if (store.merge(entry) && (before == null || !before.value().equals(entry.value()))) {
            changed.add(entry.value());
            if (entry.value() instanceof MapValue.MemberEntry member) {
                turn().publish(new ClusterEvent.MemberChanged(member.member()));
            }
        }
    }

    /** What other copies say. */
    private final class Messages implements ReplicaMessage.Handler {
        @Override
        public void onMapDigest(NodeId from, ReplicaMessage.MapDigest message) {
            if (message.clusterId() != clusterId) {
                return;
            }
            if (message.number() > number() || (message.number() == number() && message.applied() > applied)) {
                pull(from);
            } else if (message.number() < number() || message.applied() < applied) {
                sendPage(from, message.number(), message.applied());
            }
        }

        @Override
        public void onMapPull(NodeId from, ReplicaMessage.MapPull message) {
            if (message.clusterId() == clusterId && message.number() <= number()) {
                sendPage(from, message.number(), message.applied());
            }
        }

        @Override
        public void onMapPage(NodeId from, ReplicaMessage.MapPage message) {
            boolean trusted = store.size() == 0
                    || from.equals(message.term().node())
                    || store.member(from).isPresent();
            if (message.term().clusterId() != clusterId || !trusted) {
                return;
            }
            boolean taken = apply(message.term(), message.segment());
            if (!taken && message.term().number() < number()) {
                return;
            }
            if (from.equals(pullSource)
                    && (message.segment().from() == pullPosition
                            || message.segment().from() == 0)) {
                pulling = false;
            }
            if (!taken || message.reached() > applied) {
                pull(from);
            }
        }
    }
}
