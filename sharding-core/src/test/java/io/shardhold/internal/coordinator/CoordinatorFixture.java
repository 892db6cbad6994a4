package io.shardhold.internal.coordinator;

import io.shardhold.allocation.LeastShards;
import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import io.shardhold.config.Limits;
import io.shardhold.config.Timings;
import io.shardhold.internal.crdt.EntryStore;
import io.shardhold.internal.kernel.FakeLeasePort;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.HeldLease;
import io.shardhold.internal.kernel.Samples;
import io.shardhold.internal.kernel.TurnRecorder;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.CoordinatorMessage;
import io.shardhold.internal.protocol.CoordinatorMessage.Trouble;
import io.shardhold.internal.protocol.Entry;
import io.shardhold.internal.protocol.EntryKey;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.Placement;
import io.shardhold.internal.protocol.RegionMessage;
import io.shardhold.internal.protocol.SeatMessage;
import io.shardhold.internal.protocol.ShardEpoch;
import io.shardhold.internal.protocol.Stamp;
import io.shardhold.internal.protocol.Term;
import io.shardhold.internal.signal.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The coordinator of n1 against three seats, n1 to n3, that are played here: those that are to answer accept and
 * acknowledge everything, the others are silent. What is not for a seat is kept for the test to look at.
 */
final class CoordinatorFixture {
    static final Timings TIMINGS = Timings.DEFAULT;
    static final NodeId N1 = Samples.node("n1");
    static final NodeId N2 = Samples.node("n2");
    static final NodeId N3 = Samples.node("n3");
    static final NodeId N4 = Samples.node("n4");
    static final MapValue.Seats SEATS = Samples.seats(1, 3, N1, N2, N3);

    final TurnRecorder turn = new TurnRecorder(N1);
    final ShardCoordinator coordinator;
    private final HeldLease held;
    private final @Nullable FakeLeasePort port;
    /** Seats that answer. */
    final Set<NodeId> answering = new TreeSet<>(List.of(N1, N2, N3));
    /** What seats worry about. */
    final Map<NodeId, List<Trouble>> troubles = new TreeMap<>();
    /** What of it they answer. */
    BiPredicate<NodeId, SeatMessage> answered = (seat, message) -> true;
    /** The seats that a seat tells of when it promises, if they are others than {@link #SEATS}. */
    final Map<NodeId, Entry> promisedSeats = new TreeMap<>();
    /** Everything that was sent to seats, and to those who learn. */
    final List<TurnRecorder.Sent> toSeats = new ArrayList<>();
    /** What seats have accepted of the coordinator's term. */
    private final Map<NodeId, EntryStore> accepted = new TreeMap<>();
    /** What seats held before. */
    final List<Entry> before = new ArrayList<>();

    Stamp complete = Stamp.NONE;

    @Nullable
    Term term;

    private final List<TurnRecorder.Sent> others = new ArrayList<>();

    CoordinatorFixture() {
        this(Limits.DEFAULT);
    }

    CoordinatorFixture(Limits limits) {
        this(limits, null);
    }

    /** @param port null if the cluster goes without a lease */
    CoordinatorFixture(Limits limits, @Nullable FakeLeasePort port) {
        this.port = port;
        held = new HeldLease(port, Guards.STRICT);
        coordinator = new ShardCoordinator(TIMINGS, limits, Guards.STRICT, new LeastShards(), held);
        signal(new Signal.Started());
    }

    void signal(Signal signal) {
        coordinator.onSignal(signal, turn);
    }

    /** The keeper of the lease is granted it, and tells. */
    void grant(long token) {
        Objects.requireNonNull(port, "no lease").grant(token);
        held.hold(token);
        signal(new Signal.LeaseHeld(token));
    }

    Term term() {
        if (term == null) {
            throw new IllegalStateException("nothing was written yet");
        }
        return term;
    }

    // ---- how the coordinator comes to power --------------------------------------------------------------------

    /** A founding by n1 to n3, all of them hosting; nobody has answered yet. */
    void beginFounding() {
        List<Optional<Signal.Agreement>> agreements = new ArrayList<>();
        for (NodeId seed : List.of(N1, N2, N3)) {
            agreements.add(Optional.of(new Signal.Agreement(seed, Samples.hosting())));
        }
        coordinator.onSignal(new Signal.MajorityAgreed(10, Samples.seeds(3), agreements), turn);
        Term writing = peekTerm();
        coordinator.onSignal(new Signal.SeatTaken(writing.clusterId(), SEATS), turn);
        coordinator.onSignal(new Signal.RightChanged(true), turn);
    }

    private Term peekTerm() {
        List<TurnRecorder.Sent> sent = turn.takeSent();
        unanswered.addAll(sent);
        for (TurnRecorder.Sent one : sent) {
            if (one.message() instanceof SeatMessage.Replicate replicate) {
                return replicate.term();
            }
        }
        throw new IllegalStateException("nothing was written");
    }

    private final List<TurnRecorder.Sent> unanswered = new ArrayList<>();

    /** Founded, active, all regions registered, and the wait after a founding is over. */
    CoordinatorFixture founded() {
        beginFounding();
        play();
        register(N1, N2, N3);
        run(TIMINGS.verdictWait().plusSeconds(1));
        takeOthers();
        return this;
    }

