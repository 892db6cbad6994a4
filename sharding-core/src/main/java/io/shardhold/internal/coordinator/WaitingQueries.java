package io.shardhold.internal.coordinator;

import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.kernel.Turn;
import io.shardhold.internal.protocol.ShardKey;
import java.util.List;
import java.util.TreeSet;

/** Shards whose homes were asked for while the coordinator here was not active yet. Regions ask again for what is refused. */
final class WaitingQueries {
    /** As many shards as a large cluster has; a key takes up some dozen bytes. */
    static final int CAPACITY = 100_000;

    private final TreeSet<ShardKey> shards = new TreeSet<>();

    void add(List<ShardKey> asked, Turn turn) {
        for (ShardKey shard : asked) {
            if (shards.size() < CAPACITY) {
                shards.add(shard);
            } else if (!shards.contains(shard)) {
                turn.count(Counter.QUERIES_REFUSED);
            }
        }
    }

    /** All that wait; they wait no more. */
    List<ShardKey> take() {
        List<ShardKey> taken = List.copyOf(shards);
        shards.clear();
        return taken;
    }
}
