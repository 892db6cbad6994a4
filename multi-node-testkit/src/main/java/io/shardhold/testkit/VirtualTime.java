package io.shardhold.testkit;

import java.util.Map;
import java.util.TreeMap;

/** The one clock of a simulation and everything that is to happen: by time and, at equal times, in the order of scheduling. */
final class VirtualTime {
    private record Due(long nanos, long order) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            int byTime = Long.compare(nanos, other.nanos);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private final TreeMap<Due, Runnable> queue = new TreeMap<>();
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
        queue.put(new Due(Math.max(nanos, nowNanos), scheduled++), event);
    }

    void after(long delayNanos, Runnable event) {
        at(nowNanos + delayNanos, event);
    }

    /** Runs the next event if it is due by then; otherwise moves the clock there. Returns whether there was one. */
    boolean step(long untilNanos) {
        Map.Entry<Due, Runnable> next = queue.firstEntry();
        if (next == null || next.getKey().nanos > untilNanos) {
            nowNanos = untilNanos;
            return false;
        }
        queue.pollFirstEntry();
        nowNanos = next.getKey().nanos;
        ran++;
        next.getValue().run();
        return true;
    }
}
