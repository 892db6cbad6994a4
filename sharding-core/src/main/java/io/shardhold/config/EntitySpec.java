package io.shardhold.config;

import io.shardhold.entity.EntityFactory;
import io.shardhold.entity.EntityType;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a node does with one entity type: whether it hosts it, in how many shards, on which threads. Immutable; each
 * method returns a changed copy.
 *
 * <pre>{@code
 * ShardingSettings.builder("shop")
 *     .entity(EntitySpec.of(CART, context -> new CartEntity()).shards(256))
 *     .entity(EntitySpec.of(LEDGER, context -> new LedgerEntity(context, database)).threads(16))
 *     .entity(EntitySpec.route(STOCK))
 * }</pre>
 *
 * @param <M> type of the messages
 */
public final class EntitySpec<M> {
    /** Shards of a type unless said otherwise: enough for even load on 25 nodes, few enough to be moved in seconds. */
    private static final int DEFAULT_SHARDS = 256;

    /**
     * Most shards of a type. The wire format's bound, repeated here because settings may not depend on it: the map of a
     * type stays below some hundred megabytes on each node.
     */
    private static final int MAX_SHARDS = 1 << 20;

    /** Most threads of a type: beyond that the stacks alone take a gigabyte. */
    private static final int MAX_THREADS = 1_024;

    private final EntityType<M> type;
    private final @Nullable EntityFactory<M> factory;
    private final int shards;
    private final int threads;

    private EntitySpec(EntityType<M> type, @Nullable EntityFactory<M> factory, int shards, int threads) {
        this.type = Objects.requireNonNull(type, "type");
        this.factory = factory;
        this.shards = shards;
        this.threads = threads;
    }

    /** This node hosts entities of the type, and sends to them. */
    public static <M> EntitySpec<M> of(EntityType<M> type, EntityFactory<M> factory) {
        return new EntitySpec<>(type, Objects.requireNonNull(factory, "factory"), DEFAULT_SHARDS, 0);
    }

    /** This node only sends to entities of the type. */
    public static <M> EntitySpec<M> route(EntityType<M> type) {
        return new EntitySpec<>(type, null, DEFAULT_SHARDS, 0);
    }

    /**
     * In how many shards the entities of the type are grouped; 256 by default. All nodes of a
     * cluster must say the same, and it can only be changed with a full stop.
     *
     * @param count 1 to 1,048,576; ten times the number of nodes is a good choice
     * @throws IllegalArgumentException outside of that range
     */
    public EntitySpec<M> shards(int count) {
        if (count < 1 || count > MAX_SHARDS) {
            throw new IllegalArgumentException("shards of entity type " + type + " must be 1 to " + MAX_SHARDS
                    + ", was " + count + "; about ten times the number of nodes is a good choice");
        }
        return new EntitySpec<>(type, factory, count, threads);
    }

    /**
     * Gives the type threads of its own, for handlers that block; by default, 0, it shares the workers of the node, which
     * are as many as it has cores and must not be blocked.
     *
     * @param count 0 to 1,024; as many as may block at once
     * @throws IllegalArgumentException outside of that range, or if this node does not host the type
     */
    public EntitySpec<M> threads(int count) {
        if (count < 0 || count > MAX_THREADS) {
            throw new IllegalArgumentException("threads of entity type " + type + " must be 0 (shared) to "
                    + MAX_THREADS + ", was " + count + "; give it as many as may block at once");
        }
        if (count > 0 && factory == null) {
            throw new IllegalArgumentException("threads of entity type " + type + " must be 0, was " + count
                    + ": this node only routes to it; use EntitySpec.of to host it");
        }
        return new EntitySpec<>(type, factory, shards, count);
    }

    public EntityType<M> type() {
        return type;
    }

    /** Makes the entities; empty if this node only routes. */
    public Optional<EntityFactory<M>> factory() {
        return Optional.ofNullable(factory);
    }

    public int shards() {
        return shards;
    }

    /** Threads of its own; 0 if the type shares the workers of the node. */
    public int threads() {
        return threads;
    }

    /** Whether this node hosts entities of the type. */
    public boolean hosts() {
        return factory != null;
    }

    @Override
    public String toString() {
        return type + (hosts() ? "" : " (routed)") + ", " + shards + " shards"
                + (threads > 0 ? ", " + threads + " threads" : "");
    }
}
