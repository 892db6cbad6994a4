package io.shardhold.examples.ledger;

import java.util.ArrayDeque;
import java.util.Deque;

/** How fast a count rises, over the last second or so. */
final class Rate {
    private static final long WINDOW_NANOS = 1_000_000_000L;

    private record Sample(long atNanos, long count) {}

    private final Deque<Sample> samples = new ArrayDeque<>();

    void add(long nowNanos, long count) {
        samples.addLast(new Sample(nowNanos, count));
        while (samples.size() > 2 && nowNanos - samples.getFirst().atNanos() > WINDOW_NANOS) {
            samples.removeFirst();
        }
    }

    long perSecond() {
        if (samples.size() < 2) {
            return 0;
        }
        Sample first = samples.getFirst();
        Sample last = samples.getLast();
        long nanos = Math.max(1, last.atNanos() - first.atNanos());
        return Math.round((last.count() - first.count()) * 1e9 / nanos);
    }
}
