package io.shardhold.testkit;

import io.shardhold.allocation.AllocationStrategy;
import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import io.shardhold.config.EntitySpec;
import io.shardhold.config.ShardingSettings;
import io.shardhold.config.Timings;
import io.shardhold.internal.kernel.SeededChance;
import io.shardhold.testkit.fault.Fault;
import io.shardhold.testkit.fault.Handling;
import io.shardhold.testkit.fault.LinkRule;
import io.shardhold.testkit.fault.ProtocolStep;
import io.shardhold.testkit.rung.RungCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A cluster in a test. The nodes are what production runs; time, network and chance belong to the rung: on the simulated
 * one everything happens on the test's thread, in virtual time, as the seed says. After every event the promises of
 * Shardhold and the test's own invariants are checked; the first violation ends the test with a {@link MultiNodeFailure}.
 *
 * <pre>{@code
 * @MultiNodeTest(nodes = 5, seeds = 200)
 * void coordinatorDiesInMidHandoff(MultiNodeSpec spec) {
 *   spec.assertAlways(Invariants.ONE_HOME_PER_ENTITY, Invariants.ONE_ACTIVE_COORDINATOR);
 *   spec.crashAfterSending(spec.coordinator(), ProtocolStep.BEGIN_HAND_OFF);
 *   spec.rebalance();
 *   spec.runFor(Duration.ofSeconds(30));
 *   spec.healAll();
 *   spec.awaitConverged(Duration.ofSeconds(60));
 * }
 * }</pre>
 *
 * <p>What a node is made of is said first; whatever needs running nodes starts all of them that have not been started, and
 * waits until they serve. Used from the test's thread only.
 */
public final class MultiNodeSpec implements AutoCloseable {
    private static final Duration STARTING = Duration.ofSeconds(60);
    private static final int ACTION_MICROS = 5_000;

    private final SpecSetup setup;
    private final RungCluster cluster;
    private final Watch watch = new Watch(this);
    private final Map<String, TestNode> nodes = new LinkedHashMap<>();
    private final List<EntitySpec<?>> entities = new ArrayList<>();
    private final List<UnaryOperator<ShardingSettings.Builder>> changes = new ArrayList<>();
    private final Links links = new Links();
    private final StepTraps traps = new StepTraps();
    private final List<TestService<?, ?>> services = new ArrayList<>();
    private final Reached reached = new Reached(this);
    private final AtomicInteger shakes = new AtomicInteger();
    private final SeededChance chance;
    private String clusterName = "test";
    private @Nullable Workload workload;
    private @Nullable TestLease lease;
    private @Nullable FaultInjector injector;
    private boolean started;
    private int pendingActions;
    private final AtomicLong handled = new AtomicLong();

    MultiNodeSpec(SpecSetup setup) {
        this.setup = setup;
        this.chance = new SeededChance(setup.seed() * 31 + 7);
        this.cluster = setup.rung().open(setup.seed(), watch);
        cluster.tap(traps);
        setup.names().forEach(this::addNode);
        Invariants.all().forEach(watch::add);
        watch.add(reached);
    }

    // ---- what the cluster is made of ---------------------------------------------------------------------------

    /** Names the cluster; "test" unless said otherwise. Before it starts. */
    public MultiNodeSpec clusterName(String name) {
        beforeStart("the name of the cluster");
        clusterName = name;
        return this;
    }

    /** Adds an entity type that all nodes host, but those that host nothing. Before the cluster starts. */
    public MultiNodeSpec entity(EntitySpec<?> entity) {
        beforeStart("the entity types");
        entities.add(entity);
        return this;
    }

    /** Changes the settings of all nodes. Before the cluster starts. */
    public MultiNodeSpec settings(UnaryOperator<ShardingSettings.Builder> change) {
        beforeStart("the settings");
        changes.add(change);
        return this;
    }

    /** Adds a machine, at any time; its process runs after {@link TestNode#start}, or with the others. */
    public TestNode addNode(String name) {
        TestNode node = new TestNode(this, name);
        if (nodes.putIfAbsent(name, node) != null) {
            throw new IllegalArgumentException("there is a node '" + name + "' already, of " + nodes.keySet());
        }
        watch.add(node);
        return node;
    }

    /** Checks this after every event, too. The promises of {@link Invariants} are always checked. */
    public MultiNodeSpec assertAlways(Invariant... invariants) {
        for (Invariant invariant : invariants) {
            watch.add(invariant);
        }
        return this;
    }

    /** Tells of everything that nodes publish. */
    public MultiNodeSpec onEvent(BiConsumer<TestNode, ClusterEvent> listener) {
        watch.add(listener);
        return this;
    }

    // ---- the nodes ---------------------------------------------------------------------------------------------

