package io.shardhold.internal.coordinator;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.kernel.Turn;
import io.shardhold.internal.protocol.RegionMessage;
import io.shardhold.internal.protocol.ShardEpoch;
import io.shardhold.internal.protocol.ShardMove;
import io.shardhold.internal.protocol.Term;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Directives of one turn, gathered by region, so that a thousand placements are a handful of messages. */
final class Directives {
    private static final int BATCH = 1_000;

    private final Term term;
    private final Map<NodeId, List<ShardEpoch>> host = new TreeMap<>();
    private final Map<NodeId, List<ShardMove>> handOff = new TreeMap<>();

    Directives(Term term) {
        this.term = term;
    }

    void host(NodeId home, ShardEpoch shard) {
        host.computeIfAbsent(home, id -> new ArrayList<>()).add(shard);
    }

    void handOff(NodeId owner, ShardMove move) {
        handOff.computeIfAbsent(owner, id -> new ArrayList<>()).add(move);
    }

    void flush(Turn turn) {
        host.forEach((home, shards) -> {
            for (List<ShardEpoch> batch : batches(shards)) {
                turn.send(home, new RegionMessage.HostShards(term, batch));
            }
        });
        handOff.forEach((owner, moves) -> {
            for (List<ShardMove> batch : batches(moves)) {
                turn.send(owner, new RegionMessage.HandOff(term, batch));
            }
        });
        host.clear();
        handOff.clear();
    }

    static <T> List<List<T>> batches(List<T> all) {
        List<List<T>> batches = new ArrayList<>();
        for (int i = 0; i < all.size(); i += BATCH) {
            batches.add(all.subList(i, Math.min(all.size(), i + BATCH)));
        }
        return batches;
    }
}
