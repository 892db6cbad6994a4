package io.shardhold.internal.netty;

import io.shardhold.cluster.NodeId;
import io.shardhold.config.Limits;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.kernel.Counters;
import io.shardhold.internal.kernel.Transport.SendResult;
import io.shardhold.internal.protocol.DataMessage;
import io.shardhold.internal.protocol.Envelope;
import io.shardhold.internal.protocol.SeatMessage;
import io.shardhold.internal.protocol.ShardKey;
import io.shardhold.internal.wire.Handshake;
import io.shardhold.internal.wire.Handshake.Plane;
import java.time.Duration;
import java.util.Collections;
import java.util.function.UnaryOperator;

/** A transport on the loopback with what it told. */
final class TestNode implements AutoCloseable {
    static final String HOST = "127.0.0.1";
    static final ShardKey SHARD = new ShardKey("cart", 7);

    final Counters counters = new Counters();
    final RecordingListener listener = new RecordingListener();
    final NettyTransport transport;
    final NodeId id;

    TestNode(String name, long incarnation) {
        this(name, incarnation, 0, settings -> settings);
    }

    TestNode(String name, long incarnation, int port, UnaryOperator<NettyTransport.Settings> change) {
        transport = new NettyTransport(change.apply(settings(port, "shop", Limits.DEFAULT)), counters);
        id = new NodeId(name, HOST, transport.bind(), incarnation);
        transport.start(id, () -> 42L, listener);
    }

    static NettyTransport.Settings settings(int port, String cluster, Limits limits) {
        return settings(port, cluster, limits, 7, "consent 2 s", Duration.ofSeconds(3));
    }

    static NettyTransport.Settings settings(
            int port, String cluster, Limits limits, long digest, String timings, Duration silence) {
        return new NettyTransport.Settings(
                HOST,
                port,
                cluster,
                limits,
                Collections.emptySortedSet(),
                "z1",
                "1.0",
                digest,
                timings,
                Duration.ofMillis(1500),
                Duration.ofMillis(1500),
                silence,
                Duration.ofMillis(5),
                Duration.ofMillis(50),
                Duration.ofSeconds(60));
    }

    static Limits limits(int frameBytes, long outboundBytes) {
        Limits d = Limits.DEFAULT;
        return new Limits(
                frameBytes,
                d.parkedPerShard(),
                d.parkedBytes(),
                d.mailbox(),
                outboundBytes,
                d.entities(),
                d.openAsks(),
                d.members());
    }

    static Envelope envelope(long sequence, int payloadBytes) {
        return new Envelope(SHARD, "c-1", sequence, 0, null, new byte[payloadBytes]);
    }

    static SeatMessage.Probe probe(long number) {
        return new SeatMessage.Probe(42, number, true, true, 1);
    }

    /** What a peer of this identity says to the node that it has reached. */
    static Handshake.Hello hello(TestNode to, NodeId self, Plane plane, String cluster, int major) {
        return new Handshake.Hello(
                major,
                0,
                cluster,
                42,
                self,
                plane,
                to.id.address(),
                0,
                Collections.emptySortedSet(),
                "",
                "",
                7,
                "consent 2 s");
    }

    static long sequenceOf(DataMessage message) {
        return ((Envelope) message).sequence();
    }

    SendResult sendData(NodeId to, long sequence) {
        return transport.sendData(to, envelope(sequence, 10));
    }

    long count(Counter counter) {
        return counters.get(counter);
    }

    @Override
    public void close() {
        transport.close();
    }
}
