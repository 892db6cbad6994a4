package io.shardhold.testkit.fault;

import java.time.Duration;

/**
 * How long handlers on a node take. Immutable.
 *
 * @param shortest at least
 * @param longest at most; where within its time a handler does its work is drawn anew each time
 * @param hanging whether handlers that begin from now on return only when this is taken back
 */
public record Handling(Duration shortest, Duration longest, boolean hanging) {
    /** Quick handlers: 10 microseconds to 1 ms. */
    public static final Handling QUICK = new Handling(Duration.ofNanos(10_000), Duration.ofMillis(1), false);

    /** Handlers that do not return until the rule changes. */
    public static final Handling HANGING = new Handling(Duration.ZERO, Duration.ZERO, true);

    public Handling {
        if (shortest.isNegative() || longest.compareTo(shortest) < 0) {
            throw new IllegalArgumentException(
                    "handlers take a range of time from 0 up, was " + shortest + " to " + longest);
        }
    }

    /** Handlers that take between so much and so much. */
    public static Handling between(Duration shortest, Duration longest) {
        return new Handling(shortest, longest, false);
    }
}
