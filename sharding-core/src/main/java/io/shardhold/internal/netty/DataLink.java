package io.shardhold.internal.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.kernel.Transport.SendResult;
import io.shardhold.internal.protocol.DataMessage;
import io.shardhold.internal.wire.FrameKind;
import io.shardhold.internal.wire.Handshake;
import io.shardhold.internal.wire.WireException;
import io.shardhold.internal.wire.WireException.Reason;
import io.shardhold.internal.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The data link to one incarnation. Messages wait in a queue, the loop writes them in batches with one flush each, as
 * long as the channel takes them.
 *
 * <p>A message is in exactly one place: in the queue, in {@code taken}, counted in {@code written}, or refused. The end
 * of the link returns the first two and reports the third, less what was acknowledged, as in doubt.
 *
 * <p>Who wakes the loop: whoever adds to an empty queue. If the loop cannot write then, the link is not ready or the
 * channel is full, and becoming ready or writable comes with a call of {@link #drain()} of its own.
 *
 * <p>Concurrency: {@code bytes} counts bounded messages from before they are added until they are encoded; senders add,
 * the loop subtracts, a sender that finds no room takes back what it added. It is never too low, so the bound holds; for
 * a moment it may be too high by what others take back, which refuses a message a little early.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write arrives as the end of the link
final class DataLink extends Link {
    private static final int BATCH_BYTES = 64 * 1024;
    private static final int SMALLEST_BUFFER = 512;

    /** After so many batches others on the same loop have their turn. */
    private static final int BATCHES_PER_TURN = 16;

    private final NodeId to;
    private final SendQueue queue = new SendQueue();
    private final AtomicLong bytes = new AtomicLong();
    private final long maxBytes;
    private final WireWriter writer = new WireWriter(1024);
    private final Runnable drain = this::drain;
    private SendQueue.@Nullable Node taken;
    private long written;
    private long acknowledged;
    private boolean draining;

    DataLink(Session session, NodeId to, int failuresBefore) {
        super(session, Handshake.Plane.DATA, to.address(), to, failuresBefore);
        this.to = to;
        this.maxBytes = env.settings().limits().outboundBytesPerLink();
    }

    /** Any thread; never blocks. */
    SendResult offer(DataMessage message) {
        int size = message.isBounded() ? message.sizeBytes() : 0;
        if (size > 0 && isFull(size)) {
            return queue.isClosed() ? SendResult.NO_LINK : SendResult.FULL;
        }
        switch (queue.add(message)) {
            case FIRST -> wake();
            case BEHIND -> {}
            case REFUSED -> {
                bytes.addAndGet(-size);
                return SendResult.NO_LINK;
            }
        }
        return SendResult.QUEUED;
    }

    /** Takes the room if there is some; a message that is larger than the bound goes alone. */
    private boolean isFull(int size) {
        long after = bytes.addAndGet(size);
        if (after <= maxBytes || after == size) {
            return false;
        }
        bytes.addAndGet(-size);
        return true;
    }

    private void wake() {
        try {
            loop.execute(drain);
        } catch (RejectedExecutionException e) {
            // The loop has ended: what was added comes back as unsent.
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
        try {
            writeBatches();
        } catch (RuntimeException e) {
            // What encoding refuses was refused in sendData, so this is a bug; the batch counts as in doubt.
            Environment.LOG.log(System.Logger.Level.ERROR, "a data message could not be encoded", e);
            end(Cause.BROKEN, "a data message could not be encoded");
        } finally {
            draining = false;
        }
    }

    private void writeBatches() {
        int batches = 0;
        Channel channel = writableChannel();
        while (channel != null) {
            if (taken == null) {
                taken = queue.takeAll();
            }
            if (taken == null) {
                return;
            }
            if (++batches > BATCHES_PER_TURN) {
                drainLater();
                return;
            }
            used();
            channel.writeAndFlush(nextBatch(channel), channel.voidPromise());
            channel = writableChannel();
        }
    }

    /** Encodes what is taken, up to the size of a batch. What has been encoded counts as written. */
    private ByteBuf nextBatch(Channel channel) {
        long expected = Math.max(SMALLEST_BUFFER, Math.min(bytes.get(), BATCH_BYTES));
        ByteBuf batch = channel.alloc().ioBuffer((int) expected);
        try {
            encodeInto(batch);
            return batch;
        } catch (RuntimeException e) {
            batch.release();
            throw e;
        }
    }

    private void encodeInto(ByteBuf batch) {
        SendQueue.Node node = taken;
        long encoded = 0;
        while (node != null && batch.readableBytes() < BATCH_BYTES) {
            DataMessage message = node.message;
            node = node.next;
            taken = node;
            written++;
            writer.reset();
            env.codec().encode(message, writer);
            Frames.append(batch, FrameKind.DATA, writer);
            encoded += message.isBounded() ? message.sizeBytes() : 0;
        }
        bytes.addAndGet(-encoded);
    }

    @Override
    void onAck(long count) throws WireException {
        if (count < acknowledged || count > written) {
            throw new WireException(Reason.BAD_VALUE, "acknowledgement of frames that were not sent");
        }
        acknowledged = count;
    }

    @Override
    boolean closeIfUnused() {
        return taken == null && written == acknowledged && queue.retireIfEmpty();
    }

    @Override
    boolean isRetired() {
        return queue.isRetired();
    }

    @Override
    void onOver(Cause cause) {
        if (cause == Cause.IDLE) {
            return;
        }
        List<DataMessage> unsent = new ArrayList<>();
        addAll(unsent, taken);
        taken = null;
        addAll(unsent, queue.close());
        session.onDataLinkLost(to, unsent, written - acknowledged);
    }

    private static void addAll(List<DataMessage> messages, SendQueue.@Nullable Node first) {
        for (SendQueue.Node node = first; node != null; node = node.next) {
            messages.add(node.message);
        }
    }
}
