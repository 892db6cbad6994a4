package io.shardhold.lease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Clocks that a test sets, timers that run when it says so. Any thread. */
final class FakeRuntime implements LeaseRuntime {
    private final List<Timer> timers = new ArrayList<>();
    private long nowNanos;
    private long scheduled;
    private long drawn;
    private boolean closed;

    private record Timer(long atNanos, long number, Runnable task) {}

    @Override
    public synchronized long monoNanos() {
        return nowNanos;
    }

    @Override
    public synchronized long wallMillis() {
        return 1_796_000_000_000L + nowNanos / 1_000_000;
    }

    @Override
    public synchronized Cancellable schedule(long delayNanos, Runnable task) {
        Timer timer = new Timer(nowNanos + Math.max(0, delayNanos), ++scheduled, task);
        timers.add(timer);
        return () -> cancel(timer);
    }

    private synchronized void cancel(Timer timer) {
        timers.remove(timer);
    }

    @Override
    public synchronized long random() {
        return ++drawn;
    }

    @Override
    public synchronized void close() {
        closed = true;
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /** Only the clocks. */
    synchronized void advance(Duration by) {
        nowNanos += by.toNanos();
    }

    /** Runs what is due, until nothing is. */
    void runDue() {
        for (Runnable task = nextDue(); task != null; task = nextDue()) {
            task.run();
        }
    }

    private synchronized @Nullable Runnable nextDue() {
        Timer next = timers.stream()
                .filter(timer -> timer.atNanos() <= nowNanos)
                .min(Comparator.comparingLong(Timer::atNanos).thenComparingLong(Timer::number))
                .orElse(null);
        if (next == null) {
            return null;
        }
        cancel(next);
        return next.task();
    }

    void pass(Duration span) {
        for (long left = span.toMillis(); left > 0; left -= 10) {
            advance(Duration.ofMillis(Math.min(10, left)));
            runDue();
        }
    }
}
