package io.shardhold.internal.region;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.Member;
import io.shardhold.cluster.MemberStatus;
import io.shardhold.cluster.NodeId;
import io.shardhold.config.Timings;
import io.shardhold.entity.StopReason;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.TurnedMachine;
import io.shardhold.internal.protocol.ByShard;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.CoordinatorMessage;
import io.shardhold.internal.protocol.EntryKey;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.Placement;
import io.shardhold.internal.protocol.RegionMessage;
import io.shardhold.internal.protocol.ShardEpoch;
import io.shardhold.internal.protocol.ShardKey;
import io.shardhold.internal.protocol.ShardMove;
import io.shardhold.internal.protocol.Term;
import io.shardhold.internal.shard.ShardHost;
import io.shardhold.internal.signal.Signal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The deciding half of a region: obeys the coordinator of the highest term that it has seen, registers with it, opens and
 * stops shards, and keeps the routes true to the map.
 *
 * <p>Twice: each directive has an answer that is given again. Late: an epoch that was stopped, or is below what the map
 * shows, is not opened. Lower term: refused, with the higher number. The map alone moves routes; a region that hears of
 * no coordinator goes on with what it has.
 */
final class RegionMachine extends TurnedMachine {
    private enum Timer {
        RETRY,
        SWEEP,
        ASK,
        STOP_OVER
    }

    /** What an owner said, until this node's map shows it. */
    private record Promised(NodeId owner, ShardMove move) {}

    private static final long SWEEP_NANOS = 50_000_000L;
    /** Between two queries for homes of shards that begin to wait: the first leaves at once, those behind it together. */
    private static final long ASK_NANOS = 1_000_000L;

    private static final int PAGE = 1_000;

    private final Timings timings;
    private final Guards guards;
    private final DataPlane plane;
    private final ShardHost host;
    private final Hosting hosting;
    private final SlotRouter router;
    private final Messages messages = new Messages();
    private final Map<NodeId, MemberStatus> members = new TreeMap<>();
    private final ByShard<Promised> promised = new ByShard<>();
    private final List<ShardKey> toAskFor = new ArrayList<>();
    private long clusterId;
    private @Nullable Term term;
    private @Nullable Term registeredWith;
    private boolean asked;
    private boolean mayServe;
    private boolean stopping;
    private boolean silent;
    private boolean leaving;
    private boolean handedOver;

    RegionMachine(
            Timings timings,
            Guards guards,
            DataPlane plane,
            RouteTable table,
            ShardHost host,
            Collection<String> hostedTypes) {
        this.timings = timings;
        this.guards = guards;
        this.plane = plane;
        this.host = host;
        this.hosting =
                new Hosting(new Hosting.Links(host, guards, timings, this::turn, this::onHostingChanged, hostedTypes));
        this.router = new SlotRouter(table, plane, timings, this::turn, hosting::isHosted);
    }

    @Override
    public ControlMessage.Family family() {
        return ControlMessage.Family.REGION;
    }

    @Override
    protected void receive(NodeId from, ControlMessage message) {
        ((RegionMessage) message).dispatch(from, messages);
    }

    @Override
    protected void due(Object key) {
        if (key instanceof ShardKey shard) {
            hosting.onStopTimeout(shard, mayServe);
        } else if (key == Timer.SWEEP) {
            plane.asks().expire(turn().now().monoNanos());
            host.wake();
            turn().startTimer(Timer.SWEEP, SWEEP_NANOS);
        } else if (key == Timer.RETRY) {
            retry();
            turn().startTimer(Timer.RETRY, timings.retry().toNanos() / 2);
        } else if (key == Timer.ASK) {
            asked = false;
            askForNext();
        } else if (key == Timer.STOP_OVER) {
            nameUnfinished();
        }
    }

