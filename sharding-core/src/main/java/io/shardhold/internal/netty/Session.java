package io.shardhold.internal.netty;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.kernel.Transport.SendResult;
import io.shardhold.internal.kernel.TransportListener;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.DataMessage;
import io.shardhold.internal.wire.Handshake;
import io.shardhold.internal.wire.Handshake.Hello;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All connections of one incarnation of this node, and its listener. A rebirth closes one session and begins another:
 * what belongs to one never meets the listener of the other.
 *
 * <p>Concurrency: any thread. {@code closed} is volatile, written once before the links and the inbound connections are
 * shut; what arrives on a connection between the two is not handed on.
 */
final class Session {
    private final Environment env;
    private final NodeId self;
    private final LongSupplier clusterId;
    private final TransportListener listener;
    private final Notices notices = new Notices();
    private final LinkTable<NodeId, DataLink> data = new LinkTable<>(LinkTable.MAX_LINKS);
    private final LinkTable<NodeId, ControlLink> controlByNode = new LinkTable<>(LinkTable.MAX_LINKS);
    private final LinkTable<String, ControlLink> controlByAddress = new LinkTable<>(LinkTable.MAX_LINKS);
    private final Inbounds inbounds;
    private volatile boolean closed;

    Session(Environment env, NodeId self, LongSupplier clusterId, TransportListener listener) {
        this.env = env;
        this.self = self;
        this.clusterId = clusterId;
        this.listener = listener;
        this.inbounds = new Inbounds(env.incarnations());
        env.incarnations().note(self);
    }

    Environment env() {
        return env;
    }

    NodeId self() {
        return self;
    }

    long clusterId() {
        return clusterId.getAsLong();
    }

    TransportListener listener() {
        return listener;
    }

    Inbounds inbounds() {
        return inbounds;
    }

    boolean isClosed() {
        return closed;
    }

    /** Ends all connections; completes when the listener was told of the end of each data link. */
    CompletableFuture<Void> close(String why) {
        closed = true;
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        ends.addAll(data.close(why));
        ends.addAll(controlByNode.close(why));
        ends.addAll(controlByAddress.close(why));
        ends.addAll(inbounds.close());
        return CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new));
    }

    long openLinks() {
        return data.open() + controlByNode.open() + controlByAddress.open();
    }

    SendResult sendData(NodeId to, DataMessage message) {
        while (true) {
            DataLink link = data.find(to);
            if (link == null || link.isOver() || link.isRetired()) {
                link = data.obtain(to, failures -> new DataLink(this, to, failures));
            }
            if (link == null) {
                return SendResult.NO_LINK;
            }
            SendResult result = link.offer(message);
            if (result != SendResult.NO_LINK || !link.isRetired()) {
                return result;
            }
        }
    }

    /** Ends the data link to the peer; tells the listener of a loss even if there is none to end. */
    void drop(NodeId peer) {
        DataLink link = data.find(peer);
        if (link != null && !link.isOver()) {
            var unused = link.shut("the cluster has removed " + peer);
        } else {
            listener.onDataLinkLost(peer, List.of(), 0);
        }
    }

    void send(NodeId to, ControlMessage message) {
        ControlLink link = controlByNode.find(to);
        if (link == null || link.isOver()) {
            ControlLink other = controlByAddress.find(to.address());
            link = other != null && !other.isOver() && to.equals(other.peer())
                    ? other
                    : controlByNode.obtain(to, failures -> new ControlLink(this, to.address(), to, failures));
        }
        offer(link, message);
    }

    void sendToAddress(String address, ControlMessage message) {
        offer(controlByAddress.obtain(address, failures -> new ControlLink(this, address, null, failures)), message);
    }

    private void offer(@Nullable ControlLink link, ControlMessage message) {
        if (link == null) {
            env.counters().increment(Counter.CONTROL_DROPPED);
        } else {
            link.offer(message);
        }
    }

    Hello hello(Handshake.Plane plane, String address, @Nullable NodeId wanted) {
        NettyTransport.Settings settings = env.settings();
        return new Hello(
                Handshake.PROTOCOL_MAJOR,
                Handshake.PROTOCOL_MINOR,
                settings.clusterName(),
                clusterId(),
                self,
                plane,
                address,
                wanted == null ? 0 : wanted.incarnation(),
                settings.roles(),
                settings.zone(),
                settings.version(),
                settings.settingsDigest(),
                settings.timings());
    }

    void onReached(String address) {
        notices.reached(address);
    }

    /** A peer has seen a later incarnation of this node. */
    void onOutdated(long newest) {
        listener.onOutdated(newest);
    }

    void onUnreachable(String address, Link.Cause cause, String why) {
        String reason = cause == Link.Cause.REFUSED ? why : cause.name();
        if (!closed && notices.isNewlyUnreachable(address, reason)) {
            listener.onUnreachable(address, why);
        }
    }

    /** Counts and, once per address and reason, tells. */
    void onPeerRefused(String address, String reason, String why) {
        env.counters().increment(Counter.PEERS_REFUSED);
        tellRefusal(address, reason, why);
    }

    /** Counts and, once per address and reason, tells. */
    void onFrameRejected(String address, String reason, String why) {
        env.counters().increment(Counter.FRAMES_REJECTED);
        tellRefusal(address, reason, why);
    }

    void onDataLinkLost(NodeId peer, List<DataMessage> unsent, long inDoubt) {
        listener.onDataLinkLost(peer, unsent, inDoubt);
    }

    private void tellRefusal(String address, String reason, String why) {
        if (!closed && notices.isNewRefusal(address, reason)) {
            listener.onPeerRefused(address, why);
        }
    }
}
