package io.shardhold.allocation;

import io.shardhold.cluster.Member;
import io.shardhold.cluster.NodeId;
import java.util.List;
import java.util.SortedSet;

/**
 * What an allocation strategy sees: who could host, and who hosts what. A shard that moves counts at its target. Valid
 * during the call only.
 */
public interface ShardMap {
    /** Members that may be given shards of this type, oldest first. */
    List<Member> candidates(String type);

    /** The shards of the type at this node, ascending. */
    SortedSet<Integer> shardsAt(String type, NodeId node);

    /** Number of shards of all types at this node. */
    int total(NodeId node);
}
