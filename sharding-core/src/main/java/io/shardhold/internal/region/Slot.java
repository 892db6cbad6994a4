package io.shardhold.internal.region;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.ShardKey;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One shard in the route table.
 *
 * <p>Concurrency: {@code route} is written by the kernel's thread (once more, to the open route, inside the lock of the parked
 * messages) and read by every sender. {@code sequence} gives each message its place; the messages of one
 * sending thread rise in it because it takes each number before it sends. {@code signalled} keeps the kernel from being told the
 * same thing twice. {@code bounced} is raised by connections; the kernel reads and clears it in one step, because a bounce
 * that came between the two would be forgotten, and the home that sent it back would be tried again at once. The fields
 * below the line belong to the kernel's thread.
 */
final class Slot {
    /** No coordinator. */
    static final long NOBODY = -1;

    private final ShardKey shard;
    private final ParkedMessages parked;
    private final AtomicLong sequence = new AtomicLong();
    private final AtomicBoolean signalled = new AtomicBoolean();
    private final AtomicBoolean bounced = new AtomicBoolean();
    private volatile Route route = new Route.Parking();
    private volatile boolean draining;

    // ---- kernel thread only ----
    /** The remote home to which messages were sent that may still be under way or on their way back. */
    @Nullable
    NodeId dirty;

    /** The marker whose answer is awaited, 0 for none; read by connections, which tell only of that one. */
    private volatile long marker;

    long markerSentNanos;
    /** When the link to the dirty home was lost; meaningful while {@code linkLost}. */
    long linkLostNanos;

    boolean linkLost;
    /** Until then the home is not tried again. */
    long heldUntilNanos;

    /** The epoch whose home has said that it started, until something comes back from there. */
    @Nullable
    Epoch startedEpoch;

    /** The epoch that a handoff has begun to move, and when. */
    @Nullable
    Epoch movingEpoch;

    long movingSinceNanos;

    /** The coordinator that was asked last for a home, as the router counts them, and when. */
    long askedOf = NOBODY;

    long askedNanos;

    Slot(ShardKey shard, ParkedMessages parked) {
        this.shard = shard;
        this.parked = parked;
    }

    ShardKey shard() {
        return shard;
    }

    ParkedMessages parked() {
        return parked;
    }

    long nextSequence() {
        return sequence.incrementAndGet();
    }

    Route route() {
        return route;
    }

    void route(Route next) {
        route = next;
    }

    /** Whether the kernel is to be told that this slot waits; true once until {@link #attended}. */
    boolean signal() {
        return signalled.compareAndSet(false, true);
    }

    void attended() {
        signalled.set(false);
    }

    long marker() {
        return marker;
    }

    /** Kernel thread. */
    void marker(long awaited) {
        marker = awaited;
    }

    boolean awaits(long answered) {
        return answered != 0 && marker == answered;
    }

    /** Nothing that left by an earlier route is under way any more. */
    void clean() {
        dirty = null;
        marker = 0;
        linkLost = false;
    }

    void noteBounce() {
        bounced.set(true);
    }

    /** Whether a message has come back since this was asked last. */
    boolean takeBounced() {
        return bounced.getAndSet(false);
    }

    void draining(boolean now) {
        draining = now;
    }

    /** Whether senders may still be inside the route that was closed last. */
    boolean isDraining() {
        return draining;
    }
}
