package io.shardhold.benchmarks;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that does nothing but wake up once a millisecond, and notes how late it was at most: what the machine and the
 * garbage collector do to everybody in this JVM, whatever the cluster does.
 */
final class Hiccups implements AutoCloseable {
    private static final long EVERY_NANOS = 1_000_000L;

    private final AtomicLong latestNanos = new AtomicLong();
    private final Thread thread = new Thread(this::watch, "benchmark-hiccups");
    private volatile boolean stopped;

    Hiccups() {
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        while (!stopped) {
            long due = System.nanoTime() + EVERY_NANOS;
            LockSupport.parkNanos(EVERY_NANOS);
            latestNanos.accumulateAndGet(System.nanoTime() - due, Math::max);
        }
    }

    /** The latest awakening since this was asked last. */
    double takeMillis() {
        return latestNanos.getAndSet(0) / 1e6;
    }

    @Override
    public void close() {
        stopped = true;
    }
}