    @Override
    protected void turnEnds() {
        List<ShardEpoch> started = hosting.takeStarted();
        for (int i = 0; i < started.size(); i += PAGE) {
            List<ShardEpoch> page = started.subList(i, Math.min(started.size(), i + PAGE));
            Hosting.announce(turn(), clusterId, page, members.keySet());
        }
        if (leaving && !handedOver && guards.maySayGoodbye(hosting.isEmpty(), () -> router.mentions(turn().self()))) {
            handedOver = true;
            turn().signal(new Signal.HandedOver());
        }
    }

    @Override
    public void onStarted(Signal.Started signal) {
        router.begin();
        turn().startTimer(Timer.SWEEP, SWEEP_NANOS);
        turn().startTimer(Timer.RETRY, timings.retry().toNanos() / 2);
    }

    private void onHostingChanged(ShardKey shard) {
        router.onHostingChanged(shard);
    }

    private void retry() {
        router.tick();
        Term current = term;
        if (current == null || stopping) {
            return;
        }
        register();
        askForHomes(current, router.toAskFor());
        tellStopped(current);
    }

    /** Asks for what began to wait, unless that was just done. */
    private void askForNext() {
        Term current = term;
        if (!asked && !toAskFor.isEmpty()) {
            if (current != null && !stopping) {
                askForHomes(current, toAskFor);
                asked = true;
                turn().startTimer(Timer.ASK, ASK_NANOS);
            }
            toAskFor.clear();
        }
    }

    private void askForHomes(Term current, List<ShardKey> homeless) {
        for (int i = 0; i < homeless.size(); i += PAGE) {
            List<ShardKey> page = homeless.subList(i, Math.min(homeless.size(), i + PAGE));
            turn().send(current.node(), new CoordinatorMessage.HomeQuery(clusterId, page));
        }
    }

    private void tellStopped(Term current) {
        List<ShardEpoch> over = guards.repeatsStops() ? hosting.unacknowledged() : List.of();
        for (int i = 0; i < over.size(); i += PAGE) {
            List<ShardEpoch> page = over.subList(i, Math.min(over.size(), i + PAGE));
            turn().send(current.node(), new CoordinatorMessage.ShardsStopped(clusterId, page));
        }
    }

    /** Tells the coordinator what is hosted and what is over, until it says that it knows. */
    private void register() {
        Term current = term;
        if (current == null || current.equals(registeredWith)) {
            return;
        }
        List<ShardEpoch> all = new ArrayList<>(hosting.hosted());
        int hostedCount = all.size();
        all.addAll(hosting.stopped());
        int pages = Math.max(1, (all.size() + PAGE - 1) / PAGE);
        for (int page = 0; page < pages; page++) {
            List<ShardEpoch> hostedPage = new ArrayList<>();
            List<ShardEpoch> stoppedPage = new ArrayList<>();
            for (int i = page * PAGE; i < Math.min(all.size(), (page + 1) * PAGE); i++) {
                (i < hostedCount ? hostedPage : stoppedPage).add(all.get(i));
            }
            turn().send(
                            current.node(),
                            new CoordinatorMessage.Register(current, page, page == pages - 1, hostedPage, stoppedPage));
        }
    }

    private void follow(Term next) {
        if (next.clusterId() == clusterId && (term == null || next.number() > term.number())) {
            term = next;
            router.onNewTerm();
            register();
        }
    }

    // ---- what other machines tell ------------------------------------------------------------------------------

    @Override
    public void onClusterEntered(Signal.ClusterEntered signal) {
        clusterId = signal.clusterId();
    }

    @Override
    public void onSeatTaken(Signal.SeatTaken signal) {
        clusterId = signal.clusterId();
    }

    @Override
    public void onCoordinatorHeard(Signal.CoordinatorHeard signal) {
        follow(signal.term());
    }

    @Override
    public void onRightChanged(Signal.RightChanged signal) {
        mayServe = signal.held();
        if (mayServe) {
            host.wake();
        }
    }

