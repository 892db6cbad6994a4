package io.shardhold.testkit;

import io.shardhold.allocation.LeastShards;
import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.ClusterView;
import io.shardhold.cluster.NodeId;
import io.shardhold.config.ShardingSettings;
import io.shardhold.entity.EntityRef;
import io.shardhold.entity.EntityType;
import io.shardhold.internal.kernel.Counters;
import io.shardhold.internal.kernel.DataObserver;
import io.shardhold.internal.kernel.Ending;
import io.shardhold.internal.kernel.NodeKernel;
import io.shardhold.internal.kernel.SeededChance;
import io.shardhold.internal.kernel.TransportListener;
import io.shardhold.internal.node.ClusterNode;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.DataMessage;
import io.shardhold.internal.protocol.ShardEpoch;
import io.shardhold.internal.protocol.Term;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One machine of a simulated cluster with the process that runs on it: the production node, driven in virtual time. Used
 * from the test's thread only.
 *
 * <pre>{@code
 * SimulatedNode node = cluster.node("n1");
 * node.entityRef(CART, "c-42").tell(new Cart.Add("tea", 2));
 * cluster.run(Duration.ofSeconds(1));
 * node.crash();
 * }</pre>
 */
public final class SimulatedNode {
    private static final long STEP_NANOS = 1_000L;

    private final SimulatedCluster cluster;
    private final ShardingSettings settings;
    private final SimulatedClock clock;
    private final SeededChance chance;
    private final Map<NodeId, DataPipe> pipes = new TreeMap<>();
    private final Queue<Runnable> deferred = new ArrayDeque<>();
    private @Nullable ClusterNode node;
    private @Nullable NodeId identity;
    private @Nullable TransportListener listener;
    private boolean running;
    private long process;
    private long pausedUntilNanos;
    private boolean pumping;
    private long wakes;

    SimulatedNode(SimulatedCluster cluster, ShardingSettings settings, SimulatedClock clock, SeededChance chance) {
        this.cluster = cluster;
        this.settings = settings;
        this.clock = clock;
        this.chance = chance;
    }

    // ---- what a test does --------------------------------------------------------------------------------------

    /** The name of the node. */
    public String name() {
        return settings.name();
    }

    /** Where the node listens. */
    public String address() {
        return settings.address();
    }

    /** The settings that the node runs with. */
    public ShardingSettings settings() {
        return settings;
    }

    /** Whether a process runs on this machine. */
    public boolean isRunning() {
        return running;
    }

    /** The identity of the process that runs here, or ran here last. */
    public NodeId identity() {
        if (identity == null) {
            throw new IllegalStateException(name() + " has never been started");
        }
        return identity;
    }

