package io.shardhold.internal.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.wire.FrameKind;
import io.shardhold.internal.wire.Handshake;
import io.shardhold.internal.wire.WireException;
import io.shardhold.internal.wire.WireException.Reason;
import io.shardhold.internal.wire.WireReader;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection that this node opens, for what it sends on one plane. It lives once: a later connection to the same
 * peer is another link.
 *
 * <pre>
 * NEW → CONNECTING → GREETING → READY → OVER       each state may go straight to OVER
 * </pre>
 *
 * <p>All state belongs to the event loop that the link is given when it is made, but for two fields.
 *
 * <p>Concurrency: {@code over} is volatile, written once by the loop after {@code retryAtNanos} and {@code failures},
 * which therefore need no mode of their own: who reads {@code over} as true sees them. It is written after the listener
 * was told of the end, so who opens the next link does so after that. {@code peer} is volatile, written once by the loop
 * when the link is ready; a late reader only opens a second connection.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails on a channel arrives as the end of the link
abstract class Link extends FrameHandler {
    /** Where the link is in its life. */
    private enum State {
        NEW,
        CONNECTING,
        GREETING,
        READY,
        OVER
    }

    /** Why a link ends. */
    enum Cause {
        CONNECT,
        HANDSHAKE,
        REFUSED,
        MALFORMED,
        SILENT,
        BROKEN,
        IDLE,
        CLOSED
    }

    final Session session;
    final Environment env;
    final EventLoop loop;
    final String address;
    private final Handshake.Plane plane;
    private final @Nullable NodeId wanted;
    private final int failuresBefore;
    private final List<Future<?>> timers = new ArrayList<>();
    private State state = State.NEW;
    private @Nullable Channel channel;
    private long lastHeard;
    private long lastTick;
    private long lastUsed;
    private volatile @Nullable NodeId peer;
    private volatile boolean over;
    private long retryAtNanos;
    private int failures;

    /**
     * A link that is not opened yet.
     *
     * @param wanted who must answer, null for anybody
     * @param failuresBefore how many links to the same peer have failed in a row
     */
    Link(Session session, Handshake.Plane plane, String address, @Nullable NodeId wanted, int failuresBefore) {
        super(session.env().longestFrame());
        this.session = session;
        this.env = session.env();
        this.loop = env.loops().of(plane).next();
        this.plane = plane;
        this.address = address;
        this.wanted = wanted;
        this.failuresBefore = failuresBefore;
    }

    /** The peer has accepted the link. Loop. */
    abstract void onReady();

    /** There may be something to write, and room for it. Loop. */
    abstract void drain();

    /** The peer has accepted so many data frames. Loop. */
    abstract void onAck(long count) throws WireException;

    /** The link is over; what waits on it is to be reported. Loop, once. */
    abstract void onOver(Cause cause);

    /** Gives the link up if nothing waits on it and nothing is unacknowledged. Loop. */
    abstract boolean closeIfUnused();

    /** Begins to connect. Any thread; after the first time nothing happens. */
    final void open() {
        try {
            loop.execute(this::connect);
        } catch (RejectedExecutionException e) {
            end(Cause.CLOSED, "the transport is closed");
        }
    }

