package io.shardhold.testkit;

import io.shardhold.cluster.ClusterView;
import io.shardhold.cluster.NodeId;
import io.shardhold.config.EntitySpec;
import io.shardhold.config.Limits;
import io.shardhold.config.ShardingSettings;
import io.shardhold.entity.EntityRef;
import io.shardhold.entity.EntityType;
import io.shardhold.internal.protocol.ShardEpoch;
import io.shardhold.internal.protocol.Term;
import io.shardhold.testkit.fault.Fault;
import io.shardhold.testkit.fault.Handling;
import io.shardhold.testkit.rung.RungNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One machine of a test, with the process that runs on it or not. Used from the test's thread only.
 *
 * <pre>{@code
 * TestNode node = spec.node("n1");
 * node.entityRef(CART, "c-42").tell(new Cart.Add("tea", 2));
 * spec.runFor(Duration.ofSeconds(1));
 * node.crash();
 * node.restart();
 * }</pre>
 */
public final class TestNode {
    private static final double MOST_DRIFT = 0.05;
    private static final double MILLION = 1_000_000.0;
    private static final Duration LEAVING = Duration.ofSeconds(90);

    private final MultiNodeSpec spec;
    private final String name;
    private final SortedSet<String> roles = new TreeSet<>();
    private final List<UnaryOperator<ShardingSettings.Builder>> changes = new ArrayList<>();
    private final SortedMap<String, byte[]> disk = new TreeMap<>();
    private final List<Caller> callers = new ArrayList<>();
    private List<String> seedNodes = List.of();
    private Duration wallOffset = Duration.ZERO;
    private double drift;
    private boolean hostsNothing;
    private boolean leaving;
    private @Nullable RungNode machine;
    private int process;
    private int starts;
    private long homesVersion = -1;
    private int homesProcess;
    private List<Home> homes = List.of();

    TestNode(MultiNodeSpec spec, String name) {
        this.spec = spec;
        this.name = name;
    }

    // ---- before the nodes run ----------------------------------------------------------------------------------

    /** Gives the node roles, by which {@link MultiNodeSpec#runOn} finds it too. Before the node starts. */
    public TestNode roles(String... labels) {
        roles.addAll(List.of(labels));
        return settings(builder -> builder.roles(roles.toArray(String[]::new)));
    }

    /** Puts the node into a zone. Before the node starts. */
    public TestNode zone(String zone) {
        return settings(builder -> builder.zone(zone));
    }

    /** Has the node look for its cluster at these nodes, instead of the test's seed nodes. Before the node starts. */
    public TestNode seedNodes(String... names) {
        ensureNotBuilt("seed nodes");
        seedNodes = List.of(names);
        return this;
    }

    List<String> seedNodes(List<String> usual) {
        return seedNodes.isEmpty() ? usual : seedNodes;
    }

    /** Changes the settings of this node. Before the node starts. */
    public TestNode settings(UnaryOperator<ShardingSettings.Builder> change) {
        ensureNotBuilt("settings");
        changes.add(change);
        return this;
    }

    /** Adds an entity type that this node hosts. Before the node starts. */
    public TestNode entity(EntitySpec<?> entity) {
        return settings(builder -> builder.entity(entity));
    }

    /**
     * Gives the machine clocks that are off. Before the node starts.
     *
     * @param offset how far its wall clock is ahead; negative if it is behind
     * @param share how much faster its clocks tick, -0.05 to 0.05
     */
    public TestNode clock(Duration offset, double share) {
        ensureNotBuilt("clock");
        if (!(Math.abs(share) <= MOST_DRIFT)) {
            throw new IllegalArgumentException("clocks of " + name + " may drift by -" + MOST_DRIFT + " to "
                    + MOST_DRIFT + ", the promised rate, was " + share);
        }
        if (!offset.isZero()) {
            spec.require(Fault.CLOCK_OFFSET);
        }
        if (share != 0) {
            spec.require(Fault.CLOCK_DRIFT);
        }
        wallOffset = offset;
        drift = share;
        return this;
    }