    @Override
    public void onMapChanged(Signal.MapChanged signal) {
        for (MapValue value : signal.changed()) {
            if (value instanceof MapValue.MemberEntry entry) {
                onMember(entry.member());
            } else if (value instanceof MapValue.PlacementEntry placed) {
                onPlaced(placed.shard(), placed.placement());
            }
        }
        for (MapValue value : signal.removed()) {
            if (value instanceof MapValue.MemberEntry entry) {
                members.remove(entry.member().id());
                router.onPeerForgotten(entry.member().id());
            }
        }
    }

    private void onMember(Member member) {
        if (member.status().mayServe()) {
            members.put(member.id(), member.status());
        } else {
            members.remove(member.id());
            router.onPeerRemoved(member.id());
        }
        if (EntryKey.member(member.id()).equals(EntryKey.member(turn().self()))) {
            leaving = member.status() == MemberStatus.LEAVING;
        }
    }

    private void onPlaced(ShardKey shard, Placement placement) {
        if (hosting.isBelow(shard, placement.epoch())) {
            hosting.drop(shard);
        }
        router.onPlaced(shard, placement);
        Promised told = promised.get(shard);
        if (told != null) {
            obeyOwner(told);
        }
    }

    /** The owner handed the shard over: obeyed once this node's own map shows that move. */
    private void obeyOwner(Promised told) {
        ShardMove move = told.move();
        ShardKey shard = move.from().shard();
        Placement known = router.placement(shard);
        if (known == null || known.epoch().isBelow(move.from().epoch())) {
            return;
        }
        boolean shown = known.move() != null
                && known.home().equals(told.owner())
                && known.epoch().equals(move.from().epoch())
                && known.move().target().equals(turn().self())
                && known.move().epoch().equals(move.next());
        ShardEpoch next = new ShardEpoch(shard, move.next());
        if (shown && !stopping && hosting.open(next, known) && term != null) {
            turn().send(term.node(), new CoordinatorMessage.ShardsHosted(term, List.of(next)));
        }
        if (shown || !known.epoch().equals(move.from().epoch())) {
            promised.remove(shard);
        }
    }

    @Override
    public void onGivingUp(Signal.GivingUp signal) {
        stopServing(false);
        router.onGivingUp();
    }

    @Override
    public void onStopAll(Signal.StopAll signal) {
        stopServing(true);
        turn().startTimer(Timer.STOP_OVER, timings.stop().toNanos());
    }

    private void stopServing(boolean orderly) {
        stopping = true;
        hosting.stopAll(StopReason.LEAVING, orderly && mayServe);
        considerSilence();
    }

    private void nameUnfinished() {
        for (ShardEpoch shard : hosting.hosted()) {
            turn().publish(new ClusterEvent.ShardKept(
                    shard.shard().type(), shard.shard().shard(), host.unfinished(shard, PAGE)));
        }
        if (!mayServe) {
            hosting.stopAll(StopReason.LEAVING, false);
        }
    }

    private void considerSilence() {
        if (stopping && !silent && hosting.isEmpty() && host.isSilent()) {
            silent = true;
            turn().signal(new Signal.RegionSilent());
        }
    }

    @Override
    public void onShardDrained(Signal.ShardDrained signal) {
        ShardMove move = hosting.onDrained(signal.shard());
        Term current = term;
        if (move != null && !stopping) {
            turn().send(move.target(), new RegionMessage.HostMoved(clusterId, move));
        }
        if (current != null && !stopping) {
            turn().send(current.node(), new CoordinatorMessage.ShardsStopped(clusterId, List.of(signal.shard())));
        }
        considerSilence();
    }

    @Override
    public void onSlotWaits(Signal.SlotWaits signal) {
        router.onWaits(signal.shard());
        if (term != null && !stopping && router.beginAsking(signal.shard())) {
            toAskFor.add(signal.shard());
            askForNext();
        }
    }

