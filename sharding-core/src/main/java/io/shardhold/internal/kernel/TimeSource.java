package io.shardhold.internal.kernel;

/** The clocks of a node. Any thread. */
public interface TimeSource {
    /** Monotonic time in nanoseconds, from an arbitrary origin; only differences mean something. */
    long monoNanos();

    /** Wall clock in milliseconds since 1970; may jump either way. */
    long wallMillis();

    /** Both clocks at this moment. */
    default Moment now() {
        return new Moment(monoNanos(), wallMillis());
    }
}
