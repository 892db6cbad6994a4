package io.shardhold.internal.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.wire.FrameKind;
import io.shardhold.internal.wire.Handshake;
import io.shardhold.internal.wire.WireException;
import io.shardhold.internal.wire.WireException.Reason;
import io.shardhold.internal.wire.WireWriter;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The control link to an incarnation, or to whoever runs at an address. While the link is not ready or its channel is
 * full, up to 1,000 messages wait; beyond that the oldest is dropped, because protocols repeat themselves and a newer
 * message says more. What waits when the link ends is dropped. Everything dropped is counted.
 *
 * <p>Concurrency: {@code waiting}, {@code awake} and {@code closed} are guarded by the monitor of {@code waiting}, held
 * for a few instructions by the kernel thread and the loop and never while anything else is called. {@code awake} is
 * true from when the loop is woken until it has found nothing, so a message added in between is found by it; if the loop
 * cannot write, becoming ready or writable comes with a call of {@link #drain()} of its own.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write arrives as the end of the link
final class ControlLink extends Link {
    static final int MAX_WAITING = 1_000;

    private static final int BATCH_BYTES = 64 * 1024;

    private final Queue<ControlMessage> waiting = new ArrayDeque<>();
    private final WireWriter writer = new WireWriter(1024);
    private boolean awake;
    private boolean closed;
    private boolean draining;

    ControlLink(Session session, String address, @Nullable NodeId wanted, int failuresBefore) {
        super(session, Handshake.Plane.CONTROL, address, wanted, failuresBefore);
    }

    /** Any thread; drops the message and counts it if the link is over. */
    void offer(ControlMessage message) {
        boolean dropped = false;
        boolean wake = false;
        synchronized (waiting) {
            if (closed) {
                dropped = true;
            } else {
                if (waiting.size() >= MAX_WAITING) {
                    waiting.remove();
                    dropped = true;
                }
                waiting.add(message);
                wake = !awake;
                awake = true;
            }
        }
        if (dropped) {
            env.counters().increment(Counter.CONTROL_DROPPED);
        }
        if (wake) {
            wake();
        }
    }

    private void wake() {
        try {
            loop.execute(this::drain);
        } catch (RejectedExecutionException e) {
            end(Cause.CLOSED, "the transport is closed");
        }
    }

    @Override
    void onReady() {
        drain();
    }

    @Override
    void drain() {
        if (draining) {
            return;
        }
        draining = true;
        boolean more = false;
        try {
            Channel channel = writableChannel();
            ControlMessage message = channel == null ? null : next();
            if (channel != null && message != null) {
                ByteBuf batch = channel.alloc().ioBuffer();
                while (message != null) {
                    append(batch, message);
                    more = batch.readableBytes() >= BATCH_BYTES;
                    message = more ? null : next();
                }
                used();
                channel.writeAndFlush(batch, channel.voidPromise());
            }
        } finally {
            draining = false;
        }
        if (more) {
            // One batch at a time: a long row of pages must not hold up the signs of life of others on the loop.
            drainLater();
        }
    }

    private @Nullable ControlMessage next() {
        synchronized (waiting) {
            ControlMessage message = waiting.poll();
            if (message == null) {
                awake = false;
            }
            return message;
        }
    }

    private void append(ByteBuf batch, ControlMessage message) {
        writer.reset();
        try {
            env.codec().encode(message, writer);
        } catch (IllegalArgumentException e) {
            drop(message, String.valueOf(e.getMessage()));
            return;
        }
        int longest = env.longestFrame() - FrameKind.AROUND_BYTES;
        if (writer.size() > longest) {
            drop(message, writer.size() + " bytes, at most " + longest + " fit a frame");
            return;
        }
        Frames.append(batch, FrameKind.CONTROL, writer);
    }

    private void drop(ControlMessage message, String why) {
        env.counters().increment(Counter.CONTROL_DROPPED);
        Environment.LOG.log(
                System.Logger.Level.WARNING,
                "{0} to {1} is not sent, the wire does not carry it: {2}",
                message.getClass().getSimpleName(),
                address,
                why);
    }

    @Override
    void onAck(long count) throws WireException {
        throw new WireException(Reason.BAD_VALUE, "acknowledgement on a control connection");
    }

    @Override
    boolean closeIfUnused() {
        synchronized (waiting) {
            closed = waiting.isEmpty();
            return closed;
        }
    }

    /** A message that comes while the link is being closed is dropped; protocols repeat themselves. */
    @Override
    boolean isRetired() {
        return false;
    }

    @Override
    void onOver(Cause cause) {
        int dropped;
        synchronized (waiting) {
            closed = true;
            dropped = waiting.size();
            waiting.clear();
        }
        env.counters().add(Counter.CONTROL_DROPPED, dropped);
    }
}
