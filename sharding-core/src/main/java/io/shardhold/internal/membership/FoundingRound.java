package io.shardhold.internal.membership;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.Declaration;
import io.shardhold.internal.signal.Signal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One attempt of a candidate to have a majority of the seeds agree to a number. */
final class FoundingRound {
    private final long number;
    private final long startedNanos;
    private final List<String> seeds;
    private final Map<String, Signal.Agreement> agreed = new TreeMap<>();

    FoundingRound(long number, long startedNanos, List<String> seeds) {
        this.number = number;
        this.startedNanos = startedNanos;
        this.seeds = seeds;
    }

    long number() {
        return number;
    }

    /**
     * Counts an agreement, unless the seed has the name of one before it, or declares an entity type otherwise; then says
     * which, and how.
     */
    Optional<String> agree(NodeId from, Declaration declaration) {
        if (!seeds.contains(from.address())) {
            return Optional.empty();
        }
        for (Signal.Agreement other : agreed.values()) {
            if (!other.node().address().equals(from.address())) {
                Optional<String> conflict = conflict(other, from, declaration);
                if (conflict.isPresent()) {
                    return conflict;
                }
            }
        }
        agreed.put(from.address(), new Signal.Agreement(from, declaration));
        return Optional.empty();
    }

    private static Optional<String> conflict(Signal.Agreement other, NodeId from, Declaration declaration) {
        if (other.node().name().equals(from.name())) {
            return Optional.of("the name '" + from.name() + "' is in use by "
                    + other.node().address() + ", and asked for by " + from.address()
                    + "; give each node a name of its own");
        }
        return declaration
                .conflictWith(other.declaration())
                .map(c -> c + " on " + other.node().address() + " and " + from.address());
    }

    /** Whether enough seeds agreed: all that were there, or a majority after a while. */
    boolean isSettled(int available, long nowNanos, long patienceNanos) {
        boolean majority = agreed.size() >= seeds.size() / 2 + 1;
        return majority && (agreed.size() >= available || nowNanos - startedNanos >= patienceNanos);
    }

    boolean isOlderThan(long nanos, long nowNanos) {
        return nowNanos - startedNanos >= nanos;
    }

    List<Optional<Signal.Agreement>> bySeat() {
        return seeds.stream().map(s -> Optional.ofNullable(agreed.get(s))).toList();
    }
}
