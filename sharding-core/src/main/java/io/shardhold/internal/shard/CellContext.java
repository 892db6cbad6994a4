package io.shardhold.internal.shard;

import io.shardhold.entity.EntityContext;
import io.shardhold.entity.EntityRef;
import io.shardhold.entity.EntityType;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * The context of one instance of an entity; a later instance of the same entity has another, so that one that is gone
 * cannot stop its successor.
 */
final class CellContext<M> implements EntityContext<M> {
    private final HostedShard<M> shard;
    private final String id;

    /** The instance's thread only. */
    private boolean stopAsked;

    CellContext(HostedShard<M> shard, String id) {
        this.shard = shard;
        this.id = id;
    }

    @Override
    public EntityType<M> type() {
        return shard.type();
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public EntityRef<M> self() {
        return entityRef(shard.type(), id);
    }

    @Override
    public <T> EntityRef<T> entityRef(EntityType<T> type, String entityId) {
        return shard.surroundings().ports().entityRef(type, entityId);
    }

    @Override
    public long fence() {
        return shard.epoch().epoch().fence();
    }

    @Override
    public Instant now() {
        return Instant.ofEpochMilli(shard.surroundings().time().wallMillis());
    }

    @Override
    public RandomGenerator random() {
        return shard.surroundings().random().get();
    }

    @Override
    public void stop() {
        stopAsked = true;
    }

    boolean isStopAsked() {
        return stopAsked;
    }
}
