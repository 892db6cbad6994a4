package io.shardhold.lease.contract;

import java.time.Duration;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The true time of a test and what is to happen in it, one event after another on the test's thread. A store may do real
 * input and output: time stands still until it has answered.
 */
final class VirtualTime {
    private static final long MOST_REAL_SECONDS = 60;

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Queue<Runnable> posted = new ConcurrentLinkedQueue<>();
    private final Semaphore postedSignal = new Semaphore(0);
    private final AtomicInteger real = new AtomicInteger();
    private final Runnable afterEach;
    private long nowNanos;
    private long sequence;

    /** What is checked after each event. */
    VirtualTime(Runnable afterEach) {
        this.afterEach = afterEach;
    }

    long nowNanos() {
        return nowNanos;
    }

    /** Runs the event after this time, never within this call. */
    void after(long nanos, Runnable event) {
        events.add(new Event(nowNanos + Math.max(0, nanos), sequence++, event));
    }

    /** A request has gone to a real store. */
    void realBegins() {
        real.incrementAndGet();
    }

    /** It has answered, on any thread; the event runs on the test's thread, at the same virtual time. */
    void realEnds(Runnable event) {
        posted.add(event);
        real.decrementAndGet();
        postedSignal.release();
    }

    void run(Duration span) {
        long end = nowNanos + span.toNanos();
        settle();
        for (Event next = events.peek(); next != null && next.atNanos() <= end; next = events.peek()) {
            events.remove();
            nowNanos = next.atNanos();
            next.event().run();
            afterEach.run();
            settle();
        }
        nowNanos = end;
        afterEach.run();
    }

    private void settle() {
        while (true) {
            for (Runnable event = posted.poll(); event != null; event = posted.poll()) {
                event.run();
                afterEach.run();
            }
            if (real.get() == 0 && posted.isEmpty()) {
                return;
            }
            awaitPosted();
        }
    }

    private void awaitPosted() {
        try {
            if (!postedSignal.tryAcquire(MOST_REAL_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("the store has not answered for " + MOST_REAL_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private record Event(long atNanos, long sequence, Runnable event) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atNanos, other.atNanos);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }
}
