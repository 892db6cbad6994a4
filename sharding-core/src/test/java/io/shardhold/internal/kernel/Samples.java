package io.shardhold.internal.kernel;

import io.shardhold.cluster.Member;
import io.shardhold.cluster.MemberStatus;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.Declaration;
import io.shardhold.internal.protocol.Entry;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.MapSegment;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.Placement;
import io.shardhold.internal.protocol.ShardKey;
import io.shardhold.internal.protocol.Stamp;
import io.shardhold.internal.protocol.Term;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** Nodes, members and map entries for tests. */
public final class Samples {
    /** The cluster of most tests. */
    public static final long CLUSTER = 0xC0FFEEL;

    /** The entity type of most tests, and its number of shards. */
    public static final String TYPE = "cart";

    public static final int SHARDS = 6;

    private Samples() {}

    /** First incarnation of a node that listens at its name. */
    public static NodeId node(String name) {
        return node(name, 1);
    }

    public static NodeId node(String name, long incarnation) {
        return new NodeId(name, name, 7350, incarnation);
    }

    /** {@code n1:7350}, and so on. */
    public static List<String> seeds(int count) {
        List<String> seeds = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            seeds.add("n" + i + ":7350");
        }
        return seeds;
    }

    public static Declaration hosting() {
        return new Declaration(new TreeSet<>(), "", 100, "1", new TreeMap<>(Map.of(TYPE, SHARDS)), new TreeMap<>());
    }

    /** What a router, or a witness, says of itself. */
    public static Declaration routing() {
        return new Declaration(new TreeSet<>(), "", 100, "1", new TreeMap<>(), new TreeMap<>(Map.of(TYPE, SHARDS)));
    }

    public static Member member(NodeId id, long age) {
        return hosting().toMember(id, age);
    }

    public static MapValue.MemberEntry up(NodeId id, long age) {
        return new MapValue.MemberEntry(member(id, age));
    }

    public static MapValue.MemberEntry inStatus(NodeId id, long age, MemberStatus status) {
        return new MapValue.MemberEntry(member(id, age).with(status));
    }

    /** Seats n1, n2 … of which the given ones are filled, in order. */
    public static MapValue.Seats seats(long configuration, int count, NodeId... holders) {
        List<Optional<NodeId>> held = new ArrayList<>();
        for (String seed : seeds(count)) {
            Optional<NodeId> holder = Optional.empty();
            for (NodeId candidate : holders) {
                holder = candidate.address().equals(seed) ? Optional.of(candidate) : holder;
            }
            held.add(holder);
        }
        return new MapValue.Seats(configuration, seeds(count), held);
    }

    public static ShardKey shard(int index) {
        return new ShardKey(TYPE, index);
    }

    public static MapValue.PlacementEntry placed(int index, NodeId home, Epoch epoch) {
        return new MapValue.PlacementEntry(shard(index), new Placement(home, epoch));
    }

    public static Term term(long number, NodeId node) {
        return new Term(CLUSTER, number, node);
    }

    public static Entry entry(MapValue value, long number, long sequence) {
        return new Entry(value, new Stamp(number, sequence));
    }

    /** What a term writes first: these values as its snapshot, from 1 on. */
    public static MapSegment snapshot(long number, MapValue... values) {
        return stretch(number, 0, 0, values.length, values);
    }

    /** These values behind a position, within the given snapshot. */
    public static MapSegment stretch(long number, long from, long snapshotStart, long snapshotEnd, MapValue... values) {
        List<Entry> entries = new ArrayList<>();
        for (MapValue value : values) {
            entries.add(entry(value, number, from + entries.size() + 1));
        }
        return new MapSegment(number, from, from + values.length, snapshotStart, snapshotEnd, entries);
    }
}
