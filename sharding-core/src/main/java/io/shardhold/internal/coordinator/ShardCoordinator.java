package io.shardhold.internal.coordinator;

import io.shardhold.allocation.AllocationStrategy;
import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.Member;
import io.shardhold.cluster.MemberStatus;
import io.shardhold.cluster.NodeId;
import io.shardhold.config.Limits;
import io.shardhold.config.Timings;
import io.shardhold.internal.crdt.EntryStore;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.Moment;
import io.shardhold.internal.kernel.TurnedMachine;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.CoordinatorMessage;
import io.shardhold.internal.protocol.EntryKey;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.RegionMessage;
import io.shardhold.internal.protocol.SeatMessage;
import io.shardhold.internal.protocol.Term;
import io.shardhold.internal.signal.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The coordinator of a cluster, on whichever node leads.
 *
 * <pre>
 *   PASSIVE --a quorum of seats wants this node to lead--> ASKING (for promises, and reading)
 *   ASKING --quorum read in full--> WRITING (the whole map under the new term)
 *   PASSIVE --a majority of the seeds agreed that it founds--> WRITING (seats, first members)
 *   WRITING --snapshot on a quorum--> ACTIVE
 *   any --higher term | no quorum answers | leadership lost | leaving--> PASSIVE, after a random rest
 * </pre>
 *
 * <p>It acts only while it leads and a quorum has answered under its term within the consent time, evaluated in the turn
 * in which it acts, whatever made the turn: message, timer or signal. Answers of seats only restore that ability.
 * Everything that it knows while active is in its {@link Tenure} and goes with it. Twice: every request and answer may
 * be repeated. Late or of another term: ignored.
 */
public final class ShardCoordinator extends TurnedMachine {
    private enum Timer {
        BEAT,
        RETRY,
        REBALANCE,
        REST_OVER,
        CANDIDACY_OVER
    }

    private enum Phase {
        PASSIVE,
        ASKING,
        WRITING,
        ACTIVE
    }

    private static final int TICKS_PER_NOTICE = 10;
    /** More pages of one registration than all shards of many types need. */
    private static final int MOST_PAGES = 16_384;

    private final Tenure.Setup setup;
    private final Messages messages = new Messages();
    private final Map<NodeId, List<CoordinatorMessage.Register>> registering = new TreeMap<>();
    private Phase phase = Phase.PASSIVE;
    private @Nullable Candidacy candidacy;
    private @Nullable Tenure tenure;
    private MapValue.@Nullable Seats seats;
    private long clusterId;
    private boolean mayServe;
    private boolean leading;
    private boolean resting;
    private boolean givenUp;
    private boolean ownUp;
    private long highestNumber;
    private long ableNanos;
    private @Nullable Term resigned;
    private final TreeSet<NodeId> toTell = new TreeSet<>();
    private int ticks;

    public ShardCoordinator(Timings timings, Limits limits, Guards guards, AllocationStrategy strategy) {
        this.setup = new Tenure.Setup(timings, limits, guards, strategy, this::turn);
    }

    @Override
    public ControlMessage.Family family() {
        return ControlMessage.Family.COORDINATOR;
    }

    @Override
    protected void receive(NodeId from, ControlMessage message) {
        ((CoordinatorMessage) message).dispatch(from, messages);
    }

    @Override
    protected void turnEnds() {
        if (tenure != null && phase != Phase.PASSIVE) {
            tenure.writes().flush(turn());
            tenure.placing().flush();
        }
    }

    @Override
    protected void due(Object key) {
        if (key instanceof NodeId member) {
            acting(t -> t.removal().onWaitDue(member));
        } else if (key instanceof Timer timer) {
            onTimerDue(timer);
        }
    }

