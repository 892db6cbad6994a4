package io.shardhold.testkit;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import io.shardhold.cluster.UndeliveredReason;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.Envelope;
import io.shardhold.internal.protocol.ShardEpoch;
import io.shardhold.testkit.rung.RungListener;
import io.shardhold.testkit.rung.RungNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Hears what happens on the nodes of a run and hands it to its checks and listeners. A violation is kept and thrown at the
 * end of the event that showed it, outside of the node's own code.
 */
final class Watch implements RungListener {
    private final MultiNodeSpec spec;
    private final Map<String, TestNode> nodes = new HashMap<>();
    private final Map<String, Check> checks = new LinkedHashMap<>();
    private final List<WireCheck> wireChecks = new ArrayList<>();
    private final List<BiConsumer<TestNode, ClusterEvent>> listeners = new ArrayList<>();
    /** Name, first incarnation of a process, its number: a process may go through several incarnations. */
    private final Map<String, NavigableMap<Long, Integer>> processes = new HashMap<>();

    private int started;
    private @Nullable MultiNodeFailure violation;

    Watch(MultiNodeSpec spec) {
        this.spec = spec;
    }

    void add(TestNode node) {
        nodes.put(node.name(), node);
    }

    /** Adds a check, unless its invariant is watched already. */
    void add(Invariant invariant) {
        if (!checks.containsKey(invariant.name())) {
            Check check = invariant.begin(spec);
            checks.put(invariant.name(), check);
            if (check instanceof WireCheck wire) {
                wireChecks.add(wire);
            }
        }
    }

    void add(BiConsumer<TestNode, ClusterEvent> listener) {
        listeners.add(listener);
    }

    void violated(MultiNodeFailure failure) {
        if (violation == null) {
            violation = failure;
        }
    }

    void throwIfViolated() {
        if (violation != null) {
            throw violation;
        }
    }

    void atRest() {
        checks.values().forEach(Check::atRest);
        throwIfViolated();
    }

    @Nullable
    Check check(Invariant invariant) {
        return checks.get(invariant.name());
    }

    /** Number of the process to which an incarnation belongs; 0 if it is not of this run. */
    int processOf(NodeId id) {
        NavigableMap<Long, Integer> known = processes.get(id.name());
        Map.Entry<Long, Integer> process = known == null ? null : known.floorEntry(id.incarnation());
        return process == null ? 0 : process.getValue();
    }

    private TestNode node(RungNode node) {
        TestNode known = nodes.get(node.name());
        if (known == null) {
            throw new IllegalStateException("no such node: " + node.name());
        }
        return known;
    }

    private UserMessage message(NodeId sender, Envelope envelope) {
        return new UserMessage(
                sender.name(),
                processOf(sender),
                envelope.shard().type(),
                envelope.shard().shard(),
                envelope.entityId(),
                envelope.sequence());
    }

    @Override
    public void onStarted(RungNode node) {
        started++;
        processes
                .computeIfAbsent(node.name(), name -> new TreeMap<>())
                .put(node.identity().incarnation(), started);
        TestNode here = node(node);
        here.process(started);
        checks.values().forEach(check -> check.onStarted(here));
    }

    @Override
    public void onEnded(RungNode node, boolean orderly) {
        TestNode here = node(node);
        checks.values().forEach(check -> check.onEnded(here, orderly));
    }

    @Override
    public void onEvent(RungNode node, ClusterEvent event) {
        TestNode here = node(node);
        for (Check check : checks.values()) {
            check.onEvent(here, event);
        }
        for (BiConsumer<TestNode, ClusterEvent> listener : listeners) {
            listener.accept(here, event);
        }
    }

    @Override
    public void onReceived(RungNode node, NodeId self, NodeId from, ControlMessage message) {
        for (WireCheck check : wireChecks) {
            check.onReceived(self, from, message);
        }
    }

    @Override
    public void onSent(RungNode node, NodeId self, ControlMessage message) {
        for (WireCheck check : wireChecks) {
            check.onSent(self, message);
        }
    }

    @Override
    public void onEntered(RungNode node, NodeId sender, Envelope envelope) {
        TestNode here = node(node);
        UserMessage message = message(sender, envelope);
        for (Check check : checks.values()) {
            check.onEntered(here, message);
        }
    }

    @Override
    public void onTakenUp(RungNode node, NodeId sender, Envelope envelope, ShardEpoch home) {
        TestNode here = node(node);
        UserMessage message = message(sender, envelope);
        Home at = TestNode.home(home);
        for (Check check : checks.values()) {
            check.onTakenUp(here, message, at);
        }
    }

    @Override
    public void onUndelivered(RungNode node, NodeId sender, Envelope envelope, UndeliveredReason reason) {
        TestNode here = node(node);
        UserMessage message = message(sender, envelope);
        for (Check check : checks.values()) {
            check.onUndelivered(here, message, reason);
        }
    }

    @Override
    public void onArrived(RungNode node, NodeId sender, Envelope envelope) {
        TestNode here = node(node);
        UserMessage message = message(sender, envelope);
        for (Check check : checks.values()) {
            check.onArrived(here, message);
        }
    }

    @Override
    public void onInDoubt(RungNode node, NodeId sender, Envelope envelope) {
        TestNode here = node(node);
        UserMessage message = message(sender, envelope);
        for (Check check : checks.values()) {
            check.onInDoubt(here, message);
        }
    }

    @Override
    public void onNote(String line) {
        checks.values().forEach(check -> check.onNote(line));
    }

    @Override
    public void afterEvent(RungNode node) {
        throwIfViolated();
        TestNode here = node(node);
        for (Check check : checks.values()) {
            check.afterEvent(here);
        }
        throwIfViolated();
    }

    @Override
    public void onFault(RungNode node, Throwable cause) {
        throwIfViolated();
        if (cause instanceof AssertionError) {
            throw spec.failure(String.valueOf(cause.getMessage()), cause);
        }
        throw spec.failure(node.name() + " stopped on a bug of Shardhold: " + cause, cause);
    }
}
