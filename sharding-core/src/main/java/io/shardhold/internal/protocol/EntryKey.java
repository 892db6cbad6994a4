package io.shardhold.internal.protocol;

import io.shardhold.cluster.NodeId;

/**
 * Names one entry of the map. Ordered, so that every node walks the map in the same order.
 *
 * @param kind what the entry is about
 * @param name entity type or address of a member; empty for the seats
 * @param number shard or incarnation; 0 for others
 */
public record EntryKey(Kind kind, String name, long number) implements Comparable<EntryKey> {
    /** What entries are about; the order is part of the wire format. */
    public enum Kind {
        SEATS,
        TYPE,
        MEMBER,
        PLACEMENT
    }

    /** Below every key: reading begins behind it. */
    public static final EntryKey NONE = new EntryKey(Kind.SEATS, "", -1);

    public static final EntryKey SEATS = new EntryKey(Kind.SEATS, "", 0);

    public static EntryKey type(String type) {
        return new EntryKey(Kind.TYPE, type, 0);
    }

    public static EntryKey member(NodeId id) {
        return new EntryKey(Kind.MEMBER, id.name() + "@" + id.address(), id.incarnation());
    }

    public static EntryKey placement(ShardKey shard) {
        return new EntryKey(Kind.PLACEMENT, shard.type(), shard.shard());
    }

    @Override
    public int compareTo(EntryKey other) {
        int order = kind.compareTo(other.kind);
        if (order == 0) {
            order = name.compareTo(other.name);
        }
        return order != 0 ? order : Long.compare(number, other.number);
    }
}