    /** A candidate for a cluster whose seats hold this, written by term 10 of n2. */
    void beginTakeover(MapValue... values) {
        for (MapValue value : values) {
            before.add(Samples.entry(value, 10, before.size() + 1));
        }
        coordinator.onSignal(new Signal.SeatTaken(Samples.CLUSTER, SEATS), turn);
        coordinator.onSignal(new Signal.RightChanged(true), turn);
        coordinator.onSignal(new Signal.LeadershipChanged(true, 20), turn);
    }

    // ---- seats -------------------------------------------------------------------------------------------------

    /** Lets the seats answer until they have nothing more to answer. */
    void play() {
        unanswered.addAll(turn.takeSent());
        while (!unanswered.isEmpty()) {
            TurnRecorder.Sent next = unanswered.remove(0);
            if (next.message() instanceof SeatMessage message) {
                toSeats.add(next);
                for (NodeId seat : List.copyOf(answering)) {
                    if (seat.toString().equals(next.to()) && answered.test(seat, message)) {
                        answer(seat, message);
                    }
                }
            } else {
                others.add(next);
            }
            unanswered.addAll(turn.takeSent());
        }
    }

    private void answer(NodeId seat, SeatMessage message) {
        if (message instanceof SeatMessage.Replicate replicate) {
            term = replicate.term();
            replicate.segment().entries().forEach(acceptedBy(seat)::merge);
            tell(
                    seat,
                    new CoordinatorMessage.Accepted(
                            replicate.term(), replicate.segment().to()));
        } else if (message instanceof SeatMessage.Beat beat) {
            tell(
                    seat,
                    new CoordinatorMessage.BeatAck(beat.term(), beat.beat(), troubles.getOrDefault(seat, List.of())));
        } else if (message instanceof SeatMessage.PromiseRequest request) {
            Entry seats = promisedSeats.getOrDefault(seat, new Entry(SEATS, new Stamp(10, 1)));
            tell(
                    seat,
                    new CoordinatorMessage.Promised(
                            request.term(), (MapValue.Seats) seats.value(), seats.stamp(), complete));
        } else if (message instanceof SeatMessage.ReadRequest request) {
            tell(seat, new CoordinatorMessage.ReadPage(request.term(), request.after(), before, true));
        } else {
            others.add(new TurnRecorder.Sent(seat.toString(), message));
        }
    }

    void tell(NodeId from, ControlMessage message) {
        coordinator.onMessage(from, message, turn);
    }

    /** Tells the coordinator something, and lets the seats answer. */
    void say(NodeId from, ControlMessage message) {
        tell(from, message);
        play();
    }

    void register(NodeId... regions) {
        for (NodeId region : regions) {
            say(region, new CoordinatorMessage.Register(term(), 0, true, List.of(), List.of()));
        }
    }

    /** Lets time pass in small steps, seats answering. */
    void run(Duration duration) {
        Duration step = Duration.ofMillis(100);
        for (Duration done = Duration.ZERO; done.compareTo(duration) < 0; done = done.plus(step)) {
            turn.pass(coordinator, step);
            play();
        }
    }

    /** All seats worry about a member from now on. */
    void worry(NodeId member, CoordinatorMessage.Worry worry, long millis, NodeId... seats) {
        for (NodeId seat : seats) {
            troubles.put(seat, List.of(new Trouble(member, worry, millis)));
        }
    }

    // ---- what the test looks at --------------------------------------------------------------------------------

    /** What was sent to others than seats since the last look. */
    List<TurnRecorder.Sent> takeOthers() {
        play();
        List<TurnRecorder.Sent> taken = List.copyOf(others);
        others.clear();
        return taken;
    }

    /** Shards that nodes were told to host since the last look, as {@code node: shard@epoch}. */
    List<String> takeHostings() {
        List<String> hostings = new ArrayList<>();
        for (TurnRecorder.Sent sent : takeOthers()) {
            if (sent.message() instanceof RegionMessage.HostShards host) {
                for (ShardEpoch shard : host.shards()) {
                    hostings.add(sent.to() + ": " + shard);
                }
            }
        }
        return hostings;
    }

    <M extends ControlMessage> List<M> takeOthers(Class<M> kind) {
        return takeOthers().stream()
                .map(TurnRecorder.Sent::message)
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    EntryStore acceptedBy(NodeId seat) {
        return accepted.computeIfAbsent(seat, id -> new EntryStore());
    }

    /** A shard's placement as the first seat has accepted it. */
    Optional<Placement> placement(int shard) {
        return value(EntryKey.placement(Samples.shard(shard)), MapValue.PlacementEntry.class)
                .map(MapValue.PlacementEntry::placement);
    }

    Optional<MapValue.MemberEntry> member(NodeId id) {
        return value(EntryKey.member(id), MapValue.MemberEntry.class);
    }

    private <V extends MapValue> Optional<V> value(EntryKey key, Class<V> kind) {
        Entry entry = acceptedBy(N1).get(key);
        return entry == null ? Optional.empty() : Optional.of(kind.cast(entry.value()));
    }

    boolean isActive() {
        return coordinator.actingTerm(turn.now()).isPresent();
    }

    <E extends ClusterEvent> List<E> takeEvents(Class<E> kind) {
        return turn.takeEvents(kind);
    }
}
