package io.shardhold.internal.region;

import io.shardhold.config.EntitySpec;
import io.shardhold.config.Limits;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.protocol.ShardKey;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One slot per shard of each declared entity type. Fixed after construction; the slots change. */
final class RouteTable {
    private final TreeMap<String, List<Slot>> byType = new TreeMap<>();
    private final List<Slot> all;
    private final AtomicLong parkedBytes = new AtomicLong();
    private final RemovedPeers removed = new RemovedPeers();

    RouteTable(List<EntitySpec<?>> specs, Limits limits, Guards guards) {
        for (EntitySpec<?> spec : specs) {
            String type = spec.type().name();
            List<Slot> slots = new ArrayList<>(spec.shards());
            for (int shard = 0; shard < spec.shards(); shard++) {
                ParkedMessages parked =
                        new ParkedMessages(limits.parkedPerShard(), limits.parkedBytes(), parkedBytes, guards, removed);
                slots.add(new Slot(new ShardKey(type, shard), parked));
            }
            byType.put(type, List.copyOf(slots));
        }
        all = byType.values().stream().flatMap(List::stream).toList();
    }

    /** The slot of a shard; null if the type is not declared here or has fewer shards. */
    @Nullable
    Slot slot(ShardKey shard) {
        List<Slot> slots = byType.get(shard.type());
        return slots == null || shard.shard() >= slots.size() ? null : slots.get(shard.shard());
    }

    List<Slot> slots(String type) {
        return byType.getOrDefault(type, List.of());
    }

    /** All slots, by type and shard. */
    List<Slot> all() {
        return all;
    }

    RemovedPeers removed() {
        return removed;
    }

    long parkedBytes() {
        return parkedBytes.get();
    }
}
