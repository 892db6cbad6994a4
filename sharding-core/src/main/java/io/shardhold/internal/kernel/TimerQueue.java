package io.shardhold.internal.kernel;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The timers of one kernel, by deadline and, among equal deadlines, by the order in which they were started. */
final class TimerQueue {
    private record Due(long nanos, long order) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            int byTime = Long.compare(nanos - other.nanos, 0);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private final TreeMap<Due, Input.Due> queue = new TreeMap<>();
    private final Map<Input.Due, Due> running = new HashMap<>();
    private long started;

    void start(int machine, Object key, long deadlineNanos) {
        Input.Due timer = new Input.Due(machine, key);
        Due due = new Due(deadlineNanos, started++);
        Due before = running.put(timer, due);
        if (before != null) {
            queue.remove(before);
        }
        queue.put(due, timer);
    }

    void cancel(int machine, Object key) {
        Due due = running.remove(new Input.Due(machine, key));
        if (due != null) {
            queue.remove(due);
        }
    }

    Input.@Nullable Due poll(long nowNanos) {
        if (queue.isEmpty() || queue.firstKey().nanos - nowNanos > 0) {
            return null;
        }
        Input.Due timer = queue.pollFirstEntry().getValue();
        running.remove(timer);
        return timer;
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    /** Deadline of the next timer; only if there is one. */
    long nextNanos() {
        return queue.firstKey().nanos;
    }
}
