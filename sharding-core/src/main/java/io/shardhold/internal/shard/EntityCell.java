package io.shardhold.internal.shard;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.UndeliveredReason;
import io.shardhold.entity.Entity;
import io.shardhold.entity.StopReason;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.kernel.EntityTask;
import io.shardhold.internal.kernel.Thrown;
import io.shardhold.internal.protocol.Envelope;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One entity of an open shard: its mailbox, its instance if there is one, and the work on both.
 *
 * <pre>
 *   off the executor ──first letter, or told to finish──▶ on the executor ──nothing to do──▶ off, or gone without instance
 *                                                          │        ▲
 *                                            no right ─▶ suspended ─┘ wake
 *   FREE ──begin──▶ HELD ──end──▶ FREE      FREE ──drop──▶ GONE      HELD ──retire──▶ GONE
 * </pre>
 *
 * <p>Concurrency: the mailbox says who schedules the cell, {@code hold} says who may touch its instance and poll. A drop
 * takes what is free and leaves what is held to its holder: the dropper writes the shard's phase and then tries the hold,
 * the holder writes the hold and then reads the phase, so one of the two sees the other and the hold lets only one act.
 * In the same way a cell that goes idle, or suspends itself, looks once more at what it would have been told meanwhile.
 *
 * <p>An instance is made and discarded within one cell; a cell is gone only without an instance; and the next cell of the
 * same id is made only after that. So there are never two instances. A fatal error leaves the cell held for ever: nobody
 * knows what state it is in, and its shard is never said to have drained.
 */
final class EntityCell<M> implements EntityTask, Comparable<EntityCell<?>> {
    private enum Hold {
        FREE,
        HELD,
        GONE
    }

    private final HostedShard<M> shard;
    private final Surroundings surroundings;
    private final String id;
    private final long number;
    private final Mailbox mailbox = new Mailbox();
    private final AtomicReference<Hold> hold = new AtomicReference<>(Hold.FREE);

    /** The instance, with its context; the holder's, as are the fields below. */
    private @Nullable Entity<M> entity;

    private @Nullable CellContext<M> context;

    /** What was taken up and is to be run; the stop if there is no letter. */
    private @Nullable Letter taken;

    private @Nullable StopReason stopping;
    private long beganNanos;

    EntityCell(HostedShard<M> shard, String id) {
        this.shard = shard;
        this.surroundings = shard.surroundings();
        this.id = id;
        this.number = surroundings.nextCellNumber();
    }

    String id() {
        return id;
    }

    /** Any thread; after {@link Mailbox.Offer#FIRST} the caller schedules the cell. */
    Mailbox.Offer offer(Letter letter) {
        return mailbox.offer(letter, surroundings.limits().mailbox());
    }

    void schedule() {
        shard.executor().execute(this);
    }

    /** Tells the cell that its shard finishes; one that is at work sees it by itself. */
    void finish() {
        if (mailbox.activate()) {
            schedule();
        }
    }

    @Override
    public boolean begin() {
        while (hold.compareAndSet(Hold.FREE, Hold.HELD)) {
            HostedShard.Phase phase = shard.phase();
            StopReason stop = phase instanceof HostedShard.Finishing finishing ? finishing.reason() : null;
            if (phase.takesUpNothing()) {
                release();
                return false;
            }
            if (mailbox.isEmpty() && (stop == null || entity == null)) {
                if (leave()) {
                    return false;
                }
            } else if (!surroundings.right().mayTakeUp()) {
                if (suspend()) {
                    return false;
                }
            } else {
                takeUp(stop);
                return true;
            }
        }
        return false;
    }

    @Override
    public void end() {
        if (!surroundings.right().isHeld()) {
            long millis = (surroundings.time().monoNanos() - beganNanos) / 1_000_000;
            surroundings.counters().increment(Counter.HANDLER_OVERRUNS);
            surroundings.ports().publish(new ClusterEvent.HandlerOverrun(typeName(), id, millis));
        }
        release();
    }

    private void release() {
        hold.set(Hold.FREE);
        if (shard.phase() instanceof HostedShard.Dropping) {
            dropIfFree();
        }
    }

    /** Whether the cell is off the executor, because it has nothing to do; false if it has, and is free. */
    private boolean leave() {
        if (entity == null) {
            return retire();
        }
        release();
        if (!mailbox.becomeIdle()) {
            return false;
        }
        return !(shard.phase() instanceof HostedShard.Finishing) || !mailbox.activate();
    }

    private boolean retire() {
        if (!mailbox.retire()) {
            release();
            return false;
        }
        hold.set(Hold.GONE);
        shard.onGone(this);
        return true;
    }