    /** The node of this name. */
    public TestNode node(String name) {
        TestNode node = nodes.get(name);
        if (node == null) {
            throw new IllegalArgumentException("no node '" + name + "', only " + nodes.keySet());
        }
        return node;
    }

    /** All nodes, in the order in which they were added. */
    public Collection<TestNode> nodes() {
        return Collections.unmodifiableCollection(nodes.values());
    }

    /** Starts all nodes that have never run, and waits until they serve. */
    public void start() {
        ensureBuilt();
        started = true;
        for (TestNode node : nodes.values()) {
            if (node.process() == 0) {
                node.start();
            }
        }
        await("all nodes serve", STARTING, () -> nodes.values().stream().allMatch(TestNode::isServing));
    }

    /** The node whose coordinator may act; waits for one if there is none at this moment. */
    public TestNode coordinator() {
        ensureStarted();
        await("a coordinator is active", STARTING, () -> findCoordinator().isPresent());
        return findCoordinator().orElseThrow();
    }

    /** The node whose coordinator may act at this moment. */
    public Optional<TestNode> findCoordinator() {
        return nodes.values().stream().filter(TestNode::isCoordinating).findFirst();
    }

    /**
     * Has each node with this role do something, each at a random moment within 5 ms from now; {@link #enterBarrier} waits
     * until all have.
     *
     * @throws IllegalArgumentException if no node has the role
     */
    public void runOn(String role, Consumer<TestNode> action) {
        ensureStarted();
        List<TestNode> chosen =
                nodes.values().stream().filter(n -> n.roles().contains(role)).toList();
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException("no node has the role '" + role + "'; node(…).roles(…) gives it one");
        }
        for (TestNode node : chosen) {
            pendingActions++;
            cluster.after(Duration.ofNanos(chance.below(ACTION_MICROS) * 1_000L), () -> {
                pendingActions--;
                action.accept(node);
            });
        }
    }

    /** Waits until everything that {@link #runOn} has been given has been done; the name stands in the history. */
    public void enterBarrier(String name) {
        await("barrier " + name, STARTING, () -> pendingActions == 0);
        cluster.note("barrier " + name);
    }

    /**
     * Has a coordinator need a lease, which each node gets; and tells of it, and does harm to its store. The first call comes
     * before the cluster starts.
     */
    public TestLease lease() {
        if (lease == null) {
            beforeStart("the lease");
            lease = new TestLease(this, setup.rung().lease(), chance.fork());
        }
        return lease;
    }

    /** Longest time from the death of the coordinator's node to its shards being placed again, besides a promise round. */
    public Duration coordinatorBound() {
        ensureBuilt();
        return nodes.values().iterator().next().machine().settings().coordinatorBound();
    }

    /** Something outside of the cluster that nodes call, with faults of its own; {@link #healAll} ends them. */
    public <Q, A> TestService<Q, A> service(String name, Function<Q, A> handler) {
        setup.requireSimulated("services such as '" + name + "'");
        TestService<Q, A> service = new TestService<>(this, name, handler, chance.fork());
        services.add(service);
        return service;
    }

    // ---- time --------------------------------------------------------------------------------------------------

    /** Time since the beginning. */
    public Duration elapsed() {
        return cluster.elapsed();
    }

    /** The timings that nodes have unless a test gives them others; for durations that suit every rung. */
    public Timings timings() {
        return setup.rung().timings();
    }

    /** Lets time pass. */
    public void runFor(Duration duration) {
        Arguments.checkPassing(duration);
        ensureStarted();
        cluster.runFor(duration);
        watch.throwIfViolated();
    }

    /** Lets time pass until something holds; fails if it does not within the limit. */
    public void await(String what, Duration limit, BooleanSupplier condition) {
        ensureStarted();
        boolean held = cluster.runUntil(limit, condition);
        watch.throwIfViolated();
        if (!held) {
            throw failure("did not happen within " + limit + ": " + what, null);
        }
    }

    /** Lets time pass until an assertion holds; fails with what it said last if it does not within the limit. */
    public void awaitAssert(Duration limit, Runnable assertion) {
        ensureStarted();
        LastAssertion last = new LastAssertion(assertion);
        boolean held = cluster.runUntil(limit, last::holds);
        watch.throwIfViolated();
        if (!held) {
            throw failure("did not hold within " + limit + ": " + last.text(), last.error());
        }
    }

    /** Does something after a while. */
    public void after(Duration delay, Runnable action) {
        Arguments.checkDelay(delay);
        cluster.after(delay, action);
    }

    /** Does something again and again, as long as the test runs. */
    public void every(Duration interval, Runnable action) {
        Arguments.checkInterval(interval);
        cluster.after(interval, () -> {
            action.run();
            every(interval, action);
        });
    }

    /**
     * Ends generated load and faults, then waits until everything has been as it should be for a second: all running nodes
     * serve and see each other as members of one cluster under one coordinator, and every message has been taken up or named.
     */
    public void awaitConverged(Duration limit) {
        ensureStarted();
        stopFaults();
        stopSending();
        Convergence convergence = new Convergence(this, links);
        boolean held = cluster.runUntil(limit, convergence::isReached);
        watch.throwIfViolated();
        if (!held) {
            throw failure("not converged within " + limit + ": " + convergence.whatIsMissing(), null);
        }
        watch.atRest();
    }

    /** Messages of which nothing has become yet. */
    int openMessages() {
        return watch.check(Invariants.CONSERVATION) instanceof Conservation conservation ? conservation.open() : 0;
    }

    // ---- what the cluster does ---------------------------------------------------------------------------------

    /** Has the coordinator move a shard of each node, however well they lie. */
    public void rebalance() {
        ensureStarted();
        cluster.note("rebalance");
        shakes.incrementAndGet();
    }

    AllocationStrategy shaken(AllocationStrategy strategy) {
        return new ShakenAllocation(strategy, shakes);
    }

    /** Has every running node send numbered messages to the built-in entities, from now on. */
    public void keepSending(Duration interval) {
        ensureStarted();
        if (workload == null) {
            workload = new Workload(this, entities);
        }
        workload.start(interval);
    }

    /** Ends {@link #keepSending} and {@link TestNode#keepCalling}. */
    public void stopSending() {
        nodes.values().forEach(TestNode::stopCalling);
        if (workload != null) {
            workload.stop();
        }
    }

    /** Messages that built-in entities have handled. */
    public long handled() {
        return handled.get();
    }

    EntitySpec<?> builtInEntity() {
        return Workload.entity(handled::incrementAndGet);
    }

    // ---- faults ------------------------------------------------------------------------------------------------

    /** Cuts both directions between two nodes. */
    public void partition(String a, String b) {
        cut(a, b);
        cut(b, a);
    }

    /** Cuts all links between two groups of nodes; a node in neither, a bridge, goes on seeing both. */
    public void partition(Collection<String> left, Collection<String> right) {
        Arguments.checkSides(left, right);
        for (String a : left) {
            for (String b : right) {
                partition(a, b);
            }
        }
    }

    /** Cuts one direction. */
    public void cut(String from, String to) {
        setCut(from, to, true);
    }

    private void setCut(String from, String to, boolean cut) {
        require(Fault.CUT);
        ensureBuilt();
        links.cut(cluster, node(from).name(), node(to).name(), cut);
    }

    /** Cuts a node off from all others, both ways. */
    public void isolate(String name) {
        node(name);
        partition(
                List.of(name),
                nodes.keySet().stream().filter(n -> !n.equals(name)).toList());
    }

    /** Cuts and heals the link between two nodes again and again, for a while; healed at the end. */
    public void flap(String a, String b, Duration interval, Duration length) {
        Links.flap(this, a, b, interval, elapsed().plus(length));
    }

    /** Takes back the cuts between two nodes. */
    public void heal(String a, String b) {
        setCut(a, b, false);
        setCut(b, a, false);
    }

    /** Makes all links and services good and all handlers quick, and lets everything pass. Nodes that are down stay down. */
    public void healAll() {
        ensureBuilt();
        traps.clear();
        links.clear(cluster, names());
        nodes.values().forEach(node -> node.handling(Handling.QUICK));
        services.forEach(TestService::heal);
        Optional.ofNullable(lease).ifPresent(TestLease::heal);
    }

    /** Sets how one direction treats what passes; cuts stay as they are. */
    public void link(String from, String to, LinkRule rule) {
        rule.faults().forEach(this::require);
        ensureBuilt();
        links.rule(cluster, node(from).name(), node(to).name(), rule);
    }

    /** Sets how every link without a rule of its own treats what passes; cuts stay as they are. */
    public void network(LinkRule rule) {
        rule.faults().forEach(this::require);
        ensureBuilt();
        links.network(cluster, names(), rule);
    }

    /** Breaks the connections from one node to another; they are made anew. */
    public void breakLink(String from, String to) {
        require(Fault.LINK_BREAK);
        ensureBuilt();
        cluster.breakLink(node(from).name(), node(to).name());
    }

    /** Kills the process of a node, once, right after it has sent a message of this step. */
    public void crashAfterSending(TestNode node, ProtocolStep step) {
        onceSent(node, step, node::crash);
    }

    /** Does something once, right after this node has sent a message of this step. */
    public void onceSent(TestNode node, ProtocolStep step, Runnable action) {
        require(Fault.STEP);
        traps.spring(node.name(), step, action);
    }

    /** Loses messages of a step from one node to another, for a while; null stands for any node. */
    public void holdBack(ProtocolStep step, @Nullable String from, @Nullable String to, Duration length) {
        require(Fault.STEP);
        Duration end = elapsed().plus(length);
        traps.holdBack(step, from, to, () -> elapsed().compareTo(end) < 0);
    }

    /** For a while, what the coordinator on this node writes reaches no seat but its own: a minority. */
    public void minorityWrites(TestNode node, Duration length) {
        for (String other : nodes.keySet()) {
            if (!other.equals(node.name())) {
                holdBack(ProtocolStep.MAP_WRITE, node.name(), other, length);
            }
        }
    }

    /** For a while, a node learns nothing new of the map: what it reads and passes on is stale. */
    public void staleReads(TestNode node, Duration length) {
        holdBack(ProtocolStep.MAP_PAGE, null, node.name(), length);
        holdBack(ProtocolStep.MAP_WRITE, null, node.name(), length);
    }

    /** Begins to do harm as the profile says, drawn from the seed, until {@link #stopFaults}. */
    public void faults(FaultProfile profile) {
        ensureStarted();
        stopFaults();
        injector = new FaultInjector(this, profile, chance.fork());
        injector.start();
    }

    /** Ends {@link #faults}, heals everything, and starts nodes that are down. */
    public void stopFaults() {
        if (injector != null) {
            injector.stop();
            injector = null;
        }
    }

    /** What has happened so far that tests are made for, by name: "handoff during a partition" and the like. */
    public SortedMap<String, Long> reached() {
        return reached.counts();
    }

    void onStrike(Strike strike) {
        reached.onStrike(strike);
    }

    /** Whether any link is cut at this moment. */
    boolean isPartitioned() {
        return links.isAnyCut();
    }

    // ---- the run itself ----------------------------------------------------------------------------------------

    /** The seed from which everything is drawn. */
    public long seed() {
        return setup.seed();
    }

    /** Randomness for the test's own decisions, drawn from the seed. */
    public RandomGenerator random() {
        return chance::nextLong;
    }

    /** The name of the rung on which the test runs. */
    public String rung() {
        return setup.rung().name();
    }

    /** Events that have happened. */
    public long events() {
        return cluster.events();
    }

    /** Writes a line into the history. */
    public void note(String line) {
        cluster.note(line);
    }

    /** Ends the test: an invariant does not hold. Thrown when the event that showed it is over. */
    public void violated(String invariant, String what) {
        watch.violated(failure(invariant + ": " + what, null));
    }

    /** A failure that tells what happened, with everything that one needs to find its cause. */
    public MultiNodeFailure failure(String what, @Nullable Throwable cause) {
        return cause instanceof MultiNodeFailure told ? told : new MultiNodeFailure(setup.describe(what, this), cause);
    }

    List<String> history() {
        return cluster.history();
    }

    /** Ends all nodes. */
    @Override
    public void close() {
        cluster.close();
    }

    RungCluster cluster() {
        return cluster;
    }

    /** Whether the rung tells which messages a lost connection took along; others tell how many. */
    boolean namesMessagesInDoubt() {
        return setup.rung().faults().contains(Fault.LOSS);
    }

    int processOf(NodeId id) {
        return watch.processOf(id);
    }

    List<String> names() {
        return List.copyOf(nodes.keySet());
    }

    /** What the rung can inject; harm to the lease only where there is one. */
    Set<Fault> possibleFaults() {
        return setup.possibleFaults(lease != null);
    }

    /** Refuses a fault that the rung cannot inject, by name. */
    void require(Fault fault) {
        setup.require(fault);
    }

    void beforeStart(String what) {
        if (nodes.values().stream().anyMatch(TestNode::isBuilt)) {
            throw new IllegalStateException(
                    what + " cannot be changed any more, because nodes run; move this line before"
                            + " the first one that needs a running node");
        }
    }

    /** A test that starts nodes itself starts all of them itself. */
    void onStartedByHand() {
        started = true;
    }

    void ensureStarted() {
        if (!started) {
            start();
        }
    }

    /** Makes machines of the nodes, so that single ones can be started. */
    void ensureBuilt() {
        boolean added = false;
        for (TestNode node : nodes.values()) {
            if (!node.isBuilt()) {
                ShardingSettings.Builder prepared =
                        cluster.prepare(clusterName, node.name(), node.seedNodes(setup.seedNames()));
                if (lease != null) {
                    prepared.lease(lease.of(node.name()));
                }
                node.build(entities, changes, prepared);
                added = true;
            }
        }
        if (added) {
            links.applyAll(cluster, names());
        }
    }
}
