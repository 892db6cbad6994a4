package io.shardhold.benchmarks;

import io.shardhold.entity.EntityRef;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Asks one entity once a millisecond, on schedule, whether answers come or not; notes the longest time between two answers
 * and the longest wait for one, from the scheduled moment on.
 *
 * <p>Concurrency: one thread sends; answers come on others. The figures are read and reset by the benchmark.
 */
final class SteadySender implements AutoCloseable {
    private static final long EVERY_NANOS = 1_000_000L;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final EntityRef<Call> entity;
    private final AtomicLong lastAnswerNanos = new AtomicLong();
    private final AtomicLong longestGapNanos = new AtomicLong();
    private final AtomicLong longestWaitNanos = new AtomicLong();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final Thread thread = new Thread(this::send, "benchmark-sender");
    private volatile boolean stopped;

    SteadySender(EntityRef<Call> entity) {
        this.entity = entity;
        thread.setDaemon(true);
        thread.start();
    }

    private void send() {
        long due = System.nanoTime();
        while (!stopped) {
            long scheduled = due;
            sent.incrementAndGet();
            var unused = entity.ask(Call::new, TIMEOUT)
                    .whenComplete((answer, failure) -> onDone(scheduled, failure == null));
            due += EVERY_NANOS;
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        }
    }

    private void onDone(long scheduled, boolean isAnswer) {
        if (!isAnswer) {
            failed.incrementAndGet();
            return;
        }
        long now = System.nanoTime();
        long before = lastAnswerNanos.getAndSet(now);
        if (before != 0) {
            longestGapNanos.accumulateAndGet(now - before, Math::max);
        }
        longestWaitNanos.accumulateAndGet(now - scheduled, Math::max);
        answered.incrementAndGet();
    }

    /** The longest time between two answers since this was asked last. */
    double takeLongestGapMillis() {
        return longestGapNanos.getAndSet(0) / 1e6;
    }

    /** The longest wait for an answer since this was asked last. */
    double takeLongestWaitMillis() {
        return longestWaitNanos.getAndSet(0) / 1e6;
    }

    /** Stops, waits for what is under way, and returns how many asks were not answered. */
    long stop() {
        stopped = true;
        BenchCluster.await(
                "answer to each ask", () -> !thread.isAlive() && answered.get() + failed.get() == sent.get());
        return failed.get();
    }

    @Override
    public void close() {
        stopped = true;
    }
}
