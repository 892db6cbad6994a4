package io.shardhold.testkit.loopback;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What has happened on the threads of the nodes and is to be told on the test's thread, in the order of happening. At most
 * {@value #CAPACITY} wait, which is about a minute of heavy traffic; beyond that events are lost, and the test ends.
 *
 * <p>Concurrency: any thread adds, the test's thread takes. {@code overflown} is volatile, only ever set to true.
 */
final class EventQueue {
    static final int CAPACITY = 1 << 20;

    private final LinkedBlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>(CAPACITY);
    private volatile boolean overflown;

    /** Never blocks. */
    void add(Runnable event) {
        if (!waiting.offer(event)) {
            overflown = true;
        }
    }

    int size() {
        return waiting.size();
    }

    /**
     * The next event, within so many nanoseconds; null if there is none.
     *
     * @throws IllegalStateException if events have been lost, or the thread was interrupted
     */
    @Nullable
    Runnable next(long nanos) {
        if (overflown) {
            throw new IllegalStateException(
                    "more than " + CAPACITY + " events waited to be told, and some are lost: let"
                            + " time pass between steps of the test, with runFor or runUntil");
        }
        try {
            return nanos <= 0 ? waiting.poll() : waiting.poll(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while time passed", e);
        }
    }
}
