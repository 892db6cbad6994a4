package io.shardhold.testkit;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.ControlMessage;

/** A check of ours that reads the protocol, too. */
interface WireCheck extends Check {
    /** A message is about to be handled by this incarnation. */
    void onReceived(NodeId self, ControlMessage message);

    /** A message leaves this incarnation. */
    void onSent(NodeId self, ControlMessage message);
}