    /** Has the node host no entities: a seed with nothing else to do is a witness. Before the node starts. */
    public TestNode hostsNothing() {
        ensureNotBuilt("entity types");
        hostsNothing = true;
        return this;
    }

    private void ensureNotBuilt(String what) {
        if (isBuilt()) {
            throw new IllegalStateException(
                    "the " + what + " of " + name + " cannot be changed any more, because nodes run;"
                            + " move this line before the first one that needs a running node");
        }
    }

    /** Makes the machine: first what the rung says, then the test for all nodes, then the test for this one. */
    void build(
            List<EntitySpec<?>> entities,
            List<UnaryOperator<ShardingSettings.Builder>> common,
            ShardingSettings.Builder prepared) {
        ShardingSettings.Builder builder = prepared.timings(spec.timings());
        if (!hostsNothing) {
            entities.forEach(builder::entity);
        }
        for (UnaryOperator<ShardingSettings.Builder> change : common) {
            builder = change.apply(builder);
        }
        for (UnaryOperator<ShardingSettings.Builder> change : changes) {
            builder = change.apply(builder);
        }
        ShardingSettings settings = builder.build();
        if (settings.entities().isEmpty() && !hostsNothing) {
            builder.entity(spec.builtInEntity());
        }
        builder.allocation(spec.shaken(settings.allocation()));
        machine = spec.cluster().add(builder.build(), Math.round(drift * MILLION), wallOffset);
    }

    boolean isBuilt() {
        return machine != null;
    }

    // ---- life --------------------------------------------------------------------------------------------------

    /** Starts a process on the machine: a new incarnation with empty memory. */
    public void start() {
        spec.ensureBuilt();
        leaving = false;
        spec.onStartedByHand();
        machine().start();
    }

    /** Has the process hand over what it hosts and say goodbye, and waits until it has ended. */
    public void stop() {
        leave();
        spec.await(name + " leaves", LEAVING, () -> !isRunning());
    }

    /** Asks the process to hand over, say goodbye and end; does not wait. */
    public void leave() {
        RungNode started = startedMachine();
        leaving = isRunning();
        started.leave();
    }

    /** Kills the process: its memory is gone, its connections break, nobody is told. Nothing happens if none runs. */
    public void crash() {
        spec.require(Fault.CRASH);
        startedMachine().crash();
    }

    /** Starts a new incarnation, after a crash if one runs. The disk is as it was. */
    public void restart() {
        if (isRunning()) {
            crash();
        }
        start();
    }

    /** Starts a new incarnation on a new machine: the disk is empty. */
    public void restartWithoutDisk() {
        disk.clear();
        restart();
    }

    /** What an entity on this machine has stored locally: survives processes. Shardhold itself keeps nothing here. */
    public SortedMap<String, byte[]> disk() {
        return disk;
    }

    /** Stops the process for a while: it computes nothing, but its clocks go on and have leapt when it wakes. */
    public void pause(Duration duration) {
        spec.require(Fault.PAUSE);
        startedMachine().pause(duration);
    }

    /** Sets the wall clock of the machine forward, or back. */
    public void jumpWallClock(Duration by) {
        spec.require(Fault.CLOCK_JUMP);
        startedMachine().jumpWallClock(by);
    }

    /** Sets how long handlers take that begin from now on. */
    public void handling(Handling handling) {
        if (handling.hanging()) {
            spec.require(Fault.HANGING_HANDLERS);
        } else if (!handling.equals(Handling.QUICK)) {
            spec.require(Fault.SLOW_HANDLERS);
        }
        startedMachine().handling(handling);
    }

    // ---- what the application on this node does ----------------------------------------------------------------

    /** A reference to an entity, as the application on this node gets it. */
    public <M> EntityRef<M> entityRef(EntityType<M> type, String id) {
        spec.ensureStarted();
        RungNode current = machine();
        if (process == 0) {
            throw new IllegalStateException(
                    name + " has never been started; spec.start() starts all nodes that have not,"
                            + " and does not come by itself once a test has started one with node.start()");
        }
        EntityRef<M> ref = current.entityRef(type, id);
        return spec.rung().equals(SpecSetup.DEFAULT_RUNG) ? new VirtualRef<>(ref) : ref;
    }

