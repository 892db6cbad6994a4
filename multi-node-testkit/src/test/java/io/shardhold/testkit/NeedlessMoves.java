package io.shardhold.testkit;

import io.shardhold.cluster.ClusterEvent;

/**
 * A cluster settles: between two changes of its members, moves are no more than shards. For tests in which nothing but
 * members changes; a shaken cluster moves shards that lie well.
 */
final class NeedlessMoves implements Invariant, Check {
    private final MultiNodeSpec spec;
    private final int shards;
    private int moves;

    NeedlessMoves(MultiNodeSpec spec, int shards) {
        this.spec = spec;
        this.shards = shards;
    }

    @Override
    public String name() {
        return "NO_NEEDLESS_MOVES";
    }

    @Override
    public Check begin(MultiNodeSpec watched) {
        return this;
    }

    @Override
    public void onEvent(TestNode node, ClusterEvent event) {
        if (event instanceof ClusterEvent.MemberChanged || event instanceof ClusterEvent.CoordinatorActive) {
            moves = 0;
        } else if (event instanceof ClusterEvent.ShardMoved && ++moves > shards) {
            spec.violated(name(), moves + " moves of " + shards + " shards, although no member came or went");
        }
    }
}
