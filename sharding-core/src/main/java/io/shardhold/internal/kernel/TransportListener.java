package io.shardhold.internal.kernel;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.DataMessage;
import java.util.List;

/** What a transport tells its node. Threads of the transport; one at a time per connection; must not block. */
public interface TransportListener {
    /** The sender is who its connection said it is in the handshake. */
    void onControl(NodeId from, ControlMessage message);

    /** Messages of one connection arrive in the order in which they were sent. */
    void onData(NodeId from, DataMessage message);

    /**
     * The outgoing data connection to this incarnation is gone, and nothing that was queued on it will arrive later than
     * it has already.
     *
     * @param unsent messages that had not been written, in order; they are the listener's again
     * @param inDoubt messages that had been written and were not acknowledged
     */
    void onDataLinkLost(NodeId peer, List<DataMessage> unsent, long inDoubt);

    /** No connection to this address, or refused by it; told once per change of reason. */
    void onUnreachable(String address, String why);

    /** A peer refuses this incarnation, because it has seen a later one of this node. */
    void onOutdated(long newestIncarnation);

    /** A peer was refused, or refused this node; told once per peer and reason. */
    void onPeerRefused(String address, String why);
}
