package io.shardhold.internal.netty;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.wire.FrameKind;
import io.shardhold.internal.wire.Handshake;
import io.shardhold.internal.wire.Handshake.Hello;
import io.shardhold.internal.wire.Handshake.Plane;
import io.shardhold.internal.wire.Handshake.Refused;
import io.shardhold.internal.wire.WireException;
import io.shardhold.internal.wire.WireException.Reason;
import io.shardhold.internal.wire.WireReader;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One connection that a peer has opened, for what it sends on one plane.
 *
 * <pre>
 * GREETING → REPLACING → OPEN → OVER       each state may go straight to OVER
 * </pre>
 *
 * <p>Before a connection is accepted, those that it replaces have ended on their own loops: whatever arrived on them was
 * handed on before anything of the new one. And a loop that has been paused for so long that the peer may have given up
 * the data link ends the connection instead of reading on: what was reported as in doubt does not arrive late.
 *
 * <p>Concurrency: all state belongs to the event loop of the channel, which changes once for a control connection (the
 * old loop touches nothing after it has registered the channel with the new one), but for {@code identity}, which is volatile,
 * written once before the connection is registered, and read by other connections under the lock of the register.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails on a channel arrives as the end of the connection
final class Inbound extends FrameHandler {
    /** Inbound connections of a node; beyond that the newest is refused. */
    static final int MAX_CONNECTIONS = 3 * LinkTable.MAX_LINKS;

    private static final int FRAMES_PER_ACK = 64;
    private static final long ACK_DELAY_MILLIS = 100;

    /** Peers give a link up after one silence; who says nothing for so many is gone without a word. */
    private static final int SILENCES = 3;

    /** Where the connection is in its life. */
    private enum State {
        GREETING,
        REPLACING,
        OPEN,
        OVER
    }

    /** Who is at the other end, and what it sends. */
    private record Identity(NodeId peer, Plane plane) {}

    private final Environment env;
    private final Supplier<@Nullable Session> sessions;
    private final AtomicInteger connections;
    private final Channel channel;
    private final List<Future<?>> timers = new ArrayList<>();
    private State state = State.GREETING;
    private @Nullable Session session;
    private volatile @Nullable Identity identity;
    private long lastHeard;
    private long lastTick;
    private long accepted;
    private long acknowledged;
    private boolean ackScheduled;
    private boolean unflushed;

    Inbound(Environment env, Supplier<@Nullable Session> sessions, AtomicInteger connections, Channel channel) {
        super(env.longestFrame());
        this.env = env;
        this.sessions = sessions;
        this.connections = connections;
        this.channel = channel;
        // One buffer, then others on the loop have their turn: a long row of pages must not hold up signs of life, and
        // many messages of one peer not those of the next.
        channel.config().setRecvByteBufAllocator(new AdaptiveRecvByteBufAllocator().maxMessagesPerRead(1));
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        connections.incrementAndGet();
        lastTick = System.nanoTime();
        lastHeard = lastTick;
        long timeout = env.settings().handshakeTimeout().toNanos();
        timers.add(channel.eventLoop().schedule(this::onHandshakeTimeout, timeout, TimeUnit.NANOSECONDS));
        startTicking();
    }

    private void startTicking() {
        timers.add(channel.eventLoop()
                .scheduleWithFixedDelay(this::tick, env.tickNanos(), env.tickNanos(), TimeUnit.NANOSECONDS));
    }

    private void stopTimers() {
        timers.forEach(timer -> timer.cancel(false));
        timers.clear();
    }

    /** Runs the task on the loop that the channel belongs to when it runs. */
    private void onLoop(Runnable task) {
        EventLoop loop = channel.eventLoop();
        if (loop.inEventLoop()) {
            task.run();
        } else {
            loop.execute(() -> onLoop(task));
        }
    }

    /**
     * Whether a connection of this peer for this plane makes this one obsolete: a peer has one data connection, but may
     * have a control connection to the address and another to the incarnation. Under the lock of the register.
     */
    boolean isReplacedBy(NodeId next, Plane nextPlane) {
        Identity mine = identity;
        return mine != null
                && (mine.peer().incarnation() < next.incarnation()
                        || (nextPlane == Plane.DATA
                                && mine.plane() == Plane.DATA
                                && mine.peer().equals(next)));
    }

