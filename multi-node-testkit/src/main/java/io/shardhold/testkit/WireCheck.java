package io.shardhold.testkit;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.ControlMessage;

/** A check of ours that reads the protocol, too. */
interface WireCheck extends Check {
    /** A message of another incarnation, or its own, is about to be handled by this one. */
    void onReceived(NodeId self, NodeId from, ControlMessage message);

    /** A message leaves this incarnation. */
    void onSent(NodeId self, ControlMessage message);
}
