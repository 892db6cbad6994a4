package io.shardhold.testkit.simulated;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.ClusterView;
import io.shardhold.cluster.NodeId;
import io.shardhold.cluster.UndeliveredReason;
import io.shardhold.config.EntitySpec;
import io.shardhold.config.ShardingSettings;
import io.shardhold.entity.EntityRef;
import io.shardhold.entity.EntityType;
import io.shardhold.internal.kernel.Counters;
import io.shardhold.internal.kernel.DataObserver;
import io.shardhold.internal.kernel.Ending;
import io.shardhold.internal.kernel.EntityExecutor;
import io.shardhold.internal.kernel.NodeKernel;
import io.shardhold.internal.kernel.SeededChance;
import io.shardhold.internal.kernel.TransportListener;
import io.shardhold.internal.node.ClusterNode;
import io.shardhold.internal.protocol.DataMessage;
import io.shardhold.internal.protocol.Envelope;
import io.shardhold.internal.protocol.ShardEpoch;
import io.shardhold.internal.protocol.Term;
import io.shardhold.testkit.fault.Handling;
import io.shardhold.testkit.rung.ProcessLease;
import io.shardhold.testkit.rung.RungNode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One machine of a simulated cluster with the process that runs on it: the production node, driven in virtual time. */
final class SimulatedNode implements RungNode {
    private static final long STEP_NANOS = 1_000L;

    private final SimulatedCluster cluster;
    private final int index;
    private final ShardingSettings settings;
    private final SimulatedClock clock;
    private final SeededChance chance;
    private final Map<NodeId, DataPipe> pipes = new TreeMap<>();
    private final Queue<Runnable> deferred = new ArrayDeque<>();
    private final List<SimulatedExecutor> executors = new ArrayList<>();
    private Handling handling = Handling.QUICK;
    private @Nullable ClusterNode node;
    private @Nullable NodeId identity;
    private @Nullable TransportListener listener;
    private boolean running;
    private long process;
    private long pausedUntilNanos;
    private boolean pumping;
    private long wakes;

    SimulatedNode(
            SimulatedCluster cluster, int index, ShardingSettings settings, SimulatedClock clock, SeededChance chance) {
        this.cluster = cluster;
        this.index = index;
        this.settings = settings;
        this.clock = clock;
        this.chance = chance;
    }

    // ---- what a test does --------------------------------------------------------------------------------------

    @Override
    public String name() {
        return settings.name();
    }

