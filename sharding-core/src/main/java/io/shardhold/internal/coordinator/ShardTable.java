package io.shardhold.internal.coordinator;

import io.shardhold.allocation.ShardMap;
import io.shardhold.cluster.Member;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.crdt.EntryStore;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.protocol.Entry;
import io.shardhold.internal.protocol.EntryKey;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.Placement;
import io.shardhold.internal.protocol.ShardKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/** The placements of the coordinator's map, indexed by node. A shard that moves counts at its target. */
final class ShardTable implements ShardMap {
    private final EntryStore store;
    private final Guards guards;
    private final Map<NodeId, TreeMap<String, TreeSet<Integer>>> byNode = new TreeMap<>();
    private final TreeSet<NodeId> registered = new TreeSet<>();
    private Predicate<NodeId> drained = id -> false;

    ShardTable(EntryStore store, Guards guards) {
        this.store = store;
        this.guards = guards;
        for (Entry entry : store.entries()) {
            if (entry.value() instanceof MapValue.PlacementEntry placed) {
                index(placed.shard(), placed.placement());
            }
        }
    }

    private static NodeId counted(Placement placement) {
        Placement.Move move = placement.move();
        return move == null ? placement.home() : move.target();
    }

    private void index(ShardKey shard, Placement placement) {
        byNode.computeIfAbsent(counted(placement), id -> new TreeMap<>())
                .computeIfAbsent(shard.type(), t -> new TreeSet<>())
                .add(shard.shard());
    }

    /** To be called before a placement is written. */
    void onWrite(ShardKey shard, Placement next) {
        placement(shard).ifPresent(before -> {
            TreeMap<String, TreeSet<Integer>> types = byNode.get(counted(before));
            if (types != null && types.containsKey(shard.type())) {
                types.get(shard.type()).remove(shard.shard());
                types.values().removeIf(TreeSet::isEmpty);
                if (types.isEmpty()) {
                    byNode.remove(counted(before));
                }
            }
        });
        index(shard, next);
    }

    Optional<Placement> placement(ShardKey shard) {
        Entry entry = store.get(EntryKey.placement(shard));
        return entry != null && entry.value() instanceof MapValue.PlacementEntry placed
                ? Optional.of(placed.placement())
                : Optional.empty();
    }

    /** Shards of any type for which the node is a possible home. */
    List<ShardKey> touching(NodeId node) {
        List<ShardKey> shards = new ArrayList<>();
        for (Entry entry : store.entries()) {
            if (entry.value() instanceof MapValue.PlacementEntry placed) {
                Placement placement = placed.placement();
                Placement.Move move = placement.move();
                if (placement.home().equals(node)
                        || (move != null && move.target().equals(node))) {
                    shards.add(placed.shard());
                }
            }
        }
        return shards;
    }

    /** All shards with their placements, in order. */
    List<MapValue.PlacementEntry> all() {
        List<MapValue.PlacementEntry> all = new ArrayList<>();
        for (Entry entry : store.entries()) {
            if (entry.value() instanceof MapValue.PlacementEntry placed) {
                all.add(placed);
            }
        }
        return all;
    }

    /** Number of shards of a type; empty if no member declared it. */
    Optional<Integer> shardsOf(String type) {
        Entry entry = store.get(EntryKey.type(type));
        return entry != null && entry.value() instanceof MapValue.TypeShards known
                ? Optional.of(known.shards())
                : Optional.empty();
    }

    List<String> types() {
        List<String> types = new ArrayList<>();
        for (Entry entry : store.entries()) {
            if (entry.value() instanceof MapValue.TypeShards known) {
                types.add(known.type());
            }
        }
        return types;
    }

    /** The region of this node has told what it hosts, and may be given more. */
    void onRegistered(NodeId region) {
        registered.add(region);
    }

    boolean isRegistered(NodeId region) {
        return registered.contains(region);
    }

    /** Who is to be given nothing while there are others. */
    void drained(Predicate<NodeId> predicate) {
        drained = predicate;
    }

    boolean isDrained(NodeId node) {
        return drained.test(node);
    }

    @Override
    public List<Member> candidates(String type) {
        List<Member> able = store.serving().stream()
                .filter(m ->
                        guards.mayBeGiven(m.status()) && m.hosts().containsKey(type) && registered.contains(m.id()))
                .toList();
        List<Member> steady = able.stream().filter(m -> !drained.test(m.id())).toList();
        return steady.isEmpty() ? able : steady;
    }

    @Override
    public SortedSet<Integer> shardsAt(String type, NodeId node) {
        return Collections.unmodifiableSortedSet(
                byNode.getOrDefault(node, new TreeMap<>()).getOrDefault(type, new TreeSet<>()));
    }

    @Override
    public int total(NodeId node) {
        return byNode.getOrDefault(node, new TreeMap<>()).values().stream()
                .mapToInt(TreeSet::size)
                .sum();
    }
}
