package io.shardhold.entity;

import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * What an entity may use of the node that serves it. From the entity's own calls only.
 *
 * @param <M> type of the messages
 */
public interface EntityContext<M> {
    EntityType<M> type();

    /** The entity's id. */
    String id();

    /** A reference to this entity, to be handed to others. */
    EntityRef<M> self();

    /** A reference to another entity of a type that this node declares. */
    <T> EntityRef<T> entityRef(EntityType<T> type, String id);

    /**
     * A positive number that rises with every move of the entity's shard. To keep an instance that outlived its right
     * from doing harm, write it to the entity's row before the first read, and make each write conditional on it:
     *
     * <pre>{@code
     * UPDATE account SET fence = :fence WHERE id = :id AND fence <= :fence
     * }</pre>
     */
    long fence();

    /** The time of the wall clock; virtual in a simulation. */
    Instant now();

    /** Randomness; seeded in a simulation. */
    RandomGenerator random();

    /** Stops this entity after the current message; the next message starts a fresh one. */
    void stop();
}
