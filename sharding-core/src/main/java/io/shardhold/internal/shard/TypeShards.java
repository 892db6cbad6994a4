package io.shardhold.internal.shard;

import io.shardhold.config.EntitySpec;
import io.shardhold.entity.EntityFactory;
import io.shardhold.entity.EntityType;
import io.shardhold.internal.kernel.EntityExecutor;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The shards of one hosted entity type by index: the table that each delivery looks into.
 *
 * <p>Concurrency: the kernel's thread fills a slot, whoever drains the shard empties it, anybody reads. A reader that
 * sees a shard too late or too long meets its closed gate or a bounce, never a wrong shard.
 */
final class TypeShards<M> {
    private final EntityType<M> type;
    private final EntityFactory<M> factory;
    private final EntityExecutor executor;
    private final AtomicReferenceArray<@Nullable HostedShard<M>> slots;

    private TypeShards(EntitySpec<M> spec, EntityExecutor executor) {
        this.type = spec.type();
        this.factory = spec.factory()
                .orElseThrow(() -> new IllegalArgumentException("entity type " + spec.type() + " is not hosted here"));
        this.executor = executor;
        this.slots = new AtomicReferenceArray<>(spec.shards());
    }

    static <M> TypeShards<M> of(EntitySpec<M> spec, EntityExecutor executor) {
        return new TypeShards<>(spec, executor);
    }

    EntityType<M> type() {
        return type;
    }

    EntityFactory<M> factory() {
        return factory;
    }

    EntityExecutor executor() {
        return executor;
    }

    int shards() {
        return slots.length();
    }

    /** The shard, open or stopping; null if there is none, or no such index. */
    @Nullable
    HostedShard<M> get(int shard) {
        return shard < slots.length() ? slots.get(shard) : null;
    }

    void put(HostedShard<M> shard) {
        slots.set(shard.epoch().shard().shard(), shard);
    }

    void clear(int shard) {
        slots.set(shard, null);
    }
}
