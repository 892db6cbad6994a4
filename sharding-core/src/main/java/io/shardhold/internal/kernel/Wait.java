package io.shardhold.internal.kernel;

/**
 * A wait that is over only when both clocks say so. A wall clock that was set back behind the start begins the wait
 * anew, so that a wrong clock costs one more wait and not hours.
 */
public final class Wait {
    private final long nanos;
    private Moment start;

    public Wait(Moment start, long nanos) {
        this.start = start;
        this.nanos = nanos;
    }

    /** When it is over, as of now. */
    public Moment end() {
        return start.plusNanos(nanos);
    }

    public boolean isOver(Moment now) {
        if (now.wallMillis() < start.wallMillis()) {
            start = now;
        }
        return now.bothPassed(end());
    }
}
