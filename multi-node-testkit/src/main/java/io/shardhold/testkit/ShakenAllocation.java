package io.shardhold.testkit;

import io.shardhold.allocation.AllocationStrategy;
import io.shardhold.allocation.ShardMap;
import io.shardhold.cluster.Member;
import io.shardhold.cluster.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The strategy of the node under test, which can be made to move shards that lie well: when it is shaken, it proposes to
 * move the lowest shard of each member to the next one.
 *
 * <p>Concurrency: shaken on the test's thread, asked on the coordinator's; each type of a shake is used up once.
 */
final class ShakenAllocation implements AllocationStrategy {
    private final AllocationStrategy strategy;
    private final AtomicInteger shakes;

    ShakenAllocation(AllocationStrategy strategy, AtomicInteger shakes) {
        this.strategy = strategy;
        this.shakes = shakes;
    }

    @Override
    public NodeId allocate(String type, int shard, List<Member> candidates, ShardMap map) {
        return strategy.allocate(type, shard, candidates, map);
    }

    @Override
    public List<Move> rebalance(String type, ShardMap map, int atMost) {
        List<Member> candidates = map.candidates(type);
        if (candidates.size() < 2 || shakes.getAndUpdate(n -> Math.max(0, n - 1)) == 0) {
            return strategy.rebalance(type, map, atMost);
        }
        List<Move> moves = new ArrayList<>();
        for (int i = 0; i < candidates.size() && moves.size() < atMost; i++) {
            NodeId from = candidates.get(i).id();
            NodeId to = candidates.get((i + 1) % candidates.size()).id();
            if (!map.shardsAt(type, from).isEmpty()) {
                moves.add(new Move(map.shardsAt(type, from).first(), from, to));
            }
        }
        return moves;
    }
}
