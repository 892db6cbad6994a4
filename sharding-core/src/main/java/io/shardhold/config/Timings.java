package io.shardhold.config;

import java.time.Duration;

/**
 * How long things may take. All nodes of a cluster must agree on {@code detection}, {@code stable}, {@code consent},
 * {@code margin} and {@code handlerBudget}; the handshake refuses others.
 *
 * @param probe how often a node asks the seats for consent; 0.5 s: six probes fit a detection time
 * @param detection silence after which a node counts as unreachable; 3 s: longer than a garbage collection of a sane
 *     heap
 * @param stable how long trouble must last beyond that before it is judged; 2 s: lets a switch come back
 * @param consent how long a consent lasts from the moment at which it was asked for; 2 s: four probes
 * @param margin added to each wait for somebody else's right to end; 0.4 s: clocks that tick 5 % apart over consent
 *     and budget, and scheduling
 * @param handlerBudget how long a handler may take; work is taken up only if the right lasts so much longer; 0.2 s
 * @param founding how long founding waits for seeds beyond a majority; 5 s: so that all seats are filled at a first
 *     start
 * @param stop how long the entities of a shard may take to finish when it is handed over; 10 s
 * @param handOff how long a handoff may take before it is judged; 20 s: longer than {@code stop}
 * @param shutdown how long leaving may take altogether; 60 s: longer than {@code handOff}
 * @param retry how often requests without an answer are repeated; 0.5 s
 * @param rebalance how often the spread of shards is looked at; 1 s
 */
public record Timings(
        Duration probe,
        Duration detection,
        Duration stable,
        Duration consent,
        Duration margin,
        Duration handlerBudget,
        Duration founding,
        Duration stop,
        Duration handOff,
        Duration shutdown,
        Duration retry,
        Duration rebalance) {
    public static final Timings DEFAULT = new Timings(
            Duration.ofMillis(500),
            Duration.ofSeconds(3),
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            Duration.ofMillis(400),
            Duration.ofMillis(200),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(20),
            Duration.ofSeconds(60),
            Duration.ofMillis(500),
            Duration.ofSeconds(1));

    /** What a verdict waits after its commit, before the member's shards are placed again. */
    public Duration verdictWait() {
        return consent.plus(margin);
    }

    /** Longest time from the death of a member to its shards being placed again. */
    public Duration memberBound() {
        return detection.plus(stable).plus(verdictWait());
    }
}
