package io.shardhold.testkit.rung;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import io.shardhold.cluster.UndeliveredReason;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.Envelope;
import io.shardhold.internal.protocol.ShardEpoch;

/**
 * What a rung tells of its nodes, in the order in which it happened, on the test's thread. What it throws ends the test.
 */
public interface RungListener {
    /** A process was started. */
    void onStarted(RungNode node);

    /** A process has died, or has left and ended. */
    void onEnded(RungNode node, boolean orderly);

    /** A node published an event. */
    void onEvent(RungNode node, ClusterEvent event);

    /** A control message is about to be handled; {@code self} is the incarnation that handles it. */
    void onReceived(RungNode node, NodeId self, NodeId from, ControlMessage message);

    /** A control message has left a node. */
    void onSent(RungNode node, NodeId self, ControlMessage message);

    /** A message of a user entered at its sender. */
    void onEntered(RungNode node, NodeId sender, Envelope envelope);

    /** An entity on this node takes a message up. */
    void onTakenUp(RungNode node, NodeId sender, Envelope envelope, ShardEpoch home);

    /** A message was given up on this node, with a reason. */
    void onUndelivered(RungNode node, NodeId sender, Envelope envelope, UndeliveredReason reason);

    /** A message has arrived on this node, whether it is for an entity here or has come back. */
    void onArrived(RungNode node, NodeId sender, Envelope envelope);

    /**
     * A connection from this node died with this message on it; it may have arrived or not. A rung that knows only how many
     * there were tells so by {@link io.shardhold.cluster.ClusterEvent.LinkLost} alone.
     */
    void onInDoubt(RungNode node, NodeId sender, Envelope envelope);

    /** A line was written into the history, by {@link RungCluster#note} or by the rung itself. */
    void onNote(String line);

    /** Something happened on this node, all of it: the promises are to be checked. */
    void afterEvent(RungNode node);

    /** Shardhold itself failed on this node. */
    void onFault(RungNode node, Throwable cause);
}
