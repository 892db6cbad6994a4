package io.shardhold.entity;

/**
 * Makes an entity when its first message arrives.
 *
 * @param <M> type of the messages
 */
@FunctionalInterface
public interface EntityFactory<M> {
    /** Called on a worker thread; may read the entity's state from a database, after it has shown it its fence. */
    Entity<M> create(EntityContext<M> context) throws Exception;
}
