package io.shardhold.testkit.loopback;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.kernel.Transport;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.DataMessage;

/** The transport of a node, with a look at each control message before it leaves. */
final class TappedTransport implements Transport {
    private final Transport transport;
    private final NodeProcess process;

    TappedTransport(Transport transport, NodeProcess process) {
        this.transport = transport;
        this.process = process;
    }

    @Override
    public void send(NodeId to, ControlMessage message) {
        if (process.mayLeave(to.name(), message)) {
            transport.send(to, message);
            process.onLeft(to.name(), message);
        }
    }

    @Override
    public void sendToAddress(String address, ControlMessage message) {
        String to = process.cluster().nameOf(address);
        if (process.mayLeave(to, message)) {
            transport.sendToAddress(address, message);
            process.onLeft(to, message);
        }
    }

    @Override
    public SendResult sendData(NodeId to, DataMessage message) {
        return transport.sendData(to, message);
    }

    @Override
    public void drop(NodeId peer) {
        transport.drop(peer);
    }
}
