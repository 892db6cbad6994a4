package io.shardhold.internal.protocol;

/** A shard under one of its epochs: what hosting, stopping and moving speak of. */
public record ShardEpoch(ShardKey shard, Epoch epoch) implements Comparable<ShardEpoch> {
    @Override
    public int compareTo(ShardEpoch other) {
        int byShard = shard.compareTo(other.shard);
        return byShard != 0 ? byShard : epoch.compareTo(other.epoch);
    }

    @Override
    public String toString() {
        return shard + "@" + epoch;
    }
}