    @Override
    public ShardingSettings settings() {
        return settings;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public NodeId identity() {
        if (identity == null) {
            throw new IllegalStateException(name() + " has never been started");
        }
        return identity;
    }

    @Override
    public void start() {
        if (running) {
            throw new IllegalStateException(name() + " is running");
        }
        running = true;
        process++;
        deferred.clear();
        executors.clear();
        pausedUntilNanos = 0;
        pumping = false;
        cluster.note("start " + this);
        SeededChance randoms = chance.fork();
        RandomGenerator random = randoms::nextLong;
        if (settings.lease().orElse(null) instanceof ProcessLease lease) {
            lease.begin(new SimulatedLeaseRuntime(this, clock, chance.fork()));
        }
        node = new ClusterNode(
                settings,
                new ClusterNode.Ports(
                        clock,
                        chance.fork(),
                        cluster.network().transportOf(this),
                        this::executor,
                        () -> random,
                        Runnable::run,
                        this::onEvent,
                        (self, input) -> cluster.onInput(this, self, input),
                        new Messages()),
                cluster.guards(),
                settings.allocation(),
                new Counters());
        begin(identity == null ? 0 : identity.incarnation());
        cluster.listener().onStarted(this);
    }

    private EntityExecutor executor(EntitySpec<?> spec) {
        SimulatedExecutor executor = new SimulatedExecutor(this);
        executors.add(executor);
        return executor;
    }

    private void begin(long above) {
        ClusterNode current = clusterNode();
        NodeId self = ClusterNode.identity(settings, clock.wallMillis(), above);
        identity = self;
        NodeKernel kernel = current.begin(self);
        listener = current.listener();
        kernel.onWakeUp(this::pump);
        pump();
    }

    @Override
    public void crash() {
        if (running) {
            cluster.note("crash " + this);
            running = false;
            process++;
            deferred.clear();
            breakPipes();
            cluster.listener().onEnded(this, false);
            cluster.listener().afterEvent(this);
        }
    }

    @Override
    public void leave() {
        clusterNode().leave();
    }

    @Override
    public void pause(Duration duration) {
        cluster.note("pause " + this + " for " + duration);
        pausedUntilNanos = Math.max(pausedUntilNanos, time().nowNanos() + duration.toNanos());
        long until = pausedUntilNanos;
        long pausedProcess = process;
        time().at(until, () -> {
            if (process == pausedProcess && pausedUntilNanos == until) {
                resume();
            }
        });
    }

    private void resume() {
        pausedUntilNanos = 0;
        pumping = false;
        pump();
        for (Runnable event = deferred.poll(); event != null; event = deferred.poll()) {
            event.run();
        }
    }

    @Override
    public boolean isPaused() {
        return time().nowNanos() < pausedUntilNanos;
    }

    @Override
    public void jumpWallClock(Duration by) {
        cluster.note("the wall clock of " + this + " is set by " + by);
        clock.jump(by.toMillis());
    }

    @Override
    public void handling(Handling changed) {
        handling = changed;
        if (!changed.hanging()) {
            executors.forEach(SimulatedExecutor::release);
        }
    }

    @Override
    public <M> EntityRef<M> entityRef(EntityType<M> type, String id) {
        return clusterNode().region().entityRef(type, id);
    }

    @Override
    public ClusterView view() {
        return clusterNode().view();
    }

    @Override
    public boolean isServing() {
        return running && !isPaused() && clusterNode().right().isHeld() && view().isUp();
    }

    @Override
    public Optional<Term> actingTerm() {
        return running && !isPaused() ? clusterNode().actingTerm(clock.now()) : Optional.empty();
    }

    @Override
    public List<ShardEpoch> hosted() {
        return running ? clusterNode().region().hosted() : List.of();
    }

    @Override
    public long hostedVersion() {
        return running ? clusterNode().region().hostedVersion() : -1;
    }

    @Override
    public boolean mayTakeUp() {
        return running && !isPaused() && clusterNode().right().mayTakeUp();
    }

    @Override
    public int parked() {
        return running ? clusterNode().region().parked() : 0;
    }

    @Override
    public int entities() {
        return running ? clusterNode().region().entities() : 0;
    }

    @Override
    public SortedMap<String, Long> counters() {
        return clusterNode().counters().snapshot();
    }

    // ---- what the simulation does ------------------------------------------------------------------------------

    private ClusterNode clusterNode() {
        if (node == null) {
            throw new IllegalStateException(name() + " has never been started");
        }
        return node;
    }

    int index() {
        return index;
    }

    String address() {
        return settings.address();
    }

    SeededChance chance() {
        return chance;
    }

    VirtualTime time() {
        return cluster.time();
    }

    Handling handling() {
        return handling;
    }

    TransportListener listener() {
        if (listener == null) {
            throw new IllegalStateException(name() + " has never been started");
        }
        return listener;
    }

    /** Changes with each start and each crash: what was scheduled for an earlier process does not happen. */
    long process() {
        return process;
    }

    /** Does something when the pause is over, in the order of asking. */
    void afterPause(Runnable event) {
        deferred.add(event);
    }

    DataPipe pipeTo(NodeId peer) {
        return pipes.computeIfAbsent(peer, id -> new DataPipe(cluster.network(), this, id));
    }

    private void breakPipes() {
        Map<NodeId, DataPipe> broken = new TreeMap<>(pipes);
        pipes.clear();
        broken.values().forEach(DataPipe::die);
    }

    void dataLinkLost(NodeId peer, List<DataMessage> unsent, int inDoubt) {
        listener().onDataLinkLost(peer, unsent, inDoubt);
        afterEvent();
    }

    /** As in production: first the log, here the history; then the application's listeners, whose mistakes are their own. */
    private void onEvent(ClusterEvent event) {
        cluster.onEvent(this, event);
        for (Consumer<ClusterEvent> application : settings.listeners()) {
            try {
                application.accept(event);
            } catch (RuntimeException thrown) {
                cluster.note("a listener of the application threw " + thrown);
            }
        }
    }

    void afterEvent() {
        cluster.listener().afterEvent(this);
        pump();
    }

    /** Sees to it that the kernel takes up what it has, and wakes for its next timer. */
    private void pump() {
        if (!running || isPaused() || pumping) {
            return;
        }
        NodeKernel kernel = clusterNode().kernel();
        long living = process;
        if (kernel.isReady()) {
            pumping = true;
            time().after(STEP_NANOS, () -> {
                if (living == process) {
                    pumping = false;
                    if (!isPaused()) {
                        step();
                    }
                }
            });
        } else if (kernel.nanosToNextTimer() != Long.MAX_VALUE) {
            long wake = ++wakes;
            time().after(clock.toVirtual(kernel.nanosToNextTimer()), () -> {
                if (living == process && wake == wakes) {
                    pump();
                }
            });
        }
    }

    private void step() {
        NodeKernel kernel = clusterNode().kernel();
        kernel.step();
        if (!running) {
            return;
        }
        Ending ending = kernel.ending();
        if (ending instanceof Ending.Rebirth rebirth) {
            clusterNode().onRebirth(rebirth);
            breakPipes();
            NodeId before = identity();
            begin(Math.max(before.incarnation(), rebirth.newestIncarnation()));
            onEvent(new ClusterEvent.Reborn(before, identity(), rebirth.reason()));
        } else if (ending instanceof Ending.Departure) {
            clusterNode().close();
            running = false;
            process++;
            pipes.values().forEach(DataPipe::abandon);
            breakPipes();
            cluster.listener().onEnded(this, true);
        } else if (ending instanceof Ending.Fault fault) {
            cluster.listener().onFault(this, fault.cause());
        }
        afterEvent();
    }

    /** What becomes of messages here. */
    private final class Messages implements DataObserver {
        @Override
        public void onEntered(NodeId sender, Envelope envelope) {
            cluster.listener().onEntered(SimulatedNode.this, sender, envelope);
        }

        @Override
        public void onTakenUp(NodeId sender, Envelope envelope, ShardEpoch home) {
            cluster.listener().onTakenUp(SimulatedNode.this, sender, envelope, home);
        }

        @Override
        public void onUndelivered(NodeId sender, Envelope envelope, UndeliveredReason reason) {
            cluster.listener().onUndelivered(SimulatedNode.this, sender, envelope, reason);
        }
    }

    @Override
    public String toString() {
        return name();
    }
}
