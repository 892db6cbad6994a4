package io.shardhold.internal.kernel;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.signal.Signal;
import java.util.Optional;

/**
 * A part of a node that decides: it handles one message, signal or timer to the end and writes its effects to the
 * {@link Turn}. No machine is ever entered twice at once, and none may keep a turn.
 */
public interface Machine {
    /** The family of messages that this machine receives; empty if it receives none. */
    Optional<ControlMessage.Family> family();

    /** Handles a message from another machine of its kind or of another node; the sender is proven by its connection. */
    void onMessage(NodeId from, ControlMessage message, Turn turn);

    /** Handles a fact from another machine of this node. */
    void onSignal(Signal signal, Turn turn);

    /** Handles a timer that it started; the key is the one that it gave. */
    void onTimer(Object key, Turn turn);
}
