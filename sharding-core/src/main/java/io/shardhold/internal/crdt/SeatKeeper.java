package io.shardhold.internal.crdt;

import io.shardhold.cluster.Member;
import io.shardhold.cluster.MemberStatus;
import io.shardhold.cluster.NodeId;
import io.shardhold.config.Timings;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.TurnedMachine;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.CoordinatorMessage;
import io.shardhold.internal.protocol.CoordinatorMessage.Trouble;
import io.shardhold.internal.protocol.CoordinatorMessage.Worry;
import io.shardhold.internal.protocol.DetectorMessage;
import io.shardhold.internal.protocol.DetectorMessage.Consent;
import io.shardhold.internal.protocol.Entry;
import io.shardhold.internal.protocol.EntryKey;
import io.shardhold.internal.protocol.MapSegment;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.SeatMessage;
import io.shardhold.internal.protocol.Stamp;
import io.shardhold.internal.protocol.Term;
import io.shardhold.internal.signal.Signal;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the seat of a seed: accepts what coordinators write, promises to candidates, consents to members.
 *
 * <pre>
 *   EMPTY --agrees to a founding--> AGREED --accepts seats that name it--> HOLDER
 *   EMPTY --a coordinator of its cluster writes to it--> LEARNER --accepts seats that name it--> HOLDER
 *   HOLDER --accepts seats that do not name it--> LEARNER;   any --its node gives up--> (new incarnation)
 * </pre>
 *
 * <p>It speaks under the seats with the highest stamp that it has accepted, committed or not. Who learns accepts like a holder
 * but has no voice: it answers no probe and promises nothing.
 *
 * <p>Three rules carry the safety of the cluster. (1) Once it has promised to a term, or accepted of it, it accepts
 * nothing lower by any path. (2) It consents only to incarnations whose up or leaving entry it has accepted, so a verdict
 * ends consent with its acceptance, not with its commit. (3) While an active coordinator is in contact it promises to
 * nobody else. Everything is in memory: who restarts is another incarnation and has no seat.
 *
 * <p>Twice: accepting and promising to the same term again is harmless. Late or from a lower term: refused, with the
 * higher number.
 */
public final class SeatKeeper extends TurnedMachine {
    private enum Timer {
        TICK
    }

    private static final int TICKS_PER_PROBE = 5;

    private final Timings timings;
    private final Guards guards;
    private final EntryStore store = new EntryStore();
    private final HeardMembers heard;
    private final Messages messages = new Messages();
    private long clusterId;
    /** The seats as accepted; null before this node's cluster has written anything here. */
    private @Nullable Entry seats;

    private boolean holder;
    private long promisedNumber;
    private @Nullable NodeId promisedNode;
    private long followed;
    private long applied;
    private long snapshotStart;
    private Stamp complete = Stamp.NONE;
    private @Nullable Term active;
    private long activeHeardNanos;
    private long activeCommitted;
    private long activeBeat;
    private long lastingReported;
    private long lastTickNanos;

    public SeatKeeper(Timings timings, Guards guards) {
        this.timings = timings;
        this.guards = guards;
        this.heard = new HeardMembers(timings.detection().toNanos());
    }

    @Override
    public Optional<ControlMessage.Family> family() {
        return Optional.of(ControlMessage.Family.SEAT);
    }

    @Override
    protected void receive(NodeId from, ControlMessage message) {
        heard.onIncarnation(from);
        ((SeatMessage) message).dispatch(from, messages);
    }

    @Override
    protected void due(Object key) {
        long now = nowNanos();
        if (now - lastTickNanos > timings.detection().toNanos() / 2) {
            heard.onAwake(now);
            activeHeardNanos = now;
        }
        lastTickNanos = now;
        reportNewLosses(now);
        turn().startTimer(Timer.TICK, tickNanos());
    }

    @Override
    public void onStarted(Signal.Started signal) {
        lastTickNanos = nowNanos();
        turn().startTimer(Timer.TICK, tickNanos());
    }

    private long tickNanos() {
        return timings.probe().toNanos() / TICKS_PER_PROBE;
    }

    /** Tells the coordinator between two beats when a trouble begins to last: the bound of a takeover counts on it. */
    private void reportNewLosses(long now) {
        long lastingMillis = timings.detection().plus(timings.stable()).toMillis();
        List<Trouble> troubles = heard.troubles(store.serving(), now);
        long lasting = troubles.stream()
                .filter(t -> t.worry() != Worry.SILENT || t.millis() >= lastingMillis)
                .count();
        if (holder && lasting > lastingReported && activeInContact().isPresent() && active != null) {
            turn().send(active.node(), new CoordinatorMessage.BeatAck(active, activeBeat, troubles));
        }
        lastingReported = lasting;
    }

