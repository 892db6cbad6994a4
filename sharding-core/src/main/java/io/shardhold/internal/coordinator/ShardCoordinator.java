package io.shardhold.internal.coordinator;

import io.shardhold.allocation.AllocationStrategy;
import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.MemberStatus;
import io.shardhold.cluster.NodeId;
import io.shardhold.config.Limits;
import io.shardhold.config.Timings;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.HeldLease;
import io.shardhold.internal.kernel.Moment;
import io.shardhold.internal.kernel.TurnedMachine;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.CoordinatorMessage;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.RegionMessage;
import io.shardhold.internal.protocol.Term;
import io.shardhold.internal.signal.Signal;
import io.shardhold.internal.signal.Signal.LeaseUse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The coordinator of a cluster, on whichever node leads.
 *
 * <pre>
 *   PASSIVE --a quorum of seats wants this node to lead--> LEASING (if the cluster has a lease)
 *   LEASING --lease held, its token is the number of the term--> ASKING (for promises, and reading)
 *   ASKING --quorum read in full--> WRITING (the whole map under the new term)
 *   PASSIVE --a majority of the seeds agreed that it founds--> WRITING (seats, first members)
 *   WRITING --snapshot on a quorum--> ACTIVE
 *   any --lease lost | higher term | no quorum answers | leadership lost | leaving--> PASSIVE, after a random rest
 * </pre>
 *
 * <p>It acts only while it leads, the lease is alive under the number of its term, and a quorum has answered under that term
 * within the consent time; evaluated in the turn in which it acts, whatever made the turn: message, timer or signal.
 * Answers of seats only restore that ability. Each turn begins with a look at the lease: where that is over, so is the
 * tenure. Passive, it wants the lease no more, so that it is given up after the last act; the next term has another token.
 *
 * <p>Everything that it knows while active is in its {@link Tenure} and goes with it. Twice: every request and answer may
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

    private static final int TICKS_PER_NOTICE = 10;
    private final Tenure.Setup setup;
    private final HeldLease lease;
    private final Takeover takeover = new Takeover();
    private final WaitingQueries waiting = new WaitingQueries();
    private final Messages messages = new Messages();
    private final Registrations registrations = new Registrations();
    private final Resignation resignation = new Resignation();
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
    private boolean onMessage;
    private long highestNumber;
    private int ticks;

    public ShardCoordinator(
            Timings timings, Limits limits, Guards guards, AllocationStrategy strategy, HeldLease lease) {
        this.setup = new Tenure.Setup(timings, limits, guards, strategy, this::turn);
        this.lease = lease;
    }

    @Override
    public Optional<ControlMessage.Family> family() {
        return Optional.of(ControlMessage.Family.COORDINATOR);
    }

    @Override
    protected void receive(NodeId from, ControlMessage message) {
        ((CoordinatorMessage) message).dispatch(from, messages);
    }

    /** Where the lease is over, nothing is kept in flight, and nothing else is read before that. */
    @Override
    protected void turnBegins(boolean message) {
        onMessage = message;
        long number = ownNumber();
        if (number != 0 && setup.guards().asksBeforeActing(onMessage) && !lease.permits(number)) {
            becomePassive("the lease is over");
        }
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
                startAgain(timer, setup.timings().probe());
            }
            case RETRY -> {
                retry();
                startAgain(timer, setup.timings().retry());
            }
            case REBALANCE -> {
                acting(t -> t.placing().rebalance());
                startAgain(timer, setup.timings().rebalance());
            }
            case REST_OVER -> {
                resting = false;
                considerLeading();
            }
            case CANDIDACY_OVER -> {
                boolean trying = phase == Phase.ASKING || phase == Phase.WRITING;
                if (trying && takeover.comesOn(candidacy, tenure)) {
                    startAgain(timer, setup.timings().detection());
                } else if (trying) {
                    becomePassive("no quorum of seats answered in time");
                }
            }
        }
    }

    @Override
    public void onStarted(Signal.Started signal) {
        startAgain(Timer.BEAT, setup.timings().probe());
        startAgain(Timer.RETRY, setup.timings().retry());
        startAgain(Timer.REBALANCE, setup.timings().rebalance());
    }

    private void startAgain(Timer timer, Duration interval) {
        turn().startTimer(timer, interval.toNanos());
    }

    // ---- the gate --------------------------------------------------------------------------------------------

    /** Leading is only a reason to act; the lease, and a quorum that answers, are the permission. */
    private boolean isLeader() {
        return mayServe && ownUp && !givenUp;
    }

    private boolean mayAct(Tenure current, Moment now) {
        boolean permitted =
                current.hasQuorum(now) && lease.permits(current.term().number());
        return setup.guards().mayAct(isLeader(), permitted);
    }

    /** Runs the action if this coordinator may act in this turn. */
    private void acting(Consumer<Tenure> action) {
        if (phase != Phase.ACTIVE || tenure == null) {
            return;
        }
        if (mayAct(tenure, turn().now()) || !setup.guards().asksBeforeActing(onMessage)) {
            tenure.onAble(turn().now());
            action.accept(tenure);
        }
    }

    /** The term under which a directive of this node would be obeyed if it acted now; for invariants. */
    public Optional<Term> actingTerm(Moment now) {
        boolean may = phase == Phase.ACTIVE
                && tenure != null
                && (mayAct(tenure, now) || !setup.guards().asksBeforeActing(false));
        return may && tenure != null ? Optional.of(tenure.term()) : Optional.empty();
    }

    /** The number under which this node coordinates or wants to; 0 if it does not. */
    private long ownNumber() {
        Term own = tenure != null ? tenure.term() : candidacy != null ? candidacy.term() : null;
        return own == null ? 0 : own.number();
    }

    // ---- becoming active and passive ---------------------------------------------------------------------------

    private void considerLeading() {
        // Not the right to serve: where seats are divided over a change of seats, nobody has it before a takeover.
        boolean may = leading && ownUp && !givenUp && !resting;
        if (phase == Phase.LEASING && !may) {
            phase = Phase.PASSIVE;
            turn().signal(new Signal.LeaseUnwanted(LeaseUse.COORDINATING));
        } else if (phase == Phase.PASSIVE && may && seats != null && clusterId != 0) {
            takeover.begin(turn().now());
            if (lease.isNeeded()) {
                phase = Phase.LEASING;
                turn().signal(new Signal.LeaseWanted(LeaseUse.COORDINATING, highestNumber));
            } else {
                beginAsking(Math.max(highestNumber + 1, turn().now().unixSeconds()));
            }
        }
    }

    private void beginAsking(long number) {
        if (number > Term.MAX_NUMBER || seats == null) {
            return;
        }
        highestNumber = number;
        phase = Phase.ASKING;
        takeover.onAsking(turn().now());
        candidacy = new Candidacy(new Term(clusterId, number, turn().self()), seats, setup.guards());
        candidacy.ask(turn());
        turn().startTimer(Timer.CANDIDACY_OVER, setup.timings().detection().toNanos());
    }

    @Override
    public void onLeaseHeld(Signal.LeaseHeld signal) {
        if (phase == Phase.LEASING) {
            if (signal.token() > highestNumber) {
                beginAsking(signal.token());
            } else {
                turn().signal(new Signal.LeaseWanted(LeaseUse.COORDINATING, highestNumber));
            }
        }
    }

    @Override
    public void onLeaseGone(Signal.LeaseGone signal) {
        if (ownNumber() == signal.token()) {
            becomePassive("the lease is lost");
        }
    }

    @Override
    public void onMajorityAgreed(Signal.MajorityAgreed signal) {
        boolean permitted = lease.permits(signal.number()) || !setup.guards().asksBeforeActing(onMessage);
        if (phase == Phase.PASSIVE && clusterId == 0 && !givenUp && permitted) {
            Term term = new Term(turn().chance().nextLong() | 1L, signal.number(), turn().self());
            highestNumber = signal.number();
            takeover.beginAsking(turn().now());
            if (lease.isNeeded()) {
                turn().signal(new Signal.LeaseWanted(LeaseUse.COORDINATING, signal.number() - 1));
            }
            beginWriting(Tenure.founding(setup, term, signal));
        }
    }

    private void beginWriting(Tenure begun) {
        phase = Phase.WRITING;
        takeover.onWriting(turn().now());
        candidacy = null;
        tenure = begun;
        begun.onAble(turn().now());
        turn().startTimer(Timer.CANDIDACY_OVER, setup.timings().detection().toNanos());
        begun.writes().flush(turn());
        begun.writes().beat(turn());
    }

    private void adopt(Candidacy read) {
        Optional<Tenure> adopted = Tenure.adopting(setup, read);
        if (adopted.isEmpty()) {
            becomePassive("this node is not up in the map that the seats hold");
            return;
        }
        if (!read.seats().equals(seats)) {
            turn().signal(new Signal.SeatsAdopted(read.seats()));
        }
        beginWriting(adopted.get());
    }

    private void becomeActive(Tenure current) {
        phase = Phase.ACTIVE;
        turn().cancelTimer(Timer.CANDIDACY_OVER);
        turn().count(Counter.TERMS_STARTED);
        int placements = current.table().all().size();
        turn().publish(new ClusterEvent.CoordinatorActive(
                current.term().number(), placements, takeover.durations(turn().now())));
        if (current.isFounding()) {
            turn().publish(new ClusterEvent.Founded(
                    current.term().clusterId(),
                    current.term().number(),
                    current.writes().seats().filled()));
        }
        turn().signal(new Signal.CoordinatorChanged(current.term()));
        current.tellCommitted(turn());
        current.activate(turn());
        current.announce();
        current.placing().onHomeQuery(waiting.take());
    }

    private void becomePassive(String reason) {
        if (phase == Phase.PASSIVE) {
            return;
        }
        turn().signal(new Signal.LeaseUnwanted(LeaseUse.COORDINATING));
        if (tenure != null) {
            tenure.end(turn());
            resignation.begin(tenure.term(), tenure.writes().seats().filled());
            resignation.tell(turn());
            turn().signal(new Signal.CoordinatorChanged(null));
            turn().signal(new Signal.SeatsAdopted(null));
        }
        turn().publish(new ClusterEvent.CoordinatorPassive(ownNumber(), reason));
        phase = Phase.PASSIVE;
        tenure = null;
        candidacy = null;
        registrations.clear();
        waiting.take();
        resting = true;
        long rest = setup.timings().retry().toNanos();
        turn().startTimer(Timer.REST_OVER, rest + turn().chance().below(rest));
    }

    // ---- time --------------------------------------------------------------------------------------------------

    private void beat() {
        Tenure current = tenure;
        if (current != null) {
            acting(t -> {});
            Optional<String> reason = phase == Phase.ACTIVE ? current.reasonToResign(turn().now()) : Optional.empty();
            reason.ifPresentOrElse(this::becomePassive, () -> current.writes().beat(turn()));
        }
    }

    private void retry() {
        ticks++;
        resignation.tell(turn());
        if (candidacy != null) {
            candidacy.ask(turn());
        }
        considerLeading();
        acting(t -> {
            t.tellCommitted(turn());
            t.tick(ticks % TICKS_PER_NOTICE == 0);
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
        considerLeading();
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
                    && entry.member().id().equals(turn().self())) {
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
                && current.hasQuorum(turn().now())
                && lease.permits(current.term().number())
                && isLeader()) {
            becomeActive(current);
        }
        acting(t -> {
            t.tellCommitted(turn());
            t.seatChanges().consider();
        });
    }

    /** What seats, regions and joining nodes say. */
    private final class Messages implements CoordinatorMessage.Handler {
        private boolean isCurrent(Term term) {
            return tenure != null && tenure.term().equals(term);
        }

        /** Runs the action if this coordinator may act and the sender is a member that may serve. */
        private void forMember(NodeId from, Consumer<Tenure> action) {
            acting(t -> {
                if (t.isServing(from)) {
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
            highestNumber = Math.max(highestNumber, message.highestNumber());
            if (candidacy != null && candidacy.isRefused(from, message)) {
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

        /** Runs the action if the sender holds a seat, and answers under the term of this coordinator. */
        private void fromSeat(NodeId from, Term term, Consumer<Tenure> action) {
            Tenure current = tenure;
            if (current != null && isCurrent(term) && current.writes().seats().holds(from)) {
                action.accept(current);
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
            highestNumber = Math.max(highestNumber, message.highestNumber());
            fromSeat(from, message.term(), t -> {
                if (message.highestNumber() > t.term().number()) {
                    becomePassive("seat " + from + " has promised to " + message.highestNumber());
                }
            });
            boolean behindAGap = message.highestNumber() == 0;
            if (behindAGap && tenure != null && isCurrent(message.term())) {
                tenure.writes().onGap(from, message.applied());
            }
        }

        @Override
        public void onBeatAck(NodeId from, CoordinatorMessage.BeatAck message) {
            fromSeat(from, message.term(), t -> {
                t.writes().onBeatAck(from, message.beat());
                t.troubles().record(from, message.troubles(), turn().now().monoNanos());
                onProgress(t);
                acting(current -> current.removal().judge());
            });
        }

        @Override
        public void onResignedAck(NodeId from, CoordinatorMessage.ResignedAck message) {
            resignation.onAcknowledged(from, message.term());
        }

        @Override
        public void onJoinRequest(NodeId from, CoordinatorMessage.JoinRequest message) {
            highestNumber = Math.max(highestNumber, message.highestNumber());
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
                List<CoordinatorMessage.Register> pages = registrations.onPage(from, message, turn());
                if (!pages.isEmpty()) {
                    pages.forEach(page -> {
                        t.placing().onHosted(from, page.hosted());
                        t.placing().onStopped(from, page.stopped());
                    });
                    t.placing().onRegistered(from);
                    turn().send(from, new RegionMessage.Registered(t.term()));
                }
            });
        }

        @Override
        public void onHomeQuery(NodeId from, CoordinatorMessage.HomeQuery message) {
            if (message.clusterId() != clusterId) {
                return;
            }
            if (phase.isOnItsWay()) {
                waiting.add(message.shards(), turn());
            }
            forMember(from, t -> t.placing().onHomeQuery(message.shards()));
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
            highestNumber = Math.max(highestNumber, message.highestNumber());
            Tenure refused = isCurrent(message.refused()) ? tenure : null;
            if (refused != null && refused.isOutranked(from, message.highestNumber())) {
                becomePassive("region " + from + " has seen term " + message.highestNumber());
            }
        }
    }
}
