package io.shardhold.testkit.simulated;

import java.util.PriorityQueue;

/** The one clock of a simulation and everything that is to happen: by time and, at equal times, in the order of scheduling. */
final class VirtualTime {
    private record Due(long nanos, long order, Runnable event) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            return nanos == other.nanos ? Long.compare(order, other.order) : Long.compare(nanos, other.nanos);
        }
    }

    private final PriorityQueue<Due> queue = new PriorityQueue<>(1_024);
    private long nowNanos;
    private long scheduled;
    private long ran;

    long nowNanos() {
        return nowNanos;
    }

    /** Events that have run. */
    long ran() {
        return ran;
    }

    void at(long nanos, Runnable event) {
        queue.add(new Due(Math.max(nanos, nowNanos), scheduled++, event));
    }

    void after(long delayNanos, Runnable event) {
        at(nowNanos + delayNanos, event);
    }

    /** Runs the next event if it is due by then; otherwise moves the clock there. Returns whether there was one. */
    boolean step(long untilNanos) {
        Due next = queue.peek();
        if (next == null || next.nanos > untilNanos) {
            nowNanos = untilNanos;
            return false;
        }
        queue.remove();
        nowNanos = next.nanos;
        ran++;
        next.event.run();
        return true;
    }
}