    @Override
    public void onMarkerAnswered(Signal.MarkerAnswered signal) {
        router.onMarkerAnswered(signal.from(), signal.shard(), signal.marker());
    }

    @Override
    public void onDataLinkLost(Signal.DataLinkLost signal) {
        router.onLinkLost(signal.peer());
    }

    /** What the coordinator directs, and what other regions say. */
    private final class Messages implements RegionMessage.Handler {
        /** Runs the action if the directive comes from the coordinator of a term that is not below the highest seen. */
        private void obey(NodeId from, Term commanding, Consumer<Term> action) {
            boolean known = members.isEmpty() || members.containsKey(from);
            if (!known || !commanding.node().equals(from) || commanding.clusterId() != clusterId || stopping) {
                return;
            }
            long highest = term == null ? 0 : term.number();
            if (guards.refusesTerm(highest, commanding.number())) {
                turn().count(Counter.DIRECTIVES_REFUSED);
                turn().publish(new ClusterEvent.DirectiveRefused(from, commanding.number(), highest));
                turn().send(from, new CoordinatorMessage.DirectiveRefused(commanding, highest));
                return;
            }
            follow(commanding);
            action.accept(commanding);
        }

        @Override
        public void onAnnounce(NodeId from, RegionMessage.Announce message) {
            obey(from, message.term(), commanding -> {
                registeredWith = null;
                register();
            });
        }

        @Override
        public void onRegistered(NodeId from, RegionMessage.Registered message) {
            obey(from, message.term(), commanding -> registeredWith = commanding);
        }

        @Override
        public void onHostShards(NodeId from, RegionMessage.HostShards message) {
            obey(from, message.term(), commanding -> {
                List<ShardEpoch> here = new ArrayList<>();
                for (ShardEpoch shard : message.shards()) {
                    if (router.isDeclared(shard.shard()) && hosting.open(shard, router.placement(shard.shard()))) {
                        here.add(shard);
                    }
                }
                if (!here.isEmpty()) {
                    turn().send(from, new CoordinatorMessage.ShardsHosted(commanding, here));
                }
                tellStopped(commanding);
            });
        }

        @Override
        public void onBeginHandOff(NodeId from, RegionMessage.BeginHandOff message) {
            obey(from, message.term(), commanding -> {
                for (ShardEpoch shard : message.shards()) {
                    router.onHandOffBegun(shard.shard(), shard.epoch());
                }
                turn().send(from, new CoordinatorMessage.HandOffBegun(commanding, message.shards()));
            });
        }

        @Override
        public void onHandOff(NodeId from, RegionMessage.HandOff message) {
            obey(from, message.term(), commanding -> {
                for (ShardMove move : message.moves()) {
                    hosting.handOff(commanding, move, mayServe);
                }
                tellStopped(commanding);
            });
        }

        @Override
        public void onStopAcknowledged(NodeId from, RegionMessage.StopAcknowledged message) {
            obey(from, message.term(), commanding -> hosting.onAcknowledged(message.shards()));
        }

        @Override
        public void onHostMoved(NodeId from, RegionMessage.HostMoved message) {
            ShardMove move = message.move();
            boolean forMe = move.target().equals(turn().self()) && members.containsKey(from);
            if (message.clusterId() == clusterId
                    && forMe
                    && !stopping
                    && router.isDeclared(move.from().shard())) {
                Promised told = new Promised(from, move);
                promised.put(move.from().shard(), told);
                obeyOwner(told);
            }
        }

        @Override
        public void onShardsStarted(NodeId from, RegionMessage.ShardsStarted message) {
            if (message.clusterId() == clusterId && members.containsKey(from)) {
                message.shards().forEach(router::onStarted);
            }
        }
    }

    /** Epochs that this region hosts, those that are stopping included; for invariants. */
    Map<ShardKey, Epoch> epochs() {
        return hosting.epochs();
    }
}
