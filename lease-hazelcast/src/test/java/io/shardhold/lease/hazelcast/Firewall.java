package io.shardhold.lease.hazelcast;

import com.hazelcast.cluster.Address;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.instance.FirewallingNodeContext;
import com.hazelcast.instance.impl.Node;
import com.hazelcast.instance.impl.NodeContext;
import com.hazelcast.internal.server.FirewallingServer;
import com.hazelcast.internal.server.PacketFilter;
import com.hazelcast.internal.server.Server;
import com.hazelcast.internal.server.tcp.LocalAddressRegistry;
import com.hazelcast.internal.server.tcp.ServerSocketRegistry;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Drops what members of one JVM send each other over their sockets, without a sign to either. */
final class Firewall {
    private record Link(int from, int to) {}

    private final Set<Link> cut = ConcurrentHashMap.newKeySet();

    /** For a member on this port; what is cut when it starts is cut for its joining too. */
    NodeContext context(int port) {
        return new FirewallingNodeContext() {
            @Override
            public Server createServer(Node node, ServerSocketRegistry registry, LocalAddressRegistry addresses) {
                Server server = super.createServer(node, registry, addresses);
                ((FirewallingServer.FirewallingServerConnectionManager)
                                server.getConnectionManager(EndpointQualifier.MEMBER))
                        .setPacketFilter((packet, endpoint) -> action(port, endpoint));
                return server;
            }
        };
    }

    private PacketFilter.Action action(int port, Address endpoint) {
        return endpoint != null && cut.contains(new Link(port, endpoint.getPort()))
                ? PacketFilter.Action.DROP
                : PacketFilter.Action.ALLOW;
    }

    /** In both directions. */
    void cut(int one, int other) {
        cut.add(new Link(one, other));
        cut.add(new Link(other, one));
    }

    void healAll() {
        cut.clear();
    }
}
