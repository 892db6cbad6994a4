package io.shardhold.testkit.loopback;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import io.shardhold.cluster.UndeliveredReason;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.Envelope;
import io.shardhold.internal.protocol.ShardEpoch;
import io.shardhold.internal.protocol.Term;
import io.shardhold.testkit.rung.RungListener;
import io.shardhold.testkit.rung.RungNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Keeps what the rung tells, and checks that it is told on the test's thread and of nodes that run. */
final class Heard implements RungListener {
    private final Thread test = Thread.currentThread();
    private final List<String> story = new ArrayList<>();
    private final List<ClusterEvent> events = new ArrayList<>();
    private final Map<String, Boolean> alive = new TreeMap<>();
    private final List<String> mistakes = new ArrayList<>();
    private Collection<LoopbackNode> nodes = List.of();
    long entered;
    long arrived;
    long takenUp;
    long undelivered;
    long sent;
    long received;
    long looks;
    int mostActing;

    void watch(Collection<LoopbackNode> all) {
        nodes = all;
    }

    /** Starts and ends, in order. */
    List<String> story() {
        return story;
    }

    List<String> mistakes() {
        return mistakes;
    }

    <E extends ClusterEvent> List<E> events(Class<E> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private void told(RungNode node, String what) {
        if (Thread.currentThread() != test) {
            mistakes.add(what + " is told on " + Thread.currentThread());
        }
        if (!alive.getOrDefault(node.name(), false)) {
            mistakes.add(what + " is told of " + node.name() + ", which does not run");
        }
    }

    @Override
    public void onStarted(RungNode node) {
        alive.put(node.name(), true);
        told(node, "start");
        story.add(node.name() + " started");
    }

    @Override
    public void onEnded(RungNode node, boolean orderly) {
        told(node, "end");
        alive.put(node.name(), false);
        story.add(node.name() + (orderly ? " left" : " died"));
    }

    @Override
    public void onEvent(RungNode node, ClusterEvent event) {
        told(node, event.toString());
        events.add(event);
    }

    @Override
    public void onReceived(RungNode node, NodeId self, NodeId from, ControlMessage message) {
        told(node, "received");
        received++;
    }

    @Override
    public void onSent(RungNode node, NodeId self, ControlMessage message) {
        told(node, "sent");
        sent++;
    }

    @Override
    public void onEntered(RungNode node, NodeId sender, Envelope envelope) {
        told(node, "entered");
        entered++;
    }

    @Override
    public void onTakenUp(RungNode node, NodeId sender, Envelope envelope, ShardEpoch home) {
        told(node, "taken up");
        takenUp++;
    }

    @Override
    public void onUndelivered(RungNode node, NodeId sender, Envelope envelope, UndeliveredReason reason) {
        told(node, "undelivered");
        undelivered++;
    }

    @Override
    public void onArrived(RungNode node, NodeId sender, Envelope envelope) {
        told(node, "arrived");
        arrived++;
    }

    @Override
    public void onInDoubt(RungNode node, NodeId sender, Envelope envelope) {
        mistakes.add("this rung knows only how many messages are in doubt");
    }

    @Override
    public void onNote(String line) {}

    @Override
    public void afterEvent(RungNode node) {
        looks++;
        Map<Long, Term> acting = new TreeMap<>();
        for (LoopbackNode other : nodes) {
            Term term = other.actingTerm().orElse(null);
            Term twice = term == null ? null : acting.put(term.clusterId(), term);
            if (twice != null) {
                mistakes.add("two actors: " + twice + " and " + term);
            }
        }
        mostActing = Math.max(mostActing, acting.size());
        for (LoopbackNode other : nodes) {
            if (other != node && node.mayTakeUp() && other.mayTakeUp()) {
                List<ShardEpoch> both = new ArrayList<>(other.hosted());
                both.removeIf(
                        shard -> node.hosted().stream().noneMatch(s -> s.shard().equals(shard.shard())));
                both.forEach(shard -> mistakes.add("two homes: " + shard + " on " + node.name() + " and " + other));
            }
        }
    }

    @Override
    public void onFault(RungNode node, Throwable cause) {
        throw new AssertionError(node.name() + " stopped on a bug", cause);
    }
}
