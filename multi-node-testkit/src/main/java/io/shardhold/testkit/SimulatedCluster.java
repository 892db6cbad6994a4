package io.shardhold.testkit;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import io.shardhold.config.ShardingSettings;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.Input;
import io.shardhold.internal.kernel.SeededChance;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.DataMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;

/**
 * A cluster of production nodes in one thread and in virtual time. Everything that happens is drawn from one seed: the
 * same seed gives the same history. After every event the promises are checked; a violation ends the run with a
 * {@link SimulationFailure}.
 *
 * <pre>{@code
 * SimulatedCluster cluster = new SimulatedCluster(42);
 * for (String name : List.of("n1", "n2", "n3")) {
 *   cluster.add(ShardingSettings.builder("test").bind(name, 7350).name(name)
 *       .seeds("n1:7350", "n2:7350", "n3:7350").entity(spec).build()).start();
 * }
 * cluster.run(Duration.ofSeconds(10));
 * cluster.partition("n1", "n2");
 * }</pre>
 */
public final class SimulatedCluster {
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final long seed;
    private final VirtualTime time = new VirtualTime();
    private final SeededChance chance;
    private final SeededChance handlerChance;
    private final SimulatedNetwork network;
    private final Map<String, SimulatedNode> nodes = new TreeMap<>();
    private final Trace trace = new Trace();
    private final Invariants invariants = new Invariants();
    private final ObeyedTerms terms = new ObeyedTerms();
    private final List<BiConsumer<SimulatedNode, ClusterEvent>> listeners = new ArrayList<>();
    private final List<BiConsumer<SimulatedNode, DataMessage>> inDoubtListeners = new ArrayList<>();
    private Guards guards = Guards.STRICT;
    private long shortestHandlerNanos = 10_000L;
    private long longestHandlerNanos = 1_000_000L;
    private boolean checking = true;

    public SimulatedCluster(long seed) {
        this.seed = seed;
        this.chance = new SeededChance(seed);
        this.handlerChance = chance.fork();
        this.network = new SimulatedNetwork(time, chance.fork());
    }

    // ---- building ----------------------------------------------------------------------------------------------

    /** Adds a machine whose clocks are right; its process is not started. */
    public SimulatedNode add(ShardingSettings settings) {
        return add(settings, 0, Duration.ZERO);
    }

    /**
     * Adds a machine; its process is not started.
     *
     * @param driftPerMillion how much faster its clocks tick, -50,000 to 50,000
     * @param wallOffset how far its wall clock is off
     */
    public SimulatedNode add(ShardingSettings settings, long driftPerMillion, Duration wallOffset) {
        SimulatedClock clock = new SimulatedClock(time, driftPerMillion, wallOffset.toMillis());
        SimulatedNode node = new SimulatedNode(this, settings, clock, chance.fork());
        if (nodes.put(settings.name(), node) != null) {
            throw new IllegalArgumentException("two machines are named " + settings.name());
        }
        network.attach(node);
        return node;
    }

    /** Takes guards out or puts them in, for nodes that are started from now on: for tests of the tests. */
    void guards(Guards changed) {
        guards = changed;
    }

    /** How long handlers take from now on. */
    public void handlersTake(Duration shortest, Duration longest) {
        shortestHandlerNanos = shortest.toNanos();
        longestHandlerNanos = longest.toNanos();
    }

    /** Told of every event of every node. */
    public void onEvent(BiConsumer<SimulatedNode, ClusterEvent> listener) {
        listeners.add(listener);
    }

    /** Told of every message whose connection died with it on the way. */
    void onInDoubt(BiConsumer<SimulatedNode, DataMessage> listener) {
        inDoubtListeners.add(listener);
    }

    // ---- running -----------------------------------------------------------------------------------------------

    public long seed() {
        return seed;
    }

    public SimulatedNode node(String name) {
        SimulatedNode node = nodes.get(name);
        if (node == null) {
            throw new IllegalArgumentException("no node '" + name + "', only " + nodes.keySet());
        }
        return node;
    }

    public Collection<SimulatedNode> nodes() {
        return Collections.unmodifiableCollection(nodes.values());
    }

    /** The node whose coordinator may act at this moment. */
    public Optional<SimulatedNode> coordinator() {
        return nodes.values().stream().filter(n -> n.actingTerm().isPresent()).findFirst();
    }

    /** Virtual time since the beginning. */
    public Duration elapsed() {
        return Duration.ofNanos(time.nowNanos());
    }

    /** Events that have happened. */
    public long events() {
        return time.ran();
    }

