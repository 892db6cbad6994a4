package io.shardhold.internal.kernel;

import io.shardhold.cluster.NodeId;
import io.shardhold.cluster.UndeliveredReason;
import io.shardhold.internal.protocol.Envelope;
import io.shardhold.internal.protocol.ShardEpoch;

/**
 * Sees what becomes of each message of users, for tests: it enters once, and is taken up or reported at most once. A message
 * is named by the node that sent it, its shard and its sequence. Called on the thread that does it; must not block.
 */
public interface DataObserver {
    /** Sees nothing: production. */
    DataObserver NONE = new DataObserver() {};

    /** A caller's message enters the region of its sender, before anything else becomes of it. */
    default void onEntered(NodeId sender, Envelope envelope) {}

    /** An entity takes the message up; its handler follows. */
    default void onTakenUp(NodeId sender, Envelope envelope, ShardEpoch home) {}

    /** The message is given up, with a reason. */
    default void onUndelivered(NodeId sender, Envelope envelope, UndeliveredReason reason) {}
}
