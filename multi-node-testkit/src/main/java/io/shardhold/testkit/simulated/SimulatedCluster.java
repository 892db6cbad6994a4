package io.shardhold.testkit.simulated;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import io.shardhold.config.ShardingSettings;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.Input;
import io.shardhold.internal.kernel.SeededChance;
import io.shardhold.lease.LeaseRuntime;
import io.shardhold.testkit.fault.LinkRule;
import io.shardhold.testkit.rung.MessageTap;
import io.shardhold.testkit.rung.RungCluster;
import io.shardhold.testkit.rung.RungListener;
import io.shardhold.testkit.rung.RungNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * A cluster of production nodes in one thread and in virtual time. Everything that happens is drawn from one seed: the same
 * seed gives the same history.
 */
public final class SimulatedCluster implements RungCluster {
    private static final int PORT = 7_350;

    private final VirtualTime time = new VirtualTime();
    private final SeededChance chance;
    private final SimulatedNetwork network;
    private final RungListener listener;
    private final Guards guards;
    private final Map<String, SimulatedNode> nodes = new TreeMap<>();
    private final Trace trace = new Trace();
    private MessageTap tap = MessageTap.NONE;

    SimulatedCluster(long seed, RungListener listener, Guards guards) {
        this.chance = new SeededChance(seed);
        this.network = new SimulatedNetwork(this, chance.fork());
        this.listener = listener;
        this.guards = guards;
    }

    @Override
    public ShardingSettings.Builder prepare(String clusterName, String name, List<String> seedNames) {
        return ShardingSettings.builder(clusterName)
                .bind(name, PORT)
                .name(name)
                .seeds(seedNames.stream().map(seed -> seed + ":" + PORT).toArray(String[]::new));
    }

    @Override
    public RungNode add(ShardingSettings settings, long driftPerMillion, Duration wallOffset) {
        SimulatedClock clock = new SimulatedClock(time, driftPerMillion, wallOffset.toMillis());
        SimulatedNode node = new SimulatedNode(this, nodes.size(), settings, clock, chance.fork());
        if (nodes.put(settings.name(), node) != null) {
            throw new IllegalArgumentException("two machines are named " + settings.name());
        }
        network.attach(node);
        return node;
    }

    @Override
    public LeaseRuntime leaseNetwork() {
        return new LeaseNetwork(time);
    }

    @Override
    public Duration elapsed() {
        return Duration.ofNanos(time.nowNanos());
    }

    @Override
    public void runFor(Duration duration) {
        long until = time.nowNanos() + duration.toNanos();
        boolean more = true;
        while (more) {
            more = time.step(until);
        }
    }

    @Override
    public boolean runUntil(Duration limit, BooleanSupplier condition) {
        long until = time.nowNanos() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (!time.step(until)) {
                return condition.getAsBoolean();
            }
        }
        return true;
    }

    @Override
    public void after(Duration delay, Runnable action) {
        time.after(delay.toNanos(), action);
    }

    @Override
    public void link(String from, String to, LinkRule rule) {
        network.rules().set(node(from).index(), node(to).index(), rule);
    }

    @Override
    public void breakLink(String from, String to) {
        SimulatedNode sender = node(from);
        SimulatedNode target = node(to);
        if (sender.isRunning() && target.isRunning()) {
            sender.pipeTo(target.identity()).die();
        }
    }

    @Override
    public void tap(MessageTap next) {
        tap = next;
    }

    @Override
    public void note(String line) {
        trace.tell(time.nowNanos(), "--", line, line.hashCode());
        listener.onNote(line);
    }

    @Override
    public List<String> history() {
        return trace.last();
    }

    @Override
    public long events() {
        return time.ran();
    }

    @Override
    public void close() {
        tap = MessageTap.NONE;
    }

    /** The history so far as one number: the same for each run of one seed, in each JVM. */
    public long traceHash() {
        return trace.hash();
    }

    /** Has somebody read the history along from now on. */
    public void readTrace(TraceReader reader) {
        trace.readBy(reader);
    }

    // ---- for the simulation itself -----------------------------------------------------------------------------

    private SimulatedNode node(String name) {
        return Optional.ofNullable(nodes.get(name))
                .orElseThrow(() -> new IllegalArgumentException("no node '" + name + "', only " + nodes.keySet()));
    }

    VirtualTime time() {
        return time;
    }

    SimulatedNetwork network() {
        return network;
    }

    RungListener listener() {
        return listener;
    }

    Guards guards() {
        return guards;
    }

    MessageTap tap() {
        return tap;
    }

    void onInput(SimulatedNode node, NodeId self, Input input) {
        trace.add(time.nowNanos(), self, input, TraceLines.content(input) + node.index());
        if (input instanceof Input.Received received) {
            listener.onReceived(node, self, received.from(), received.message());
        }
    }

    void onEvent(SimulatedNode node, ClusterEvent event) {
        long content = event.getClass().getName().hashCode();
        if (event instanceof ClusterEvent.MemberChanged || event instanceof ClusterEvent.CoordinatorSeen) {
            trace.add(time.nowNanos(), node, event, content); // each node hears of each: no story
        } else {
            trace.tell(time.nowNanos(), node, event, content);
        }
        listener.onEvent(node, event);
    }

    /** Bytes arrive: they are what two runs must agree on. */
    void onBytes(SimulatedNode from, SimulatedNode to, byte[] bytes, Object message) {
        trace.add(time.nowNanos(), from, new Arrival(to, message), Trace.hashOf(bytes) + to.index());
    }

    private record Arrival(SimulatedNode to, Object message) {
        @Override
        public String toString() {
            return "> " + to + " " + message;
        }
    }
}
