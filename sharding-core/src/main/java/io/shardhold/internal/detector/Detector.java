package io.shardhold.internal.detector;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import io.shardhold.config.Timings;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.Moment;
import io.shardhold.internal.kernel.RightToServe;
import io.shardhold.internal.kernel.TurnedMachine;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.DetectorMessage;
import io.shardhold.internal.protocol.DetectorMessage.Consent;
import io.shardhold.internal.protocol.EntryKey;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.SeatMessage;
import io.shardhold.internal.protocol.Term;
import io.shardhold.internal.signal.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Asks all seats for consent, again and again, and so knows how long this node may serve.
 *
 * <pre>
 *   WITHOUT RIGHT --quorum of consents, sent less than the consent time ago--> WITH RIGHT
 *   WITH RIGHT --the quorum-th latest of them is older than that, on either clock--> WITHOUT RIGHT
 * </pre>
 *
 * <p>The right counts from the moment at which a probe was <em>sent</em>, so that a late answer never lengthens it: the
 * seat gave its consent after that. Consents of another cluster or configuration do not count. When the seats change, what
 * was earned under those before lasts until its end, as any right does: no quorum of them consents once the change is
 * committed, and whoever waits for rights to end begins to wait after that. Twice: the same probe gives the same moment. It
 * also hears from the seats whom they want to coordinate, and who does; for that any seat counts, since a takeover may be
 * what settles the seats.
 */
public final class Detector extends TurnedMachine {
    private enum Timer {
        PROBE,
        RIGHT_ENDS
    }

    private static final int REMEMBERED_PROBES = 64;

    /** What one seat said last. */
    private static final class SeatView {
        private @Nullable Moment consentedProbe;
        private @Nullable Moment answeredProbe;
        private boolean hintsAtMe;
        private boolean unknown;
    }

    private final Timings timings;
    private final RightToServe right;
    private final Guards guards;
    private final TreeMap<Long, Moment> sentProbes = new TreeMap<>();
    private final Map<NodeId, SeatView> views = new TreeMap<>();
    private long clusterId;
    /** The seats under which consents are counted. */
    private MapValue.@Nullable Seats seats;

    /** The seats as the map has them. */
    private MapValue.@Nullable Seats known;

    /** Seats under which a coordinator of this node writes; they need not be committed yet. */
    private MapValue.@Nullable Seats adopted;

    /** When the right ends that was earned under other seats. */
    private @Nullable Moment earned;

    private @Nullable Moment ownEntrySeen;
    private long probe;
    private boolean held;
    private boolean leading;
    private boolean mayLead = true;
    private boolean givenUp;
    private long highestNumber;

    public Detector(Timings timings, RightToServe right, Guards guards) {
        this.timings = timings;
        this.right = right;
        this.guards = guards;
    }

    @Override
    public Optional<ControlMessage.Family> family() {
        return Optional.of(ControlMessage.Family.DETECTOR);
    }

    @Override
    protected void receive(NodeId from, ControlMessage message) {
        ((DetectorMessage) message).dispatch(from, this::onProbeAck);
    }

    @Override
    protected void due(Object key) {
        if (key == Timer.PROBE) {
            sendProbes();
            turn().startTimer(Timer.PROBE, timings.probe().toNanos());
        }
        judge();
    }

    @Override
    public void onStarted(Signal.Started signal) {
        turn().startTimer(Timer.PROBE, 0);
    }

    @Override
    public void onSeatTaken(Signal.SeatTaken signal) {
        clusterId = signal.clusterId();
        onKnown(signal.seats());
    }

    @Override
    public void onSeatsAdopted(Signal.SeatsAdopted signal) {
        adopted = signal.seats();
        MapValue.Seats next = adopted == null ? known : adopted;
        if (next != null) {
            occupy(next);
        }
    }

    @Override
    public void onLeaseReach(Signal.LeaseReach signal) {
        mayLead = signal.reached();
    }

