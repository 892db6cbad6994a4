package io.shardhold.internal.netty;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.wire.Handshake.Plane;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The inbound connections of a session that have shaken hands, by advertised address. A new one replaces those of
 * earlier incarnations at its address, and the data connection that the same node has given up.
 *
 * <p>Concurrency: one lock, taken when a connection begins or ends; noting the incarnation and registering happen in one
 * hold, so a connection of an earlier incarnation is either refused or among those that the later one replaces.
 */
final class Inbounds {
    private final Incarnations incarnations;
    private final Map<String, List<Inbound>> byAddress = new HashMap<>();
    private boolean closed;

    Inbounds(Incarnations incarnations) {
        this.incarnations = incarnations;
    }

    /**
     * Registers a connection.
     *
     * @return what it replaces; null if the peer is an earlier incarnation than one that has been seen, or this is closed
     */
    synchronized @Nullable List<Inbound> admit(Inbound fresh, NodeId peer, Plane plane) {
        if (closed || incarnations.note(peer) > peer.incarnation()) {
            return null;
        }
        List<Inbound> here = byAddress.computeIfAbsent(peer.address(), address -> new ArrayList<>());
        List<Inbound> replaced =
                here.stream().filter(old -> old.isReplacedBy(peer, plane)).toList();
        here.removeAll(replaced);
        here.add(fresh);
        return replaced;
    }

    synchronized void remove(Inbound over, NodeId peer) {
        List<Inbound> here = byAddress.get(peer.address());
        if (here != null && here.remove(over) && here.isEmpty()) {
            byAddress.remove(peer.address());
        }
    }

    List<CompletableFuture<Void>> close() {
        List<Inbound> all = new ArrayList<>();
        synchronized (this) {
            closed = true;
            byAddress.values().forEach(all::addAll);
            byAddress.clear();
        }
        return all.stream().map(Inbound::shut).toList();
    }
}