    @Override
    public void onAgreedToFound(Signal.AgreedToFound signal) {
        promisedNumber = signal.number();
        promisedNode = signal.candidate();
    }

    /** Admitted to a cluster, it takes no page of a founding any more: what it agreed to binds it no longer. */
    @Override
    public void onClusterEntered(Signal.ClusterEntered signal) {
        if (clusterId == 0) {
            promisedNumber = 0;
            promisedNode = null;
        }
        clusterId = signal.clusterId();
    }

    @Override
    public void onPeerSeen(Signal.PeerSeen signal) {
        heard.onIncarnation(signal.peer());
    }

    private long nowNanos() {
        return turn().now().monoNanos();
    }

    private boolean mayObey(NodeId from, Term term) {
        boolean removed = store.member(from).filter(m -> !m.status().mayServe()).isPresent();
        return !removed
                && term.node().equals(from)
                && (clusterId == 0 || term.clusterId() == clusterId)
                && guards.mayObey(promisedNumber, from.equals(promisedNode), term);
    }

    private void promise(Term term) {
        promisedNumber = term.number();
        promisedNode = term.node();
    }

    private Optional<Term> activeInContact() {
        boolean inContact = active != null
                && guards.isInContact(
                        nowNanos() - activeHeardNanos, timings.detection().toNanos());
        return inContact ? Optional.ofNullable(active) : Optional.empty();
    }

    private Optional<NodeId> leader() {
        Optional<Term> contact = activeInContact();
        if (contact.isPresent()) {
            return contact.map(Term::node);
        }
        long now = nowNanos();
        List<NodeId> up = store.serving().stream()
                .filter(m -> m.status() == MemberStatus.UP)
                .map(Member::id)
                .toList();
        // Who does not reach the lease comes last, but comes: where nobody reaches it, somebody has to go on trying.
        // Nobody may have the right: the seats may be divided over a change of them, which only a takeover settles.
        return first(up, id -> heard.couldLead(id, now))
                .or(() -> first(up, id -> heard.hasRight(id, now)))
                .or(() -> first(up, id -> heard.isThere(id, now)));
    }

    private static Optional<NodeId> first(List<NodeId> nodes, Predicate<NodeId> condition) {
        return nodes.stream().filter(condition).findFirst();
    }

    private Consent consentTo(NodeId node) {
        Entry entry = store.get(EntryKey.member(node));
        if (entry == null) {
            return complete.isBelow(new Stamp(promisedNumber, 0)) ? Consent.WITHHELD : Consent.UNKNOWN;
        }
        MemberStatus status = ((MapValue.MemberEntry) entry.value()).member().status();
        if (guards.mayConsent(status)) {
            return heard.saidGoodbye(node) ? Consent.WITHHELD : Consent.GIVEN;
        }
        Stamp stamp = entry.stamp();
        boolean committed = active != null && stamp.number() == active.number() && stamp.sequence() <= activeCommitted;
        return committed ? Consent.REMOVED : Consent.WITHHELD;
    }

    private void accept(Term term, MapSegment segment) {
        if (term.number() > followed) {
            followed = term.number();
            applied = 0;
            snapshotStart = 0;
        }
        segment.entries().forEach(store::merge);
        applied = Math.max(applied, segment.to());
        snapshotStart = Math.max(snapshotStart, segment.snapshotStart());
        Stamp start = new Stamp(followed, segment.snapshotStart());
        boolean latest = segment.snapshotStart() == snapshotStart;
        if (latest && applied >= segment.snapshotEnd() && complete.isBelow(start)) {
            complete = start;
            store.dropUpTo(start);
        }
        heard.retain(store.serving(), nowNanos());
        seats = store.get(EntryKey.SEATS);
        boolean held = holder;
        holder = acceptedSeats().filter(s -> s.holds(turn().self())).isPresent();
        if (holder && !held) {
            heard.onAwake(nowNanos()); // nobody has probed a seat that was not there
        }
    }

    private Optional<MapValue.Seats> acceptedSeats() {
        return seats != null && seats.value() instanceof MapValue.Seats accepted
                ? Optional.of(accepted)
                : Optional.empty();
    }