    /** The history so far as one number. */
    public long traceHash() {
        return trace.hash();
    }

    /** Lets virtual time pass. */
    public void run(Duration duration) {
        long until = time.nowNanos() + duration.toNanos();
        boolean more = true;
        while (more) {
            more = time.step(until);
        }
    }

    /** Lets virtual time pass until something holds; fails if it does not within the limit. */
    public void runUntil(String what, Duration limit, BooleanSupplier condition) {
        long until = time.nowNanos() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (!time.step(until)) {
                throw failure("did not happen within " + limit + ": " + what);
            }
        }
    }

    /** Does something after a while. */
    public void after(Duration delay, Runnable action) {
        time.after(delay.toNanos(), action);
    }

    // ---- faults ------------------------------------------------------------------------------------------------

    /** Cuts both directions between two machines. */
    public void partition(String a, String b) {
        cut(a, b);
        cut(b, a);
    }

    /** Cuts one direction. */
    public void cut(String from, String to) {
        note("cut " + from + " > " + to);
        network.rules().cut(from, to);
    }

    /** Cuts a machine off from all others, both ways. */
    public void isolate(String name) {
        for (String other : nodes.keySet()) {
            if (!other.equals(name)) {
                partition(name, other);
            }
        }
    }

    /** Takes back cuts between two machines. */
    public void heal(String a, String b) {
        note("heal " + a + " - " + b);
        network.rules().heal(a, b);
        network.rules().heal(b, a);
    }

    /** Takes back all cuts, losses and duplications. */
    public void healAll() {
        note("heal all");
        network.rules().healAll();
    }

    /** Share of messages that are lost on every link, 0 to 1. */
    public void loss(double share) {
        network.rules().loss(share);
    }

    /** Share of control messages that arrive twice, 0 to 1. */
    public void duplication(double share) {
        network.rules().duplication(share);
    }

    /** Share of control messages, and of directives, that arrive once more, up to so much later and out of order. */
    public void late(double share, double directives, Duration atMost) {
        network.rules().late(share, directives, atMost.toNanos());
    }

    /** How long messages take. */
    public void delay(Duration shortest, Duration longest) {
        network.rules().delay(shortest.toNanos(), longest.toNanos());
    }

    /** Writes a line into the trace. */
    public void note(String line) {
        trace.add(time.nowNanos() / NANOS_PER_MILLI + " -- " + line);
    }

    // ---- for the simulation itself -----------------------------------------------------------------------------

    VirtualTime time() {
        return time;
    }

    SimulatedNetwork network() {
        return network;
    }

    Guards guards(SimulatedNode node) {
        note("start " + node);
        return guards;
    }

    long handlerNanos() {
        long span = longestHandlerNanos - shortestHandlerNanos;
        return shortestHandlerNanos + (span <= 0 ? 0 : handlerChance.below(span));
    }

    void onInput(NodeId self, Input input) {
        terms.onInput(self, input);
        trace.add(time.nowNanos() + " " + self + " " + TraceLines.describe(input));
    }

    void onEvent(SimulatedNode node, ClusterEvent event) {
        trace.add(time.nowNanos() + " " + node + " ! " + event);
        for (BiConsumer<SimulatedNode, ClusterEvent> listener : listeners) {
            listener.accept(node, event);
        }
    }

    /** A control message leaves a node. */
    void onSent(SimulatedNode node, ControlMessage message) {
        terms.check(node.identity(), message).ifPresent(violated -> {
            throw failure(violated);
        });
    }

    void onInDoubt(SimulatedNode node, DataMessage message) {
        for (BiConsumer<SimulatedNode, DataMessage> listener : inDoubtListeners) {
            listener.accept(node, message);
        }
    }

    void onCrash(SimulatedNode node) {
        note("crash " + node);
        afterEvent(node);
    }

    SimulationFailure fault(SimulatedNode node, Throwable cause) {
        return new SimulationFailure(describe(node + " stopped on a bug of Shardhold: " + cause), cause);
    }

    void afterEvent(SimulatedNode node) {
        if (checking) {
            Optional<String> violated = invariants.check(node, nodes.values());
            if (violated.isPresent()) {
                checking = false;
                throw failure(violated.get());
            }
        }
    }

    /** A failure with everything that one needs to find its cause. */
    public SimulationFailure failure(String what) {
        return new SimulationFailure(describe(what));
    }

    private String describe(String what) {
        return what + "\nseed " + seed + ", after " + elapsed() + " of virtual time and " + events()
                + " events; the last of them:\n" + String.join("\n", trace.last());
    }
}
