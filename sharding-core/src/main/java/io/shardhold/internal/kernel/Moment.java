package io.shardhold.internal.kernel;

/**
 * A moment on both clocks of a node. What guards against two owners ends by whichever clock says so first, and what
 * waits for somebody else's right to end, by whichever says so last.
 *
 * @param monoNanos monotonic clock
 * @param wallMillis wall clock
 */
public record Moment(long monoNanos, long wallMillis) {
    private static final long NANOS_PER_MILLI = 1_000_000L;
    private static final long MILLIS_PER_SECOND = 1_000L;

    /** Both clocks advanced by a duration; the wall clock is rounded down. */
    public Moment plusNanos(long nanos) {
        return new Moment(monoNanos + nanos, wallMillis + Math.floorDiv(nanos, NANOS_PER_MILLI));
    }

    /** Whether at least one clock has reached the deadline: a right that ends there is over. */
    public boolean eitherReached(Moment deadline) {
        return monoNanos - deadline.monoNanos >= 0 || wallMillis >= deadline.wallMillis;
    }

    /** Whether both clocks have passed the deadline: a wait that ends there is over. */
    public boolean bothPassed(Moment deadline) {
        return monoNanos - deadline.monoNanos >= 0 && wallMillis > deadline.wallMillis;
    }

    /** Nanoseconds until the first of both clocks reaches this moment; not positive if one has. */
    public long nanosLeft(Moment now) {
        return Math.min(monoNanos - now.monoNanos, (wallMillis - now.wallMillis) * NANOS_PER_MILLI);
    }

    /** Monotonic nanoseconds since an earlier moment. */
    public long nanosSince(Moment earlier) {
        return monoNanos - earlier.monoNanos;
    }

    /** Seconds of the wall clock since 1970: where numbers of terms begin. */
    public long unixSeconds() {
        return wallMillis / MILLIS_PER_SECOND;
    }
}