    private void onTimerDue(Timer timer) {
        switch (timer) {
            case BEAT -> {
                beat();
                turn().startTimer(Timer.BEAT, setup.timings().probe().toNanos());
            }
            case RETRY -> {
                retry();
                turn().startTimer(Timer.RETRY, setup.timings().retry().toNanos());
            }
            case REBALANCE -> {
                acting(t -> t.placing().rebalance());
                turn().startTimer(Timer.REBALANCE, setup.timings().rebalance().toNanos());
            }
            case REST_OVER -> {
                resting = false;
                considerCandidacy();
            }
            case CANDIDACY_OVER -> {
                if (phase == Phase.ASKING || phase == Phase.WRITING) {
                    becomePassive("no quorum of seats answered in time");
                }
            }
        }
    }

    @Override
    public void onStarted(Signal.Started signal) {
        turn().startTimer(Timer.BEAT, setup.timings().probe().toNanos());
        turn().startTimer(Timer.RETRY, setup.timings().retry().toNanos());
        turn().startTimer(Timer.REBALANCE, setup.timings().rebalance().toNanos());
    }

    // ---- the gate --------------------------------------------------------------------------------------------

    /** Leading is only a reason to act; a quorum that answers is the permission. */
    private boolean isLeader() {
        return mayServe && ownUp && !givenUp;
    }

    private boolean mayAct(Tenure current) {
        boolean answered = current.writes()
                .quorumAnswered(turn().now(), setup.timings().consent().toNanos());
        return setup.guards().mayAct(isLeader(), answered);
    }

    /** Runs the action if this coordinator may act in this turn. */
    private void acting(Consumer<Tenure> action) {
        if (phase == Phase.ACTIVE && tenure != null && mayAct(tenure)) {
            ableNanos = turn().now().monoNanos();
            action.accept(tenure);
        }
    }

    /** The term under which a directive of this node would be obeyed if it acted now; for invariants. */
    public Optional<Term> actingTerm(Moment now) {
        boolean may = phase == Phase.ACTIVE
                && tenure != null
                && setup.guards()
                        .mayAct(
                                isLeader(),
                                tenure.writes()
                                        .quorumAnswered(
                                                now, setup.timings().consent().toNanos()));
        return may && tenure != null ? Optional.of(tenure.term()) : Optional.empty();
    }

    // ---- becoming active and passive ---------------------------------------------------------------------------

    private void considerCandidacy() {
        // Not the right to serve: where the seats are divided over a change of the seats nobody has it before a
        // takeover.
        boolean may = leading && ownUp && !givenUp && !resting;
        if (phase == Phase.PASSIVE && may && seats != null && clusterId != 0) {
            long number = Math.max(highestNumber + 1, turn().now().unixSeconds());
            if (number > Term.MAX_NUMBER) {
                return;
            }
            highestNumber = number;
            phase = Phase.ASKING;
            candidacy = new Candidacy(new Term(clusterId, number, turn().self()), seats, setup.guards());
            candidacy.ask(turn());
            turn().startTimer(Timer.CANDIDACY_OVER, setup.timings().detection().toNanos());
        }
    }

    @Override
    public void onMajorityAgreed(Signal.MajorityAgreed signal) {
        if (phase == Phase.PASSIVE && clusterId == 0 && !givenUp) {
            long id = turn().chance().nextLong() | 1L;
            Term term = new Term(id, signal.number(), turn().self());
            highestNumber = signal.number();
            beginWriting(Tenure.founding(setup, term, signal));
        }
    }

    private void beginWriting(Tenure begun) {
        phase = Phase.WRITING;
        candidacy = null;
        tenure = begun;
        ableNanos = turn().now().monoNanos();
        turn().startTimer(Timer.CANDIDACY_OVER, setup.timings().detection().toNanos());
        begun.writes().flush(turn());
        begun.writes().beat(turn());
    }

