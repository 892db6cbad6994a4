package io.shardhold.internal.kernel;

/**
 * How long this node may serve: written by the detector, read by every worker before it takes up a message.
 *
 * <p>Concurrency: one writer, the kernel's thread; readers on any thread. The deadline is one immutable record behind a
 * volatile field, so that a reader never sees the monotonic half of one deadline and the wall half of another. A reader
 * that sees an older deadline sees an earlier end, which is safe.
 */
public final class RightToServe {
    private final TimeSource time;
    private final long handlerBudgetNanos;
    private volatile Moment until;

    public RightToServe(TimeSource time, long handlerBudgetNanos) {
        this.time = time;
        this.handlerBudgetNanos = handlerBudgetNanos;
        this.until = time.now();
    }

    /** Sets when the right ends. Kernel thread. */
    public void extendTo(Moment deadline) {
        until = deadline;
    }

    /** Ends the right at once. Kernel thread. */
    public void end(Moment now) {
        until = now;
    }

    /** Whether work may be taken up: the right lasts a handler budget longer on both clocks. */
    public boolean mayTakeUp() {
        return !time.now().plusNanos(handlerBudgetNanos).eitherReached(until);
    }

    /** Whether the right lasts at this moment. */
    public boolean isHeld() {
        return !time.now().eitherReached(until);
    }
}
