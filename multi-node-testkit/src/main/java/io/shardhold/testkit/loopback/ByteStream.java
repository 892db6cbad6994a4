package io.shardhold.testkit.loopback;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One direction of one connection: passes bytes on in order, later if they are delayed, and not while the way is cut.
 * Loop of the fault layer.
 *
 * <p>What waits is bounded: beyond 1 MiB the source is not read, so that its sender feels it as it would feel a full
 * network. While a way is cut the source is read up to that bound, for its end must be noticed: what a sender has
 * written and then dropped together with its connection never arrives, as a network that is cut would lose it. A
 * connection whose source was not read to the end of a cut is broken, because nobody can tell whether it has ended.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails on a channel arrives as its end
final class ByteStream {
    /** Most bytes that wait, but for one read. */
    static final int MOST_WAITING = 1 << 20;

    /** How the source has ended. */
    private enum End {
        OPEN,
        CLOSED,
        RESET
    }

    private record Chunk(ByteBuf bytes, long dueNanos) {}

    private final Way way;
    private final Channel source;
    private final FrameDamage damage;
    private final Queue<Chunk> waiting = new ArrayDeque<>();
    private @Nullable Channel sink;
    private boolean sinkGone;
    private int waitingBytes;
    private long lastDueNanos = System.nanoTime();
    private boolean overfull;
    private boolean timed;
    private End end = End.OPEN;

    ByteStream(Way way, Channel source, @Nullable Channel sink) {
        this.way = way;
        this.source = source;
        this.sink = sink;
        this.damage = new FrameDamage(way);
    }

    Way way() {
        return way;
    }

    /** Where bytes go from now on. */
    void sink(Channel opened) {
        sink = opened;
        flush();
    }

    /** Bytes have come; they are this object's from now on. */
    void take(ByteBuf bytes) {
        if (sinkGone) {
            bytes.release();
            return;
        }
        damage.pass(bytes);
        int size = bytes.readableBytes();
        long delay = way.delayNanos();
        if (way.isCut()) {
            way.held(size);
        } else if (delay > 0) {
            way.delayed(size);
        }
        long due = System.nanoTime() + delay;
        lastDueNanos = due - lastDueNanos > 0 ? due : lastDueNanos;
        waiting.add(new Chunk(bytes, lastDueNanos));
        waitingBytes += size;
        flush();
    }

    /** The source has ended; a reset also drops what the cut way has not let through. */
    void sourceEnded(boolean reset) {
        if (end == End.OPEN) {
            end = reset ? End.RESET : End.CLOSED;
            if (reset && way.isCut()) {
                dropWaiting();
            }
            flush();
        }
    }

    /** Nobody is there any more to take bytes. */
    void sinkGone() {
        sinkGone = true;
        dropWaiting();
        source.config().setAutoRead(true);
    }

    /** The rule of the way has changed. Returns whether the connection can go on. */
    boolean ruleChanged() {
        if (!way.isCut() && overfull) {
            return false;
        }
        flush();
        return true;
    }

    /** Passes on what may pass. */
    void flush() {
        Channel out = sink;
        if (out != null && !sinkGone && !way.isCut()) {
            write(out);
            if (waiting.isEmpty() && end != End.OPEN) {
                finish(out);
            }
        }
        boolean full = waitingBytes >= MOST_WAITING;
        overfull |= full && way.isCut();
        if (end == End.OPEN && source.config().isAutoRead() == full) {
            source.config().setAutoRead(!full);
        }
    }

    private void write(Channel out) {
        boolean written = false;
        Chunk next = waiting.peek();
        while (next != null && out.isWritable() && isDue(next)) {
            waiting.remove();
            int size = next.bytes().readableBytes();
            waitingBytes -= size;
            way.passed(size);
            out.write(next.bytes(), out.voidPromise());
            written = true;
            next = waiting.peek();
        }
        if (written) {
            out.flush();
        }
    }

    private boolean isDue(Chunk chunk) {
        long left = chunk.dueNanos() - System.nanoTime();
        if (left <= 0) {
            return true;
        }
        if (!timed) {
            timed = true;
            source.eventLoop().schedule(this::onDue, left, TimeUnit.NANOSECONDS);
        }
        return false;
    }

    private void onDue() {
        timed = false;
        flush();
    }

    /** The end arrives behind everything that was sent. */
    private void finish(Channel out) {
        if (out.isActive()) {
            if (end == End.RESET) {
                Passage.endsAsReset(out);
            }
            out.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void dropWaiting() {
        waiting.forEach(chunk -> chunk.bytes().release());
        waiting.clear();
        waitingBytes = 0;
    }
}