    private void adopt(Candidacy read) {
        EntryStore merged = read.merged();
        boolean up = merged.member(turn().self())
                .filter(m -> m.status() == MemberStatus.UP)
                .isPresent();
        if (up) {
            if (!read.seats().equals(seats)) {
                turn().signal(new Signal.SeatsAdopted(read.seats()));
            }
            beginWriting(Tenure.adopting(setup, read.term(), read.seats(), merged));
        } else {
            becomePassive("this node is not up in the map that the seats hold");
        }
    }

    private void becomeActive(Tenure current) {
        phase = Phase.ACTIVE;
        turn().cancelTimer(Timer.CANDIDACY_OVER);
        turn().count(Counter.TERMS_STARTED);
        int placements = current.table().all().size();
        turn().publish(new ClusterEvent.CoordinatorActive(current.term().number(), placements));
        if (current.isFounding()) {
            turn().publish(new ClusterEvent.Founded(
                    current.term().clusterId(),
                    current.term().number(),
                    current.writes().seats().filled()));
        }
        turn().signal(new Signal.CoordinatorChanged(current.term()));
        current.tellCommitted(turn());
        current.activate(turn());
        announce(current);
    }

    private void announce(Tenure current) {
        for (Member member : current.writes().store().serving()) {
            if (!current.table().isRegistered(member.id())) {
                turn().send(member.id(), new RegionMessage.Announce(current.term()));
            }
        }
    }

    private void becomePassive(String reason) {
        if (phase == Phase.PASSIVE) {
            return;
        }
        if (tenure != null) {
            resigned = tenure.term();
            toTell.addAll(tenure.writes().seats().filled());
            tellResigned();
            turn().signal(new Signal.CoordinatorChanged(null));
            turn().signal(new Signal.SeatsAdopted(null));
        }
        turn().publish(new ClusterEvent.CoordinatorPassive(highestNumber, reason));
        phase = Phase.PASSIVE;
        tenure = null;
        candidacy = null;
        registering.clear();
        resting = true;
        long rest = setup.timings().retry().toNanos();
        turn().startTimer(Timer.REST_OVER, rest + turn().chance().below(rest));
    }

    private void tellResigned() {
        Term over = resigned;
        if (over != null) {
            toTell.forEach(seat -> turn().send(seat, new SeatMessage.Resigned(over)));
        }
    }

    // ---- time --------------------------------------------------------------------------------------------------

    private void beat() {
        if (tenure == null) {
            return;
        }
        long now = turn().now().monoNanos();
        if (phase == Phase.ACTIVE && mayAct(tenure)) {
            ableNanos = now;
        }
        if (phase == Phase.ACTIVE
                && setup.guards()
                        .mustResign(now - ableNanos, setup.timings().detection().toNanos())) {
            becomePassive("no quorum of seats has answered for the detection time, or the right to serve is lost");
        } else if (tenure.isWornOut()) {
            becomePassive("the term has used up its numbers");
        } else {
            tenure.writes().beat(turn());
        }
    }

    private void retry() {
        ticks++;
        tellResigned();
        if (candidacy != null) {
            candidacy.ask(turn());
        }
        considerCandidacy();
        acting(t -> {
            t.tellCommitted(turn());
            t.removal().judge();
            t.removal().checkWaits();
            t.placing().tick();
            t.seatChanges().tick();
            announce(t);
            if (ticks % TICKS_PER_NOTICE == 0) {
                t.removal().notifyLost();
                t.removal().forget();
            }
        });
    }

    // ---- what other machines tell ------------------------------------------------------------------------------

    @Override
    public void onSeatTaken(Signal.SeatTaken signal) {
        clusterId = signal.clusterId();
        seats = signal.seats();
        ownUp = true;
    }

    @Override
    public void onClusterEntered(Signal.ClusterEntered signal) {
        clusterId = signal.clusterId();
    }

    @Override
    public void onRightChanged(Signal.RightChanged signal) {
        mayServe = signal.held();
    }

    @Override
    public void onLeadershipChanged(Signal.LeadershipChanged signal) {
        leading = signal.leading();
        highestNumber = Math.max(highestNumber, signal.highestNumber());
        considerCandidacy();
    }