    /** Whether the cell is off the executor until it is woken; false if the right has returned, and it is free. */
    private boolean suspend() {
        release();
        surroundings.suspend(this);
        if (hold.get() == Hold.GONE) {
            surroundings.takeSuspended(this);
            return true;
        }
        return !surroundings.right().mayTakeUp() || !surroundings.takeSuspended(this);
    }

    /** Discards the instance without a hook and gives back what was not taken up, unless somebody is at work here. */
    void dropIfFree() {
        if (!hold.compareAndSet(Hold.FREE, Hold.GONE)) {
            return;
        }
        surroundings.takeSuspended(this);
        if (entity != null) {
            discard();
        }
        Letter letter = mailbox.poll();
        while (letter != null) {
            surroundings.ports().onLeftOver(letter.envelope(), letter.sender());
            letter = mailbox.poll();
        }
        shard.onGone(this);
    }

    /** The next message, or behind the last one the stop. */
    private void takeUp(@Nullable StopReason stop) {
        beganNanos = surroundings.time().monoNanos();
        taken = mailbox.poll();
        stopping = stop;
        if (taken != null) {
            surroundings.observer().onTakenUp(taken.sender(), taken.envelope(), shard.epoch());
        }
    }

    /** One call of the user's code. */
    @Override
    public void run() {
        Letter letter = taken;
        StopReason stop = stopping;
        taken = null;
        stopping = null;
        if (letter != null) {
            handle(letter);
        } else if (stop != null) {
            stopInstance(stop);
        }
    }

    private void handle(Letter letter) {
        M message = decoded(letter);
        if (message == null || !startIfNeeded(letter)) {
            return;
        }
        surroundings.counters().increment(Counter.MESSAGES_HANDLED);
        try {
            Objects.requireNonNull(entity).onMessage(message);
        } catch (Throwable thrown) {
            Thrown.rethrowIfFatal(thrown);
            discard();
            surroundings.onEntityFailed(typeName(), id, thrown);
            surroundings.failAsk(
                    letter.envelope(), letter.sender(), UndeliveredReason.HANDLER_FAILED, Thrown.describe(thrown));
        } finally {
            forgetInterrupt();
        }
        if (context != null && context.isStopAsked()) {
            stopInstance(StopReason.ASKED);
        }
    }

    private @Nullable M decoded(Letter letter) {
        Envelope envelope = letter.envelope();
        try {
            Object near = envelope.message();
            if (near != null) {
                return shard.type().messages().cast(near);
            }
            byte[] payload = Objects.requireNonNull(envelope.payload(), "payload");
            M message =
                    shard.type().codec().decode(payload, surroundings.ports().replies());
            return Objects.requireNonNull(message, "the codec made null of a message");
        } catch (Throwable thrown) {
            Thrown.rethrowIfFatal(thrown);
            surroundings.onUndelivered(letter, UndeliveredReason.CODEC_FAILED, Thrown.describe(thrown));
            return null;
        } finally {
            forgetInterrupt();
        }
    }

    private boolean startIfNeeded(Letter letter) {
        if (entity != null) {
            return true;
        }
        CellContext<M> fresh = new CellContext<>(shard, id);
        try {
            entity = Objects.requireNonNull(shard.factory().create(fresh), "the factory made no entity but null");
        } catch (Throwable thrown) {
            Thrown.rethrowIfFatal(thrown);
            surroundings.onEntityFailed(typeName(), id, thrown);
            surroundings.onUndelivered(letter, UndeliveredReason.FACTORY_FAILED, Thrown.describe(thrown));
            return false;
        } finally {
            forgetInterrupt();
        }
        context = fresh;
        surroundings.counters().increment(Counter.ENTITIES_STARTED);
        return true;
    }

    private void stopInstance(StopReason reason) {
        Entity<M> instance = Objects.requireNonNull(entity);
        discard();
        try {
            instance.onStop(reason);
        } catch (Throwable thrown) {
            Thrown.rethrowIfFatal(thrown);
            surroundings.onEntityFailed(typeName(), id, thrown);
        } finally {
            forgetInterrupt();
        }
    }

    private void discard() {
        entity = null;
        context = null;
        surroundings.counters().increment(Counter.ENTITIES_STOPPED);
    }

    /** What one entity did to the thread must not meet the next. */
    private static void forgetInterrupt() {
        Thread.interrupted();
    }

    private String typeName() {
        return shard.type().name();
    }

    @Override
    public int compareTo(EntityCell<?> other) {
        return Long.compare(number, other.number);
    }

    @Override
    public String toString() {
        return shard + " " + id;
    }
}
