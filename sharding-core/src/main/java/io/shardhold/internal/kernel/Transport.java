package io.shardhold.internal.kernel;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.DataMessage;

/**
 * The wire, as one node sees it. What arrives goes to the {@link TransportListener}. Control messages may be lost,
 * doubled or late; on one connection they keep their order. Data messages to one peer keep their order until the
 * listener is told that the link is lost.
 */
public interface Transport {
    /** Sends to exactly this incarnation, or not at all. Kernel thread. */
    void send(NodeId to, ControlMessage message);

    /** Sends to whoever runs at this {@code host:port}. Kernel thread. */
    void sendToAddress(String address, ControlMessage message);

    /** Queues a message for exactly this incarnation. Any thread; never blocks. */
    SendResult sendData(NodeId to, DataMessage message);

    /**
     * Ends the data connection to this incarnation, which has been removed. The listener is told of the loss in any case,
     * also if there was no connection: behind that, nothing that was queued there comes back any more. Kernel thread.
     */
    void drop(NodeId peer);

    /** What became of a data message. */
    enum SendResult {
        /** On its way; if the link dies it is either returned as unsent or counted as in doubt. */
        QUEUED,
        /** The link holds as many bytes as it may. */
        FULL,
        /** There is no such link now; the message was not taken. */
        NO_LINK
    }
}
