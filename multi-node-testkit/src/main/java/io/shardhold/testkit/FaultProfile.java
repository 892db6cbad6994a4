package io.shardhold.testkit;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * How much harm {@link MultiNodeSpec#faults} does. Each run draws a subset of the profile's kinds from its seed, so that some
 * runs go deep into few of them; what the rung cannot inject is left out.
 */
public enum FaultProfile {
    /** What a good day has: some delay, slow handlers, moves, nodes that leave and come back. */
    CALM(Duration.ofSeconds(2), Duration.ofSeconds(10)),

    /** What a bad week has: losses, broken links, crashes, pauses, short partitions, clocks that are set. */
    ROUGH(Duration.ofSeconds(1), Duration.ofSeconds(8)),

    /** Everything at once, aimed at the coordinator a third of the time. */
    CRUEL(Duration.ofMillis(200), Duration.ofMillis(4_200));

    private final Duration shortestGap;
    private final Duration longestGap;

    FaultProfile(Duration shortestGap, Duration longestGap) {
        this.shortestGap = shortestGap;
        this.longestGap = longestGap;
    }

    Duration shortestGap() {
        return shortestGap;
    }

    Duration longestGap() {
        return longestGap;
    }

    Set<Strike> strikes() {
        return switch (this) {
            case CALM -> EnumSet.of(Strike.DELAY, Strike.SLOW_HANDLERS, Strike.REBALANCE, Strike.LEAVE);
            case ROUGH ->
                EnumSet.of(
                        Strike.DELAY,
                        Strike.SLOW_HANDLERS,
                        Strike.REBALANCE,
                        Strike.LEAVE,
                        Strike.LOSS,
                        Strike.BREAK_LINK,
                        Strike.CRASH,
                        Strike.PAUSE,
                        Strike.PARTITION,
                        Strike.CLOCK_JUMP);
            case CRUEL -> EnumSet.allOf(Strike.class);
        };
    }
}