    private void onKnown(MapValue.Seats committed) {
        if (known == null || known.configuration() != committed.configuration()) {
            turn().publish(new ClusterEvent.SeatsChanged(committed.list()));
        }
        known = committed;
        if (adopted == null || adopted.configuration() == committed.configuration()) {
            adopted = null;
            occupy(committed);
        }
    }

    @Override
    public void onClusterEntered(Signal.ClusterEntered signal) {
        clusterId = signal.clusterId();
    }

    @Override
    public void onGivingUp(Signal.GivingUp signal) {
        givenUp = true;
        judge();
    }

    @Override
    public void onMapChanged(Signal.MapChanged signal) {
        for (MapValue value : signal.changed()) {
            if (value instanceof MapValue.Seats changed) {
                onKnown(changed);
            } else if (value instanceof MapValue.MemberEntry own && own.key().equals(EntryKey.member(turn().self()))) {
                onOwnEntry(own);
            }
        }
        for (MapValue value : signal.removed()) {
            if (value instanceof MapValue.MemberEntry own && own.key().equals(EntryKey.member(turn().self()))) {
                turn().signal(new Signal.VerdictLearned("the map has forgotten this node"));
            }
        }
    }

    private void onOwnEntry(MapValue.MemberEntry own) {
        switch (own.member().status()) {
            case UP, LEAVING -> {
                if (ownEntrySeen == null) {
                    ownEntrySeen = turn().now();
                }
            }
            case DOWN -> turn().signal(new Signal.VerdictLearned("the map shows the verdict on this node"));
            case LEFT -> {}
        }
    }

    /** Counts consents under these seats from now on. */
    private void occupy(MapValue.Seats occupied) {
        if (seats != null && !guards.sameConfiguration(seats.configuration(), occupied.configuration())) {
            earned = rightEnd(seats);
            views.values().forEach(view -> view.consentedProbe = null);
        }
        seats = occupied;
        views.keySet().retainAll(occupied.filled());
        for (NodeId holder : occupied.filled()) {
            views.computeIfAbsent(holder, id -> new SeatView());
        }
        sendProbes();
    }

    private void sendProbes() {
        if (seats == null || givenUp) {
            return;
        }
        probe++;
        sentProbes.put(probe, turn().now());
        while (sentProbes.size() > REMEMBERED_PROBES) {
            sentProbes.pollFirstEntry();
        }
        for (NodeId holder : seats.filled()) {
            if (guards.mayProbe(silentNanos(holder))) {
                turn().send(holder, new SeatMessage.Probe(clusterId, probe, held, mayLead, highestNumber));
            }
        }
    }

    /** How old the latest probe is that this seat has answered; 0 if it has never answered. */
    private long silentNanos(NodeId holder) {
        SeatView view = views.get(holder);
        return view == null || view.answeredProbe == null ? 0 : turn().now().nanosSince(view.answeredProbe);
    }

    private void onProbeAck(NodeId from, DetectorMessage.ProbeAck ack) {
        SeatView view = views.get(from);
        Moment sent = sentProbes.get(ack.probe());
        if (view == null || sent == null || seats == null || ack.clusterId() != clusterId) {
            return;
        }
        highestNumber = Math.max(highestNumber, ack.highestNumber());
        if (view.answeredProbe == null || sent.nanosSince(view.answeredProbe) >= 0) {
            view.answeredProbe = sent;
            view.hintsAtMe = ack.leader().equals(Optional.of(turn().self()));
            view.unknown =
                    ack.consent() == Consent.UNKNOWN && ownEntrySeen != null && sent.nanosSince(ownEntrySeen) > 0;
        }
        if (ack.consent() == Consent.GIVEN
                && guards.sameConfiguration(seats.configuration(), ack.configuration())
                && (view.consentedProbe == null || sent.nanosSince(view.consentedProbe) > 0)) {
            view.consentedProbe = sent;
        } else if (ack.consent() == Consent.REMOVED) {
            turn().signal(new Signal.VerdictLearned("seat " + from + " holds the verdict on this node"));
        }
        if (views.values().stream().filter(v -> v.unknown).count() >= seats.quorum()) {
            turn().signal(new Signal.VerdictLearned("a quorum of seats does not know this node"));
        }
        Optional<Term> active = ack.active();
        active.ifPresent(term -> turn().signal(new Signal.CoordinatorHeard(term, ack.committed(), from)));
        judge();
    }

