package io.shardhold.internal.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.shardhold.cluster.NodeId;
import io.shardhold.config.Limits;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.kernel.Counters;
import io.shardhold.internal.kernel.Transport;
import io.shardhold.internal.kernel.TransportListener;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.DataMessage;
import io.shardhold.internal.wire.FrameKind;
import io.shardhold.internal.wire.Handshake;
import io.shardhold.internal.wire.WireCodec;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The wire over TCP. {@link #bind()}, then {@link #start}; {@link #rebirth} when the node gives its identity up.
 *
 * <p>For each peer and plane this node opens one connection for what it sends; the peer opens its own. Only who opened a
 * connection sends messages on it, the other end answers with acknowledgements and signs of life. Connections are opened
 * when something is to be sent, tried again after a growing pause, and closed when nothing was sent for a while.
 *
 * <p>The first frames are a handshake: name of the cluster, settings that all nodes share, who is here and who is meant.
 * What does not fit is refused with a reason that both ends report once.
 *
 * <p>The listener is called on event loops, at most one call at a time per connection. A message that {@link #sendData}
 * has taken is handed to the peer's listener at most once, returned in {@code unsent}, or counted in {@code inDoubt}.
 *
 * <p>Concurrency: {@code session} is volatile, written by {@code start}, {@code rebirth} and {@code close} under the
 * lock of this object, read once per call by any thread. A session refuses new links once it is closed and ends those
 * that it has, so a call that still holds the old one changes nothing for the new one.
 */
@SuppressWarnings("FutureReturnValueIgnored") // closing channels is awaited through the loops
public final class NettyTransport implements Transport, AutoCloseable {
    private static final int BACKLOG = 1_024;
    private static final long CLOSE_MILLIS = 2_000;

    private final Environment env;
    private final AtomicInteger connections = new AtomicInteger();
    private LongSupplier clusterId = () -> 0L;
    private @Nullable Channel server;
    private boolean closed;
    private volatile @Nullable Session session;

    /**
     * How a transport binds, introduces itself and waits.
     *
     * @param bindHost where to listen
     * @param bindPort where to listen; 0 for any free port
     * @param clusterName nodes of other names are refused
     * @param limits of which the frame and the bytes per link count here
     * @param roles told to peers
     * @param zone told to peers
     * @param version of the application, told to peers
     * @param settingsDigest nodes with another one are refused
     * @param timings what the digest is made of, for people
     * @param connectTimeout for the look-up of the name and the connection; 2 s: a lost first packet is repeated after 1 s
     * @param handshakeTimeout from the connection to the answer; 2 s, as above
     * @param silenceTimeout after which a peer without a sign of life is given up: the detection time
     * @param backoffMin pause after the first failure; 0.1 s: a restarted peer is soon found
     * @param backoffMax longest pause; 2 s: no load worth mentioning, and found again within the detection time
     * @param idleTimeout after which a link without messages is closed; 60 s: longer than any handoff
     */
    public record Settings(
            String bindHost,
            int bindPort,
            String clusterName,
            Limits limits,
            SortedSet<String> roles,
            String zone,
            String version,
            long settingsDigest,
            String timings,
            Duration connectTimeout,
            Duration handshakeTimeout,
            Duration silenceTimeout,
            Duration backoffMin,
            Duration backoffMax,
            Duration idleTimeout) {
        public Settings {
            roles = Collections.unmodifiableSortedSet(new TreeSet<>(roles));
            if (bindPort < 0 || bindPort > 65_535) {
                throw new IllegalArgumentException("bind port must be 0 to 65535, was " + bindPort);
            }
        }

        /** Everything else by default. */
        public static Settings of(
                String bindHost, int bindPort, String clusterName, Limits limits, Duration silenceTimeout) {
            return new Settings(
                    bindHost,
                    bindPort,
                    clusterName,
                    limits,
                    Collections.emptySortedSet(),
                    "",
                    "",
                    0,
                    "",
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(2),
                    silenceTimeout,
                    Duration.ofMillis(100),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(60));
        }
    }

    public NettyTransport(Settings settings, Counters counters) {
        env = new Environment(settings, counters, new WireCodec(), new Loops(), new Resolver(), new Incarnations());
    }

    /**
     * Begins to listen; peers are refused until the start. Blocks for a moment.
     *
     * @return the port
     * @throws IllegalStateException if nobody can listen there; the message names the address and a remedy
     */
    public synchronized int bind() {
        Settings settings = env.settings();
        ChannelFuture binding = new ServerBootstrap()
                .group(env.loops().of(Handshake.Plane.DATA))
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, Link.waterMark())
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(new Inbound(env, () -> session, connections, channel));
                    }
                })
                .bind(new InetSocketAddress(settings.bindHost(), settings.bindPort()))
                .awaitUninterruptibly();
        Throwable failure = binding.cause();
        if (failure != null) {
            String reason = failure instanceof UnresolvedAddressException
                    ? "the host name does not resolve"
                    : failure.getMessage();
            throw new IllegalStateException(
                    "cannot listen at " + settings.bindHost() + ":" + settings.bindPort() + ": " + reason
                            + ". If another process has the port (ss -ltnp names it), stop it or bind another port;"
                            + " the host must be an address of this machine",
                    failure);
        }
        server = binding.channel();
        return ((InetSocketAddress) binding.channel().localAddress()).getPort();
    }

    /** Gives the node its identity and listener: from now on peers are answered and messages sent. Once. */
    public synchronized void start(NodeId self, LongSupplier cluster, TransportListener listener) {
        if (session != null || closed) {
            throw new IllegalStateException("the transport was started or closed before");
        }
        clusterId = cluster;
        session = newSession(self, cluster, listener);
    }

    /**
     * Goes on as another identity with another listener. All connections are closed first; when this returns, the old
     * listener has been told of each lost data link and is called no more, unless one of its calls takes longer than
     * 2 s. Any thread; on an event loop it does not wait.
     */
    public synchronized void rebirth(NodeId newSelf, TransportListener listener) {
        Session old = session;
        if (old == null) {
            throw new IllegalStateException("the transport was not started, or is closed");
        }
        session = null;
        await(old.close("the node starts over as " + newSelf));
        session = newSession(newSelf, clusterId, listener);
    }

    /** Links of this node to others that are not over. */
    long openLinks() {
        Session current = session;
        return current == null ? 0 : current.openLinks();
    }

    /** Connections of others to this node that are not over, whatever they have said. */
    int inboundConnections() {
        return connections.get();
    }

    private Session newSession(NodeId self, LongSupplier cluster, TransportListener listener) {
        Session fresh = new Session(env, self, cluster, listener);
        // Throws here and not in each handshake if roles and texts are too long for it.
        Handshake.encode(fresh.hello(Handshake.Plane.CONTROL, self.address(), null));
        return fresh;
    }

    @Override
    public void send(NodeId to, ControlMessage message) {
        Session current = session;
        if (current == null) {
            env.counters().increment(Counter.CONTROL_DROPPED);
        } else {
            current.send(to, message);
        }
    }

    @Override
    public void sendToAddress(String address, ControlMessage message) {
        Session current = session;
        if (current == null) {
            env.counters().increment(Counter.CONTROL_DROPPED);
        } else {
            current.sendToAddress(address, message);
        }
    }

    @Override
    public void drop(NodeId peer) {
        Session current = session;
        if (current != null) {
            current.drop(peer);
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the message fits no frame
     * @throws IllegalStateException if it is an envelope without a payload
     */
    @Override
    public SendResult sendData(NodeId to, DataMessage message) {
        env.codec().check(message, env.longestFrame() - FrameKind.AROUND_BYTES);
        Session current = session;
        return current == null ? SendResult.NO_LINK : current.sendData(to, message);
    }

    /** Ends everything within a few seconds; no thread is left, but for a look-up that hangs. Again: nothing happens. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        Session old = session;
        session = null;
        Channel listening = server;
        if (listening != null) {
            listening.close();
        }
        if (old != null) {
            await(old.close("the transport is closed"));
        }
        env.resolver().close();
        env.loops().close(CLOSE_MILLIS);
    }

    private void await(CompletableFuture<Void> ends) {
        if (env.loops().isOnLoop()) {
            return;
        }
        try {
            ends.get(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            Environment.LOG.log(System.Logger.Level.WARNING, "connections did not end in time", e);
        }
    }
}
