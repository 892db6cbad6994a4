package io.shardhold.lease.inmemory;

import io.shardhold.lease.LeaseRuntime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Time that passes when a test says so. */
final class ManualRuntime implements LeaseRuntime {
    private final List<Timer> timers = new ArrayList<>();
    private long nowNanos;
    private long scheduled;

    private record Timer(long atNanos, long number, Runnable task) {}

    @Override
    public long monoNanos() {
        return nowNanos;
    }

    @Override
    public long wallMillis() {
        return 1_796_000_000_000L + nowNanos / 1_000_000;
    }

    @Override
    public Cancellable schedule(long delayNanos, Runnable task) {
        Timer timer = new Timer(nowNanos + Math.max(0, delayNanos), ++scheduled, task);
        timers.add(timer);
        return () -> timers.remove(timer);
    }

    @Override
    public long random() {
        return 7;
    }

    void pass(Duration span) {
        long end = nowNanos + span.toNanos();
        for (Optional<Timer> next = next(end); next.isPresent(); next = next(end)) {
            Timer timer = next.get();
            timers.remove(timer);
            nowNanos = Math.max(nowNanos, timer.atNanos());
            timer.task().run();
        }
        nowNanos = end;
    }

    private Optional<Timer> next(long endNanos) {
        return timers.stream()
                .filter(timer -> timer.atNanos() <= endNanos)
                .min(Comparator.comparingLong(Timer::atNanos).thenComparingLong(Timer::number));
    }
}
