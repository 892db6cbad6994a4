package io.shardhold.internal.protocol;

import java.nio.charset.StandardCharsets;

/**
 * One shard of one entity type.
 *
 * @param type name of the entity type
 * @param shard index, from 0
 */
public record ShardKey(String type, int shard) implements Comparable<ShardKey> {
    /** More shards than this per type are refused. */
    public static final int MAX_SHARDS = 1 << 20;

    public ShardKey {
        if (shard < 0 || shard >= MAX_SHARDS) {
            throw new IllegalArgumentException("shard must be 0 to " + (MAX_SHARDS - 1) + ", was " + shard);
        }
    }

    /**
     * The shard of an entity: "shard hash 1", part of the wire format. FNV-1a with 64 bits over the UTF-8 bytes of the
     * id, its bits mixed by the finalizer of SplitMix64, modulo the number of shards.
     */
    public static int shardOf(String entityId, int shards) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : entityId.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
        hash = (hash ^ (hash >>> 27)) * 0x94d049bb133111ebL;
        return (int) Long.remainderUnsigned(hash ^ (hash >>> 31), shards);
    }

    @Override
    public int compareTo(ShardKey other) {
        int byType = type.compareTo(other.type);
        return byType != 0 ? byType : Integer.compare(shard, other.shard);
    }

    @Override
    public String toString() {
        return type + "/" + shard;
    }
}
