package io.shardhold.testkit;

import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.ShardEpoch;
import io.shardhold.internal.protocol.ShardKey;
import io.shardhold.internal.protocol.Term;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What must hold after every event. One home: of all nodes, at most one may take up messages of a shard, and once a node may
 * under an epoch, nobody ever may under a lower one. One commander: at most one coordinator of a
 * cluster would be obeyed if it acted. (Of a cluster that has just been founded again, and of the one that was given up for
 * it, both may have one for less than the consent time: the older can write nothing any more.)
 */
final class Invariants {
    private final Map<ShardKey, Epoch> highestServed = new TreeMap<>();
    private final Map<SimulatedNode, List<ShardEpoch>> serving =
            new TreeMap<>((a, b) -> a.name().compareTo(b.name()));

    /** Checks after an event on this node; returns what is violated. */
    Optional<String> check(SimulatedNode changed, Collection<SimulatedNode> all) {
        Optional<String> homes = checkHomes(changed, all);
        return homes.isPresent() ? homes : checkCommander(all);
    }

    private Optional<String> checkHomes(SimulatedNode changed, Collection<SimulatedNode> all) {
        List<ShardEpoch> now = changed.serving();
        List<ShardEpoch> before = serving.put(changed, now);
        if (now.isEmpty() || now.equals(before)) {
            return Optional.empty();
        }
        for (ShardEpoch shard : now) {
            Epoch highest = highestServed.getOrDefault(shard.shard(), Epoch.NONE);
            if (shard.epoch().isBelow(highest)) {
                return Optional.of("ONE_HOME_PER_ENTITY: " + changed + " may serve " + shard + " after somebody was"
                        + " allowed to serve epoch " + highest);
            }
            highestServed.put(shard.shard(), shard.epoch());
        }
        for (SimulatedNode other : all) {
            if (other != changed) {
                for (ShardEpoch shard : other.serving()) {
                    Optional<ShardEpoch> twice = now.stream()
                            .filter(s -> s.shard().equals(shard.shard()))
                            .findFirst();
                    if (twice.isPresent()) {
                        return Optional.of("ONE_HOME_PER_ENTITY: " + changed + " may serve " + twice.get() + " while "
                                + other + " may serve " + shard);
                    }
                }
            }
        }
        return Optional.empty();
    }

    private Optional<String> checkCommander(Collection<SimulatedNode> all) {
        Map<Long, Term> byCluster = new TreeMap<>();
        for (SimulatedNode node : all) {
            Optional<Term> term = node.actingTerm();
            Term other = term.isEmpty() ? null : byCluster.put(term.get().clusterId(), term.get());
            if (other != null) {
                return Optional.of(
                        "ONE_ACTIVE_COORDINATOR: " + other + " and " + term.get() + " may both act in one cluster");
            }
        }
        return Optional.empty();
    }
}