    /** Ends the connection; once complete, nothing of it is handed on any more. Any thread. */
    CompletableFuture<Void> shut() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        try {
            channel.eventLoop()
                    .execute(() -> onLoop(() -> {
                        end();
                        done.complete(null);
                    }));
        } catch (RejectedExecutionException e) {
            done.complete(null);
        }
        return done;
    }

    @Override
    boolean mayRead() {
        Identity mine = identity;
        if (state != State.OPEN || mine == null || mine.plane() != Plane.DATA) {
            return true;
        }
        long pause = System.nanoTime() - lastTick;
        if (pause <= env.silenceNanos() - env.tickNanos()) {
            return true;
        }
        Environment.LOG.log(
                System.Logger.Level.INFO,
                "paused for {0} ms: the data connection of {1} is closed, it may have given up",
                TimeUnit.NANOSECONDS.toMillis(pause),
                mine.peer());
        end();
        return false;
    }

    @Override
    void onFrame(FrameKind kind, byte[] array, int offset, int length) throws WireException {
        lastHeard = System.nanoTime();
        switch (state) {
            case GREETING -> onGreeting(kind, array, offset, length);
            case OPEN -> onOpenFrame(kind, new WireReader(array, offset, length));
            case REPLACING -> throw misplaced(kind);
            case OVER -> {}
        }
    }

    private void onGreeting(FrameKind kind, byte[] array, int offset, int length) throws WireException {
        if (kind != FrameKind.HELLO) {
            throw misplaced(kind);
        }
        int major = Handshake.majorOf(array, offset, length);
        Session current = sessions.get();
        session = current;
        if (major != Handshake.PROTOCOL_MAJOR) {
            refuse(remoteHost(), Admission.protocol(major));
            return;
        }
        Hello hello = Handshake.decodeHello(new WireReader(array, offset, length));
        String address = hello.self().address();
        if (current == null || current.isClosed()) {
            refuse(address, Admission.notStarted());
        } else if (connections.get() > MAX_CONNECTIONS) {
            refuse(address, Admission.tooMany(MAX_CONNECTIONS));
        } else {
            Refused refused = Admission.check(hello, current.self(), env.settings());
            if (refused == null) {
                admit(hello, current);
            } else {
                refuse(address, refused);
            }
        }
    }

    private void admit(Hello hello, Session current) {
        NodeId peer = hello.self();
        identity = new Identity(peer, hello.plane());
        List<Inbound> replaced = current.inbounds().admit(this, peer, hello.plane());
        if (replaced == null) {
            refuse(peer.address(), Admission.stale(peer, env.incarnations().note(peer)));
            return;
        }
        state = State.REPLACING;
        CompletableFuture<?>[] ends = replaced.stream().map(Inbound::shut).toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(ends).thenRun(() -> onLoop(() -> onReplaced(hello.plane(), current)));
    }

    private void onReplaced(Plane plane, Session current) {
        if (state == State.REPLACING && plane == Plane.CONTROL) {
            changeLoop(current);
        } else {
            becomeOpen(current);
        }
    }

    /**
     * Whoever accepts a connection does not know yet what it is for, so it begins on a data loop. Nothing is read
     * meanwhile: the peer waits for the answer to its handshake.
     */
    private void changeLoop(Session current) {
        stopTimers();
        channel.deregister().addListener(left -> {
            if (state == State.REPLACING) {
                env.loops()
                        .of(Plane.CONTROL)
                        .register(channel)
                        .addListener(arrived -> onLoop(() -> {
                            if (!arrived.isSuccess()) {
                                end();
                            } else if (state == State.REPLACING) {
                                startTicking();
                                becomeOpen(current);
                            }
                        }));
            }
        });
    }

    private void becomeOpen(Session current) {
        if (state == State.REPLACING) {
            state = State.OPEN;
            Handshake.Accepted reply = new Handshake.Accepted(current.self(), current.clusterId());
            channel.writeAndFlush(Frames.of(channel.alloc(), FrameKind.HELLO_REPLY, Handshake.encode(reply)));
        }
    }

    private void onOpenFrame(FrameKind kind, WireReader in) throws WireException {
        Session current = session;
        Identity mine = identity;
        if (current == null || mine == null || current.isClosed()) {
            end();
        } else if (kind == FrameKind.DATA && mine.plane() == Plane.DATA) {
            current.listener().onData(mine.peer(), env.codec().decodeData(in));
            accepted++;
            if (accepted - acknowledged >= FRAMES_PER_ACK) {
                acknowledge();
            }
        } else if (kind == FrameKind.CONTROL && mine.plane() == Plane.CONTROL) {
            current.listener().onControl(mine.peer(), env.codec().decodeControl(in));
        } else if (kind == FrameKind.PING) {
            in.expectEnd();
            if (channel.isWritable()) {
                channel.write(Frames.empty(channel.alloc(), FrameKind.PONG), channel.voidPromise());
                unflushed = true;
            }
        } else {
            throw misplaced(kind);
        }
    }

    /** A peer that does not read its acknowledgements gets the sum later. */
    private void acknowledge() {
        if (channel.isWritable()) {
            acknowledged = accepted;
            channel.write(Frames.ack(channel.alloc(), accepted), channel.voidPromise());
            unflushed = true;
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (unflushed) {
            unflushed = false;
            channel.flush();
        }
        if (accepted > acknowledged && !ackScheduled && state == State.OPEN) {
            ackScheduled = true;
            channel.eventLoop().schedule(this::onAckDue, ACK_DELAY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void onAckDue() {
        ackScheduled = false;
        if (state == State.OPEN && accepted > acknowledged) {
            acknowledge();
            unflushed = false;
            channel.flush();
        }
    }

    private void tick() {
        long now = System.nanoTime();
        if (now - lastTick > 2 * env.tickNanos()) {
            lastHeard = now;
        }
        lastTick = now;
        if (now - lastHeard >= SILENCES * env.silenceNanos()) {
            end();
        } else if (accepted > acknowledged && !ackScheduled) {
            onAckDue();
        }
    }

    private void onHandshakeTimeout() {
        if (state == State.GREETING) {
            reject("HANDSHAKE", "connected, but sent no handshake in time", true);
        }
    }

    @Override
    void onStranger() {
        reject("STRANGER", "what connected from there is not Shardhold", true);
    }

    @Override
    void onMalformed(WireException what) {
        reject(what.reason().name(), String.valueOf(what.getMessage()), false);
    }

    @Override
    void onBroken(String why) {
        end();
    }

    /** Ends the connection because of what came, or did not come, over it. */
    private void reject(String reason, String why, boolean stranger) {
        Session current = sessions.get();
        Identity mine = identity;
        String address = mine == null ? remoteHost() : mine.peer().address();
        if (current == null) {
            env.counters().increment(stranger ? Counter.PEERS_REFUSED : Counter.FRAMES_REJECTED);
        } else if (stranger) {
            current.onPeerRefused(address, reason, why);
        } else {
            current.onFrameRejected(address, reason, why);
        }
        end();
    }

    private void refuse(String address, Refused refused) {
        Session current = session;
        if (current != null && Admission.isWorthTelling(refused.refusal())) {
            current.onPeerRefused(address, refused.refusal().name(), refused.text());
        }
        channel.writeAndFlush(Frames.of(channel.alloc(), FrameKind.HELLO_REPLY, Handshake.encode(refused)))
                .addListener(ChannelFutureListener.CLOSE);
        over();
    }

    private void end() {
        if (state != State.OVER) {
            over();
            channel.close();
        }
    }

    private void over() {
        state = State.OVER;
        stop();
        stopTimers();
        connections.decrementAndGet();
        Session current = session;
        Identity mine = identity;
        if (current != null && mine != null) {
            current.inbounds().remove(this, mine.peer());
        }
    }

    private String remoteHost() {
        return channel.remoteAddress() instanceof InetSocketAddress remote ? remote.getHostString() : "unknown";
    }

    private static WireException misplaced(FrameKind kind) {
        return new WireException(Reason.BAD_VALUE, "frame " + kind + " is out of place");
    }
}
