package io.shardhold.internal.kernel;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.signal.Signal;

/** One thing that a kernel takes up. */
public sealed interface Input {
    record Received(NodeId from, ControlMessage message) implements Input {}

    record Raised(Signal signal) implements Input {}

    record Due(int machine, Object key) implements Input {}
}