    /**
     * Has a client on this node make one call after another, at most one per interval: the next one when the last was
     * answered or failed, or when the process died with it; none while no process runs or it is paused. Ends with
     * {@link MultiNodeSpec#stopSending}, so with {@link MultiNodeSpec#awaitConverged} too.
     */
    public void keepCalling(Duration interval, Supplier<? extends CompletionStage<?>> call) {
        spec.ensureStarted();
        Caller caller = new Caller(this, call);
        callers.add(caller);
        repeat(interval, caller);
    }

    private void repeat(Duration interval, Caller caller) {
        spec.after(interval, () -> {
            if (callers.contains(caller)) {
                caller.callIfFree();
                repeat(interval, caller);
            }
        });
    }

    void stopCalling() {
        callers.clear();
    }

    // ---- what can be seen --------------------------------------------------------------------------------------

    public String name() {
        return name;
    }

    public SortedSet<String> roles() {
        return new TreeSet<>(roles);
    }

    public boolean isRunning() {
        return machine != null && machine.isRunning();
    }

    /** Whether the process has been asked to leave and has not ended. */
    public boolean isLeaving() {
        return leaving && isRunning();
    }

    /** Whether the process is stopped for a while. */
    public boolean isPaused() {
        return machine != null && machine.isPaused();
    }

    /** The identity of the process that runs here, or ran here last. */
    public NodeId identity() {
        return machine().identity();
    }

    /** Whether the node is a member with the right to serve. */
    public boolean isServing() {
        return machine != null && machine.isServing();
    }

    /** Whether this node's coordinator may act at this moment. */
    public boolean isCoordinating() {
        return actingTerm().isPresent();
    }

    /** What the node knows of its cluster. */
    public ClusterView view() {
        return machine().view();
    }

    /** Shards that the node hosts, sorted; those that are stopping included. */
    public List<Home> homes() {
        long version = hostedVersion();
        if (version != homesVersion || process != homesProcess) {
            homes = machine().hosted().stream().map(TestNode::home).toList();
            homesVersion = version;
            homesProcess = process;
        }
        return homes;
    }

    static Home home(ShardEpoch shard) {
        return new Home(
                shard.shard().type(), shard.shard().shard(), shard.epoch().fence());
    }

    /** Whether messages may be taken up here at this moment. */
    public boolean mayTakeUp() {
        return machine != null && machine.mayTakeUp();
    }

    /** Messages that wait here for a home of their shard. */
    public int parked() {
        return machine == null ? 0 : machine.parked();
    }

    /** Entities that live here or have messages waiting. */
    public int entities() {
        return machine == null ? 0 : machine.entities();
    }

    /** The counters of the node, by name. */
    public Map<String, Long> counters() {
        return machine().counters();
    }

    /** The number of the process that runs here, or ran here last: each start of each node has its own, from 1. */
    public int process() {
        return process;
    }

    // ---- for the kit -------------------------------------------------------------------------------------------

    void process(int number) {
        process = number;
        starts++;
    }

    /** How often a process was started here. */
    int starts() {
        return starts;
    }

    long hostedVersion() {
        return machine == null ? -1 : machine.hostedVersion();
    }

    Optional<Term> actingTerm() {
        return machine == null ? Optional.empty() : machine.actingTerm();
    }

    Limits limits() {
        return machine().settings().limits();
    }

    int declaredShards() {
        return machine().settings().entities().stream()
                .mapToInt(EntitySpec::shards)
                .sum();
    }

    /** The machine; the nodes start if this is the first line of the test that needs one. */
    private RungNode startedMachine() {
        if (machine == null) {
            spec.ensureStarted();
        }
        return machine();
    }

    RungNode machine() {
        RungNode current = machine;
        if (current == null) {
            throw new IllegalStateException(name + " has not been started; call spec.start() or node.start() first");
        }
        return current;
    }

    @Override
    public String toString() {
        return name;
    }
}
