package io.shardhold.testkit;

/**
 * A shard under one of its epochs, as a node hosts it.
 *
 * @param type name of the entity type
 * @param shard index, from 0
 * @param epoch rises with each placement of the shard; what its entities show as {@code context.fence()}
 */
public record Home(String type, int shard, long epoch) {
    @Override
    public String toString() {
        return type + "/" + shard + "@" + (epoch >>> 28) + "/" + (epoch & ((1 << 28) - 1));
    }
}
