package io.shardhold.testkit;

import java.time.Duration;
import java.util.Collection;
import java.util.Collections;

/** Refuses what makes no sense before anything is done with it, by its value. */
final class Arguments {
    private Arguments() {}

    static void checkPassing(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("time does not go back: runFor was given " + duration);
        }
    }

    static void checkDelay(Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("a delay is 0 or more, was " + delay);
        }
    }

    static void checkInterval(Duration interval) {
        if (interval.isNegative() || interval.isZero()) {
            throw new IllegalArgumentException("an interval is more than 0, was " + interval);
        }
    }

    static void checkSides(Collection<String> left, Collection<String> right) {
        if (!Collections.disjoint(left, right)) {
            throw new IllegalArgumentException("a node is on one side of a partition or on none, was " + left + " and "
                    + right + "; a node on none sees both sides");
        }
    }
}