    @Override
    public void onCoordinatorHeard(Signal.CoordinatorHeard signal) {
        Term heard = signal.term();
        highestNumber = Math.max(highestNumber, heard.number());
        if (tenure != null && heard.number() > tenure.term().number()) {
            becomePassive("a higher term is active: " + heard);
        }
    }

    @Override
    public void onGivingUp(Signal.GivingUp signal) {
        givenUp = true;
        becomePassive(signal.reason());
    }

    @Override
    public void onMapChanged(Signal.MapChanged signal) {
        for (MapValue value : signal.changed()) {
            if (value instanceof MapValue.Seats changed) {
                seats = changed;
            } else if (value instanceof MapValue.MemberEntry entry
                    && entry.key().equals(EntryKey.member(turn().self()))) {
                ownUp = entry.member().status() == MemberStatus.UP;
                if (!ownUp) {
                    becomePassive("this node is " + entry.member().status());
                }
            }
        }
    }

    private void onProgress(Tenure current) {
        if (phase == Phase.WRITING
                && current.writes().snapshotCommitted()
                && current.writes()
                        .quorumAnswered(turn().now(), setup.timings().consent().toNanos())
                && isLeader()) {
            becomeActive(current);
        }
        acting(t -> {
            t.tellCommitted(turn());
            t.seatChanges().consider();
        });
    }

    private void onHigherNumber(long number) {
        highestNumber = Math.max(highestNumber, number);
    }

    /** What seats, regions and joining nodes say. */
    private final class Messages implements CoordinatorMessage.Handler {
        private boolean isCurrent(Term term) {
            return tenure != null && tenure.term().equals(term);
        }

        /** Runs the action if this coordinator may act and the sender is a member that may serve. */
        private void forMember(NodeId from, Consumer<Tenure> action) {
            acting(t -> {
                if (t.writes()
                        .store()
                        .member(from)
                        .filter(m -> m.status().mayServe())
                        .isPresent()) {
                    action.accept(t);
                }
            });
        }

        @Override
        public void onPromised(NodeId from, CoordinatorMessage.Promised message) {
            if (candidacy != null) {
                candidacy.onPromised(from, message, turn());
            }
        }

        @Override
        public void onPromiseRefused(NodeId from, CoordinatorMessage.PromiseRefused message) {
            onHigherNumber(message.highestNumber());
            boolean mine = candidacy != null && candidacy.term().equals(message.term()) && candidacy.isAsked(from);
            if (mine && message.highestNumber() >= message.term().number()) {
                becomePassive("seat " + from + " has promised to " + message.highestNumber());
            }
        }

        @Override
        public void onReadPage(NodeId from, CoordinatorMessage.ReadPage message) {
            Candidacy reading = candidacy;
            if (reading != null && reading.onReadPage(from, message, turn())) {
                adopt(reading);
            }
        }

        @Override
        public void onAccepted(NodeId from, CoordinatorMessage.Accepted message) {
            if (tenure != null && isCurrent(message.term())) {
                tenure.writes().onAccepted(from, message.applied());
                onProgress(tenure);
            }
        }

        @Override
        public void onReplicateRefused(NodeId from, CoordinatorMessage.ReplicateRefused message) {
            onHigherNumber(message.highestNumber());
            if (tenure == null
                    || !isCurrent(message.term())
                    || !tenure.writes().seats().holds(from)) {
                return;
            }
            if (message.highestNumber() > message.term().number()) {
                becomePassive("seat " + from + " has promised to " + message.highestNumber());
            } else {
                tenure.writes().onGap(from, message.applied());
            }
        }

        @Override
        public void onBeatAck(NodeId from, CoordinatorMessage.BeatAck message) {
            if (tenure != null
                    && isCurrent(message.term())
                    && tenure.writes().seats().holds(from)) {
                tenure.writes().onBeatAck(from, message.beat());
                tenure.troubles().record(from, message.troubles(), turn().now().monoNanos());
                onProgress(tenure);
                acting(t -> t.removal().judge());
            }
        }

