package io.shardhold.lease;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Whether a grant is believed.
 *
 * <pre>
 *            begin            over, or end(reason)              takeUntold
 *   NOT_HELD ----> Held(sent) --------------------> Lost(untold) ----> NOT_HELD
 *      ^            |  ^  |
 *      +------------+  +--+ extend: a later sent, while the former still lasts
 *        endQuietly
 * </pre>
 *
 * <p>Implementation note. One reference holds all, so that nobody sees halves of two states. The engine writes it with
 * its lock held; the one edge that any thread takes is from Held to Lost, when it finds that time is over. Because
 * extending is a compare-and-set from the very state whose end has not come, whoever has been told "no" once cannot be
 * told "yes" for that grant: either the end was written first, then the extension fails, or the extension was, then the
 * end is judged anew. The state is read before the clocks: a "yes" is true at the moment the clocks were read.
 */
final class Belief {
    private static final State NOT_HELD = new State() {};

    private final LeaseRuntime runtime;
    private final long lifeNanos;
    private final long marginNanos;
    private final AtomicReference<State> state = new AtomicReference<>(NOT_HELD);

    Belief(LeaseRuntime runtime, LeaseSettings settings) {
        this.runtime = runtime;
        this.marginNanos = settings.margin().toNanos();
        this.lifeNanos = settings.ttl().toNanos() - marginNanos;
    }

    private interface State {}

    /** @param sent when the request left that was acknowledged last */
    private record Held(long token, Moment sent) implements State {}

    private record Lost(LeaseLost loss) implements State {}

    /** Any thread. Whether this call was the one to find that time is over, the loss waits to be taken then. */
    Verdict judge() {
        while (true) {
            if (!(state.get() instanceof Held held)) {
                return Verdict.NOT_HELD;
            }
            LeaseLost loss = over(held.token(), held.sent(), Moment.now(runtime));
            if (loss == null) {
                return Verdict.HELD;
            }
            if (state.compareAndSet(held, new Lost(loss))) {
                return Verdict.JUST_LOST;
            }
        }
    }

    boolean isHeld() {
        return judge() == Verdict.HELD;
    }

    /** Whether a grant is held from now on; not if its time is over already. */
    boolean begin(long token, Moment sent) {
        if (over(token, sent, Moment.now(runtime)) != null) {
            return false;
        }
        state.set(new Held(token, sent));
        return true;
    }

    /** Whether the grant of this token lasts longer now; not if it has ended or either end is in the past. */
    boolean extend(long token, Moment sent) {
        return state.get() instanceof Held held
                && held.token() == token
                && over(token, held.sent(), Moment.now(runtime)) == null
                && over(token, sent, Moment.now(runtime)) == null
                && state.compareAndSet(held, new Held(token, sent));
    }

    /** Ends a grant that is held; the loss waits to be taken. */
    void end(LeaseLost.Reason reason, String detail) {
        if (state.get() instanceof Held held) {
            // Fails if another thread has found it over; then that is the reason.
            state.compareAndSet(held, new Lost(new LeaseLost(held.token(), reason, detail)));
        }
    }

    /** Ends a grant that is held, as its holder wished. */
    void endQuietly() {
        if (state.get() instanceof Held held) {
            state.compareAndSet(held, NOT_HELD);
        }
    }

    /** A loss that nobody was told of; once. */
    @Nullable
    LeaseLost takeUntold() {
        if (state.get() instanceof Lost lost) {
            state.set(NOT_HELD);
            return lost.loss();
        }
        return null;
    }

    /** How long the grant lasts on the monotonic clock; 0 if none is held. */
    long nanosLeft() {
        return state.get() instanceof Held held
                ? Math.max(0, lifeNanos - Moment.now(runtime).monoNanosSince(held.sent()))
                : 0;
    }

    /** The end, on the monotonic clock, of a grant whose request left at this moment. */
    long deadlineNanos(Moment sent) {
        return sent.monoNanos() + lifeNanos;
    }

    private @Nullable LeaseLost over(long token, Moment sent, Moment now) {
        long mono = now.monoNanosSince(sent);
        long wall = now.wallNanosSince(sent);
        if (mono >= lifeNanos) {
            return new LeaseLost(token, LeaseLost.Reason.EXPIRED, "no renewal acknowledged for " + millis(mono));
        }
        // A machine that was stopped together with its monotonic clock may show it here. Only this direction ends a
        // grant: a wall clock that was set back says nothing about time that has passed unseen.
        if (wall - mono > marginNanos) {
            return new LeaseLost(
                    token,
                    LeaseLost.Reason.CLOCK_JUMP,
                    "since the last renewal " + millis(wall) + " on the wall clock, " + millis(mono)
                            + " on the monotonic one");
        }
        if (wall >= lifeNanos) {
            return new LeaseLost(
                    token,
                    LeaseLost.Reason.EXPIRED,
                    "no renewal acknowledged for " + millis(wall) + " by the wall clock");
        }
        return null;
    }

    private static String millis(long nanos) {
        return nanos / 1_000_000 + " ms";
    }

    enum Verdict {
        HELD,
        NOT_HELD,
        JUST_LOST
    }
}