    /** Draws the conclusions of what the seats said and of the time that has passed. */
    private void judge() {
        if (seats == null) {
            return;
        }
        Moment end = givenUp ? turn().now() : rightEnd(seats);
        right.extendTo(end);
        boolean holds = !turn().now().eitherReached(end);
        if (holds) {
            long nanosLeft = end.nanosSince(turn().now());
            turn().startTimer(
                            Timer.RIGHT_ENDS,
                            Math.max(1, Math.min(nanosLeft, timings.probe().toNanos())));
        }
        if (holds != held) {
            held = holds;
            publishRight(seats);
        }
        boolean leads = leads(seats);
        if (leads != leading) {
            leading = leads;
            turn().signal(new Signal.LeadershipChanged(leading, highestNumber));
        }
    }

    private void publishRight(MapValue.Seats occupied) {
        if (held) {
            turn().publish(new ClusterEvent.RightGained());
        } else {
            turn().count(Counter.RIGHTS_LOST);
            turn().publish(new ClusterEvent.RightLost(missing(occupied)));
        }
        turn().signal(new Signal.RightChanged(held));
    }

    /** When the right ends: what was earned under these seats or those before, whichever lasts longer. */
    private Moment rightEnd(MapValue.Seats occupied) {
        Moment now = turn().now();
        Moment end = consentedEnd(occupied);
        return earned != null && earned.nanosLeft(now) > end.nanosLeft(now) ? earned : end;
    }

    /** The quorum-th latest consented probe plus the consent time, on each clock by itself. */
    private Moment consentedEnd(MapValue.Seats occupied) {
        List<Moment> consented = new ArrayList<>();
        for (SeatView view : views.values()) {
            if (view.consentedProbe != null) {
                consented.add(view.consentedProbe);
            }
        }
        int quorum = guards.quorum(occupied, heard());
        if (consented.size() < quorum) {
            return turn().now();
        }
        long origin = turn().now().monoNanos();
        long mono = consented.stream()
                .map(m -> m.monoNanos() - origin)
                .sorted((a, b) -> Long.compare(b, a))
                .toList()
                .get(quorum - 1);
        long wall = consented.stream()
                .map(Moment::wallMillis)
                .sorted((a, b) -> Long.compare(b, a))
                .toList()
                .get(quorum - 1);
        return new Moment(origin + mono, wall).plusNanos(timings.consent().toNanos());
    }

    private boolean leads(MapValue.Seats occupied) {
        long fresh = timings.consent().toNanos();
        long hints = views.values().stream()
                .filter(v ->
                        v.hintsAtMe && v.answeredProbe != null && turn().now().nanosSince(v.answeredProbe) < fresh)
                .count();
        return hints >= guards.quorum(occupied, heard());
    }

    /** How many seats have answered within the consent time. */
    private long heard() {
        long fresh = timings.consent().toNanos();
        return views.values().stream()
                .filter(v -> v.answeredProbe != null && turn().now().nanosSince(v.answeredProbe) < fresh)
                .count();
    }

    /** The seats that do not consent: empty ones, and those whose holder does not answer. */
    private List<String> missing(MapValue.Seats occupied) {
        List<String> missing = new ArrayList<>();
        for (int i = 0; i < occupied.seeds().size(); i++) {
            Optional<NodeId> holder = occupied.holders().get(i);
            SeatView view = holder.map(views::get).orElse(null);
            boolean consents = view != null
                    && view.consentedProbe != null
                    && turn().now().nanosSince(view.consentedProbe)
                            < timings.consent().toNanos();
            if (!consents) {
                missing.add(occupied.seeds().get(i) + (holder.isEmpty() ? " (empty seat)" : ""));
            }
        }
        return missing;
    }
}
