package io.shardhold.allocation;

import io.shardhold.cluster.Member;
import io.shardhold.cluster.NodeId;
import java.util.List;

/**
 * Decides where shards go. Called by the active coordinator, on the kernel's thread; must be quick and deterministic: the
 * same map gives the same answer.
 */
public interface AllocationStrategy {
    /**
     * A move of one shard.
     *
     * @param shard index of the shard
     * @param from who hosts it now
     * @param to who is to host it, a candidate
     */
    record Move(int shard, NodeId from, NodeId to) {}

    /**
     * Chooses a home for a shard that has none, or whose home is to go.
     *
     * @param candidates not empty, oldest first
     */
    NodeId allocate(String type, int shard, List<Member> candidates, ShardMap map);

    /** Proposes moves that even out the spread of one type; none if it is good enough. At most as many as asked for. */
    List<Move> rebalance(String type, ShardMap map, int atMost);
}