    /** Starts a process: a new incarnation with empty memory. */
    public void start() {
        if (running) {
            throw new IllegalStateException(name() + " is running");
        }
        running = true;
        process++;
        deferred.clear();
        pausedUntilNanos = 0;
        SeededChance randoms = chance.fork();
        RandomGenerator random = randoms::nextLong;
        ClusterNode created = new ClusterNode(
                settings,
                new ClusterNode.Ports(
                        clock,
                        chance.fork(),
                        cluster.network().transportOf(this),
                        spec -> new SimulatedExecutor(cluster.time(), this, cluster::handlerNanos),
                        () -> random,
                        Runnable::run,
                        event -> cluster.onEvent(this, event),
                        cluster::onInput,
                        DataObserver.NONE),
                cluster.guards(this),
                new LeastShards(),
                new Counters());
        node = created;
        begin(identity == null ? 0 : identity.incarnation());
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

    /** Ends the process without a word: its memory is gone, its connections break. */
    public void crash() {
        if (running) {
            running = false;
            process++;
            deferred.clear();
            breakPipes();
            cluster.onCrash(this);
        }
    }

    /** Asks the process to hand over what it hosts, say goodbye and end. */
    public void leave() {
        clusterNode().leave();
    }

    /** Stops the process for a while: it computes nothing, its clocks go on. */
    public void pause(Duration duration) {
        pausedUntilNanos = Math.max(pausedUntilNanos, cluster.time().nowNanos() + duration.toNanos());
        long until = pausedUntilNanos;
        long pausedProcess = process;
        cluster.time().at(until, () -> {
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

    /** Sets the wall clock of the machine forward or back. */
    public void jumpWallClock(Duration by) {
        clock.jump(by.toMillis());
    }

    /** A reference to an entity, as an application on this node gets it. */
    public <M> EntityRef<M> entityRef(EntityType<M> type, String id) {
        return clusterNode().region().entityRef(type, id);
    }

    /** What the node knows of its cluster. */
    public ClusterView view() {
        return clusterNode().view();
    }

    /** Whether the node is a member with the right to serve. */
    public boolean isServing() {
        return running && !isPaused() && clusterNode().right().isHeld() && view().isUp();
    }

    /** Shards that the node hosts, those that are stopping included. */
    public int hostedShards() {
        return running ? clusterNode().region().hosted().size() : 0;
    }

    /** Messages parked on the node. */
    public int parkedMessages() {
        return running ? clusterNode().region().parked() : 0;
    }

    /** The counters of the node, by name. */
    public SortedMap<String, Long> counters() {
        return clusterNode().counters().snapshot();
    }

    // ---- what the simulation does ------------------------------------------------------------------------------

    ClusterNode clusterNode() {
        if (node == null) {
            throw new IllegalStateException(name() + " has never been started");
        }
        return node;
    }

    private NodeKernel kernel() {
        return clusterNode().kernel();
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

    boolean isPaused() {
        return cluster.time().nowNanos() < pausedUntilNanos;
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

    void dataLinkLost(NodeId peer, List<DataMessage> unsent, List<DataMessage> inDoubt) {
        for (DataMessage message : inDoubt) {
            cluster.onInDoubt(this, message);
        }
        listener().onDataLinkLost(peer, unsent, inDoubt.size());
        afterEvent();
    }

    void onSent(ControlMessage message) {
        cluster.onSent(this, message);
    }

    /** Which shards may take up messages here at this moment. */
    List<ShardEpoch> serving() {
        return running && !isPaused() && clusterNode().right().mayTakeUp()
                ? clusterNode().region().hosted()
                : List.of();
    }

    Optional<Term> actingTerm() {
        return running && !isPaused() ? clusterNode().actingTerm(clock.now()) : Optional.empty();
    }

    void afterEvent() {
        cluster.afterEvent(this);
        pump();
    }

    /** Sees to it that the kernel takes up what it has, and wakes for its next timer. */
    private void pump() {
        if (!running || isPaused() || pumping) {
            return;
        }
        NodeKernel kernel = kernel();
        long living = process;
        if (kernel.isReady()) {
            pumping = true;
            cluster.time().after(STEP_NANOS, () -> {
                pumping = false;
                if (living == process && !isPaused()) {
                    step();
                }
            });
        } else if (kernel.nanosToNextTimer() != Long.MAX_VALUE) {
            long wake = ++wakes;
            cluster.time().after(clock.toVirtual(kernel.nanosToNextTimer()), () -> {
                if (living == process && wake == wakes) {
                    pump();
                }
            });
        }
    }

    private void step() {
        NodeKernel kernel = kernel();
        kernel.step();
        Ending ending = kernel.ending();
        if (ending instanceof Ending.Rebirth rebirth) {
            clusterNode().onRebirth(rebirth);
            breakPipes();
            NodeId before = identity();
            begin(Math.max(before.incarnation(), rebirth.newestIncarnation()));
            cluster.onEvent(this, new ClusterEvent.Reborn(before, identity(), rebirth.reason()));
        } else if (ending instanceof Ending.Departure) {
            clusterNode().close();
            running = false;
            process++;
            breakPipes();
        } else if (ending instanceof Ending.Fault fault) {
            throw cluster.fault(this, fault.cause());
        }
        afterEvent();
    }

    @Override
    public String toString() {
        return name();
    }
}