    /**
     * Whether this is the first page of the founding that this seed agreed to, and names this incarnation as the holder of
     * a seat.
     */
    private boolean foundsWithMe(NodeId from, SeatMessage.Replicate message) {
        return message.term().number() == promisedNumber
                && from.equals(promisedNode)
                && message.segment().from() == 0
                && message.segment().entries().stream()
                        .anyMatch(e -> e.value() instanceof MapValue.Seats offered && offered.holds(turn().self()));
    }

    /** What others say to this seat. */
    private final class Messages implements SeatMessage.Handler {
        @Override
        public void onProbe(NodeId from, SeatMessage.Probe message) {
            if (!holder || message.clusterId() != clusterId) {
                return;
            }
            if (store.member(from).isPresent()) {
                heard.onProbe(from, message.mayServe(), message.mayLead(), nowNanos());
            }
            turn().send(
                            from,
                            new DetectorMessage.ProbeAck(
                                    message.probe(),
                                    clusterId,
                                    acceptedSeats()
                                            .map(MapValue.Seats::configuration)
                                            .orElse(0L),
                                    consentTo(from),
                                    leader(),
                                    activeInContact(),
                                    activeCommitted,
                                    promisedNumber));
        }

        @Override
        public void onPromiseRequest(NodeId from, SeatMessage.PromiseRequest message) {
            Term term = message.term();
            MapValue.Seats accepted = acceptedSeats().orElse(null);
            if (!holder || accepted == null || seats == null || term.clusterId() != clusterId) {
                return;
            }
            Optional<Term> other = activeInContact().filter(t -> !t.node().equals(from));
            if (other.isPresent() || !mayObey(from, term)) {
                turn().send(from, new CoordinatorMessage.PromiseRefused(term, promisedNumber, other));
                return;
            }
            promise(term);
            turn().send(from, new CoordinatorMessage.Promised(term, accepted, seats.stamp(), complete));
        }

        @Override
        public void onReadRequest(NodeId from, SeatMessage.ReadRequest message) {
            if (!holder || !from.equals(promisedNode) || message.term().number() != promisedNumber) {
                return;
            }
            List<Entry> page = store.pageAfter(message.after());
            boolean last = page.isEmpty();
            turn().send(from, new CoordinatorMessage.ReadPage(message.term(), message.after(), page, last));
        }

        @Override
        public void onReplicate(NodeId from, SeatMessage.Replicate message) {
            Term term = message.term();
            boolean entering = clusterId == 0;
            if (entering ? !foundsWithMe(from, message) : term.clusterId() != clusterId) {
                return;
            }
            if (!mayObey(from, term)) {
                turn().send(from, new CoordinatorMessage.ReplicateRefused(term, promisedNumber, 0));
                return;
            }
            long position = term.number() == followed ? applied : 0;
            if (!guards.mayAcceptFrom(message.segment().from(), position)) {
                turn().send(from, new CoordinatorMessage.ReplicateRefused(term, 0, position));
                return;
            }
            clusterId = term.clusterId();
            promise(term);
            accept(term, message.segment());
            if (entering) {
                acceptedSeats().ifPresent(taken -> turn().signal(new Signal.SeatTaken(clusterId, taken)));
            }
            turn().send(from, new CoordinatorMessage.Accepted(term, applied));
        }

        @Override
        public void onBeat(NodeId from, SeatMessage.Beat message) {
            Term term = message.term();
            if (seats == null || term.clusterId() != clusterId) {
                return;
            }
            if (!mayObey(from, term)) {
                turn().send(from, new CoordinatorMessage.ReplicateRefused(term, promisedNumber, 0));
                return;
            }
            promise(term);
            active = term;
            activeHeardNanos = nowNanos();
            activeCommitted = message.committed();
            activeBeat = message.beat();
            turn().send(
                            from,
                            new CoordinatorMessage.BeatAck(
                                    term, message.beat(), heard.troubles(store.serving(), nowNanos())));
            turn().signal(new Signal.CoordinatorHeard(term, message.committed(), from));
        }

        @Override
        public void onResigned(NodeId from, SeatMessage.Resigned message) {
            if (message.term().node().equals(from)) {
                if (message.term().equals(active)) {
                    active = null;
                }
                turn().send(from, new CoordinatorMessage.ResignedAck(message.term()));
            }
        }

        @Override
        public void onGoodbye(NodeId from, SeatMessage.Goodbye message) {
            if (message.clusterId() == clusterId && store.member(from).isPresent()) {
                heard.onGoodbye(from, nowNanos());
            }
        }
    }
}
