package io.shardhold.lease;

/**
 * Clocks, timers and chance of a lease: the system's, or virtual ones.
 *
 * <pre>{@code
 * try (LeaseRuntime runtime = LeaseRuntime.system()) {
 *     Lease lease = new RecordLease(store, settings, runtime);
 * }
 * }</pre>
 *
 * <p>Methods are called from any thread, and while the lease holds its lock: they do not wait and call nobody back.
 */
public interface LeaseRuntime extends AutoCloseable {
    /** Monotonic time in nanoseconds, from an arbitrary origin; only differences mean something. */
    long monoNanos();

    /** Wall clock in milliseconds since 1970; may jump either way. */
    long wallMillis();

    /**
     * Runs the task once, after the delay, never within this call. Tasks of one runtime do not overlap. After {@link
     * #close()} nothing is run.
     *
     * @param delayNanos 0 or less: as soon as possible
     */
    Cancellable schedule(long delayNanos, Runnable task);

    /** 64 random bits. */
    long random();

    /** Ends the timers. Does nothing where the runtime belongs to somebody else. */
    @Override
    default void close() {}

    /** A new runtime on the clocks of the system, with a daemon thread of its own. */
    static LeaseRuntime system() {
        return new SystemRuntime();
    }

    /** A task that may still be called off. */
    @FunctionalInterface
    interface Cancellable {
        /** Calls the task off if it has not begun; else does nothing. */
        void cancel();
    }
}