        @Override
        public void onResignedAck(NodeId from, CoordinatorMessage.ResignedAck message) {
            if (message.term().equals(resigned)) {
                toTell.remove(from);
            }
        }

        @Override
        public void onJoinRequest(NodeId from, CoordinatorMessage.JoinRequest message) {
            onHigherNumber(message.highestNumber());
            acting(t -> {
                if (message.highestNumber() > t.term().number()) {
                    // What it knows may be older than this cluster: epochs given from now on must be above it.
                    becomePassive(from + " knows of term " + message.highestNumber());
                } else {
                    t.admission().onJoinRequest(from, message.declaration());
                }
            });
        }

        @Override
        public void onLeaveRequest(NodeId from, CoordinatorMessage.LeaveRequest message) {
            forMember(from, t -> t.admission().onLeaveRequest(from));
        }

        @Override
        public void onFarewell(NodeId from, CoordinatorMessage.Farewell message) {
            if (message.clusterId() == clusterId) {
                forMember(from, t -> t.removal().part(from));
            }
        }

        @Override
        public void onRegister(NodeId from, CoordinatorMessage.Register message) {
            if (!isCurrent(message.term())) {
                return;
            }
            forMember(from, t -> {
                List<CoordinatorMessage.Register> pages = registering.computeIfAbsent(from, id -> new ArrayList<>());
                if (message.page() == 0) {
                    pages.clear();
                }
                if (message.page() != pages.size() || pages.size() >= MOST_PAGES) {
                    return;
                }
                pages.add(message);
                if (message.last()) {
                    registering.remove(from);
                    complete(t, from, pages);
                }
            });
        }

        private void complete(Tenure current, NodeId region, List<CoordinatorMessage.Register> pages) {
            for (CoordinatorMessage.Register page : pages) {
                current.placing().onHosted(region, page.hosted());
                current.placing().onStopped(region, page.stopped());
            }
            current.placing().onRegistered(region);
            turn().send(region, new RegionMessage.Registered(current.term()));
        }

        @Override
        public void onHomeQuery(NodeId from, CoordinatorMessage.HomeQuery message) {
            if (message.clusterId() == clusterId) {
                forMember(from, t -> t.placing().onHomeQuery(message.shards()));
            }
        }

        @Override
        public void onShardsHosted(NodeId from, CoordinatorMessage.ShardsHosted message) {
            if (isCurrent(message.term())) {
                forMember(from, t -> t.placing().onHosted(from, message.shards()));
            }
        }

        @Override
        public void onHandOffBegun(NodeId from, CoordinatorMessage.HandOffBegun message) {
            if (isCurrent(message.term())) {
                forMember(from, t -> t.placing().onHandOffBegun(from, message.shards()));
            }
        }

        @Override
        public void onShardsStopped(NodeId from, CoordinatorMessage.ShardsStopped message) {
            if (message.clusterId() == clusterId) {
                forMember(from, t -> {
                    t.placing().onStopped(from, message.shards());
                    t.placing().acknowledge(from, message);
                });
            }
        }

        @Override
        public void onShardKept(NodeId from, CoordinatorMessage.ShardKept message) {
            if (isCurrent(message.term())) {
                forMember(from, t -> t.placing().onKept(from, message.move()));
            }
        }

        @Override
        public void onDirectiveRefused(NodeId from, CoordinatorMessage.DirectiveRefused message) {
            onHigherNumber(message.highestNumber());
            if (tenure != null
                    && isCurrent(message.refused())
                    && message.highestNumber() > message.refused().number()
                    && tenure.writes().store().member(from).isPresent()) {
                becomePassive("region " + from + " has seen term " + message.highestNumber());
            }
        }
    }
}