    /** Ends the link on its loop; completes when the listener has been told. Any thread. */
    final CompletableFuture<Void> shut(String why) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        try {
            loop.execute(() -> {
                end(Cause.CLOSED, why);
                done.complete(null);
            });
        } catch (RejectedExecutionException e) {
            // The loop has ended and touches the link no more.
            end(Cause.CLOSED, why);
            done.complete(null);
        }
        return done;
    }

    /** Whether the link takes nothing more because it was not needed; the next one need not wait for its end. */
    abstract boolean isRetired();

    /** Whether the next link to the peer may be tried. Any thread. */
    final boolean mayBeReplaced() {
        return isRetired() || (over && System.nanoTime() - retryAtNanos >= 0);
    }

    /** Whether the link is over. Any thread. */
    final boolean isOver() {
        return over;
    }

    /** How many links have failed in a row, this one included; to be read when it is over. */
    final int failures() {
        return failures;
    }

    /** Who answered; null until the link is ready. Any thread. */
    final @Nullable NodeId peer() {
        return peer;
    }

    /** The channel if messages may be written to it now. Loop. */
    final @Nullable Channel writableChannel() {
        Channel open = channel;
        return state == State.READY && open != null && open.isWritable() ? open : null;
    }

    /**
     * Calls {@link #drain()} again once the loop has read what has arrived. A task that is handed to the loop from the loop
     * runs before that, and so does the next one: a long row of batches would keep everybody else on the loop waiting. Loop.
     */
    final void drainLater() {
        loop.schedule(this::drain, 0, TimeUnit.NANOSECONDS);
    }

    /** Notes that the link is needed. Loop. */
    final void used() {
        lastUsed = System.nanoTime();
    }

    final boolean isReady() {
        return state == State.READY;
    }

    private void connect() {
        if (state != State.NEW) {
            return;
        }
        state = State.CONNECTING;
        Duration timeout = env.settings().connectTimeout();
        after(timeout, () -> {
            if (state == State.CONNECTING) {
                end(Cause.CONNECT, "no connection within " + timeout.toMillis() + " ms");
            }
        });
        env.resolver().resolve(address).whenComplete((socketAddress, failure) -> {
            try {
                loop.execute(() -> connectTo(socketAddress, failure));
            } catch (RejectedExecutionException e) {
                end(Cause.CLOSED, "the transport is closed");
            }
        });
    }

    private void connectTo(@Nullable InetSocketAddress socketAddress, @Nullable Throwable failure) {
        if (state != State.CONNECTING) {
            return;
        }
        if (socketAddress == null) {
            end(Cause.CONNECT, "the address does not resolve: " + (failure == null ? "" : failure.getMessage()));
            return;
        }
        ChannelFuture connecting = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .disableResolver()
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, waterMark())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .handler(this)
                .connect(socketAddress);
        channel = connecting.channel();
        connecting.addListener(done -> {
            Throwable cause = done.cause();
            if (cause != null) {
                end(Cause.CONNECT, "no connection: " + cause.getMessage());
            }
        });
    }

    static WriteBufferWaterMark waterMark() {
        return new WriteBufferWaterMark(Environment.LOW_WATER_BYTES, Environment.HIGH_WATER_BYTES);
    }

    @Override
    public final void channelActive(ChannelHandlerContext context) {
        if (state != State.CONNECTING) {
            context.close();
            return;
        }
        state = State.GREETING;
        Duration timeout = env.settings().handshakeTimeout();
        after(timeout, () -> {
            if (state == State.GREETING) {
                end(Cause.HANDSHAKE, "connected, but no answer within " + timeout.toMillis() + " ms");
            }
        });
        byte[] hello = Handshake.encode(session.hello(plane, address, wanted));
        context.writeAndFlush(Frames.of(context.alloc(), FrameKind.HELLO, hello));
    }

    @Override
    public final void channelWritabilityChanged(ChannelHandlerContext context) {
        drain();
    }

    @Override
    final void onFrame(FrameKind kind, byte[] array, int offset, int length) throws WireException {
        lastHeard = System.nanoTime();
        WireReader in = new WireReader(array, offset, length);
        if (state == State.GREETING && kind == FrameKind.HELLO_REPLY) {
            onReply(Handshake.decodeReply(in));
        } else if (state == State.READY && kind == FrameKind.ACK) {
            long count = in.readVarLong();
            in.expectEnd();
            onAck(count);
        } else if (state == State.READY && kind == FrameKind.PONG) {
            in.expectEnd();
        } else {
            throw new WireException(Reason.BAD_VALUE, "frame " + kind + " is out of place");
        }
    }

    private void onReply(Handshake.HelloReply reply) {
        if (reply instanceof Handshake.Refused refused) {
            if (refused.newest() > 0) {
                session.onOutdated(refused.newest());
            }
            if (Admission.isWorthTelling(refused.refusal())) {
                session.onPeerRefused(address, refused.refusal().name(), refused.text());
            }
            end(Cause.REFUSED, "refused (" + refused.refusal() + "): " + refused.text());
        } else if (reply instanceof Handshake.Accepted accepted) {
            onAccepted(accepted.self());
        }
    }

    private void onAccepted(NodeId self) {
        long highest = env.incarnations().note(self);
        if (wanted != null && !wanted.equals(self)) {
            end(Cause.REFUSED, "refused: " + wanted + " is wanted, but " + self + " answers");
        } else if (self.incarnation() < highest) {
            end(Cause.REFUSED, "refused: " + self + " answers, but incarnation " + highest + " has been seen there");
        } else {
            becomeReady(self);
        }
    }

    private void becomeReady(NodeId self) {
        state = State.READY;
        peer = self;
        lastTick = System.nanoTime();
        lastUsed = lastTick;
        session.onReached(address);
        timers.add(loop.scheduleWithFixedDelay(this::tick, env.tickNanos(), env.tickNanos(), TimeUnit.NANOSECONDS));
        onReady();
    }

    /** Asks for a sign of life; judges the silence, unless it was this thread that slept. */
    private void tick() {
        long now = System.nanoTime();
        if (now - lastTick > 2 * env.tickNanos()) {
            lastHeard = now;
        }
        lastTick = now;
        if (now - lastHeard >= env.silenceNanos()) {
            end(Cause.SILENT, "silent for " + env.settings().silenceTimeout().toMillis() + " ms");
        } else if (now - lastUsed >= env.settings().idleTimeout().toNanos() && closeIfUnused()) {
            end(Cause.IDLE, "not used for " + env.settings().idleTimeout().toSeconds() + " s");
        } else {
            Channel open = writableChannel();
            if (open != null) {
                open.writeAndFlush(Frames.empty(open.alloc(), FrameKind.PING), open.voidPromise());
            }
        }
    }

    @Override
    final void onStranger() {
        end(Cause.HANDSHAKE, "what answers there is not Shardhold");
    }

    @Override
    final void onMalformed(WireException what) {
        env.counters().increment(Counter.FRAMES_REJECTED);
        end(Cause.MALFORMED, "what answers there makes no sense: " + what.getMessage());
    }

    @Override
    final void onBroken(String why) {
        end(state == State.READY ? Cause.BROKEN : Cause.HANDSHAKE, why);
    }

    final void end(Cause cause, String why) {
        if (state == State.OVER) {
            return;
        }
        final boolean wasReady = state == State.READY;
        state = State.OVER;
        stop();
        timers.forEach(timer -> timer.cancel(false));
        timers.clear();
        closeChannel(cause);
        if (isWorthTelling(cause)) {
            session.onUnreachable(address, cause, why);
        }
        try {
            onOver(cause);
        } finally {
            failures = cause == Cause.IDLE ? 0 : wasReady ? 1 : failuresBefore + 1;
            retryAtNanos = System.nanoTime() + backoffNanos();
            over = true;
        }
    }

    private void closeChannel(Cause cause) {
        Channel open = channel;
        channel = null;
        if (open == null) {
            return;
        }
        if (cause != Cause.IDLE) {
            try {
                // What the network has not taken yet is to be dropped, not to arrive late.
                open.config().setOption(ChannelOption.SO_LINGER, 0);
            } catch (ChannelException e) {
                Environment.LOG.log(System.Logger.Level.TRACE, "closed already", e);
            }
        }
        open.close();
    }

    private static boolean isWorthTelling(Cause cause) {
        return switch (cause) {
            case CONNECT, HANDSHAKE, REFUSED, MALFORMED, SILENT -> true;
            case BROKEN, IDLE, CLOSED -> false;
        };
    }

    /** Doubles with each failure up to the maximum; between half of it and all of it, by chance. */
    private long backoffNanos() {
        if (failures == 0) {
            return 0;
        }
        long min = env.settings().backoffMin().toNanos();
        long max = env.settings().backoffMax().toNanos();
        long full = Math.min(max, min << Math.min(failures - 1, 20));
        return full / 2 + ThreadLocalRandom.current().nextLong(full / 2 + 1);
    }

    private void after(Duration delay, Runnable action) {
        timers.add(loop.schedule(action, delay.toNanos(), TimeUnit.NANOSECONDS));
    }
}
