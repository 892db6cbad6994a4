package io.shardhold.internal.coordinator;

import io.shardhold.allocation.ShardMap;
import io.shardhold.cluster.Member;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.crdt.EntryStore;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.protocol.ByShard;
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
import org.jspecify.annotations.Nullable;

/**
 * The placements of the coordinator's map, indexed by node. A shard that moves counts at its target. What is asked for each
 * shard is kept up to date with each write, so that nothing here grows with the map but walking all of it.
 */
final class ShardTable implements ShardMap {
    /** What is at one node. */
    private static final class AtNode {
        private final TreeMap<String, ShardIndexes> byType = new TreeMap<>();
        private int total;

        private void insert(ShardKey shard) {
            byType.computeIfAbsent(shard.type(), t -> new ShardIndexes()).insert(shard.shard());
            total++;
        }

        private void erase(ShardKey shard) {
            ShardIndexes indexes = byType.get(shard.type());
            if (indexes != null) {
                indexes.erase(shard.shard());
                total--;
            }
        }
    }

    private final EntryStore store;
    private final Guards guards;
    private final Map<NodeId, AtNode> byNode = new TreeMap<>();
    private final ByShard<MapValue.PlacementEntry> moving = new ByShard<>();
    private final TreeSet<NodeId> registered = new TreeSet<>();
    private Predicate<NodeId> drained = id -> false;

    ShardTable(EntryStore store, Guards guards) {
        this.store = store;
        this.guards = guards;
        for (MapValue.PlacementEntry placed : all()) {
            index(placed.shard(), placed.placement());
        }
    }

    private static NodeId counted(Placement placement) {
        Placement.Move move = placement.move();
        return move == null ? placement.home() : move.target();
    }

    private void index(ShardKey shard, Placement placement) {
        byNode.computeIfAbsent(counted(placement), id -> new AtNode()).insert(shard);
        if (placement.move() != null) {
            moving.put(shard, new MapValue.PlacementEntry(shard, placement));
        }
    }

    /** To be called before a placement is written. */
    void onWrite(ShardKey shard, Placement next) {
        Placement before = at(shard);
        if (before != null) {
            NodeId node = counted(before);
            AtNode there = byNode.get(node);
            if (there != null) {
                there.erase(shard);
                if (there.total == 0) {
                    byNode.remove(node);
                }
            }
            if (before.move() != null) {
                moving.remove(shard);
            }
        }
        index(shard, next);
    }

    /** Where the shard is; null if it has no home. */
    @Nullable
    Placement at(ShardKey shard) {
        Entry entry = store.placement(shard);
        return entry != null && entry.value() instanceof MapValue.PlacementEntry placed ? placed.placement() : null;
    }

    /** Shards of any type for which the node is a possible home, in order. */
    List<ShardKey> touching(NodeId node) {
        TreeSet<ShardKey> shards = new TreeSet<>();
        for (MapValue.PlacementEntry placed : moving.values()) {
            if (placed.placement().home().equals(node)) {
                shards.add(placed.shard());
            }
        }
        AtNode there = byNode.get(node);
        if (shards.isEmpty()) {
            return there == null ? new ArrayList<>() : inOrder(there);
        }
        if (there != null) {
            shards.addAll(inOrder(there));
        }
        return new ArrayList<>(shards);
    }

    private static List<ShardKey> inOrder(AtNode there) {
        List<ShardKey> shards = new ArrayList<>(there.total);
        there.byType.forEach((type, indexes) -> {
            for (int shard : indexes) {
                shards.add(new ShardKey(type, shard));
            }
        });
        return shards;
    }

    /** All shards with their placements, in order. */
    List<MapValue.PlacementEntry> all() {
        List<MapValue.PlacementEntry> all = new ArrayList<>(store.placements().size());
        for (Entry entry : store.placements()) {
            if (entry.value() instanceof MapValue.PlacementEntry placed) {
                all.add(placed);
            }
        }
        return all;
    }

    /** Number of shards that are on the move. */
    int moving() {
        return moving.size();
    }

    /** Number of shards of a type; empty if no member declared it. */
    Optional<Integer> shardsOf(String type) {
        Entry entry = store.get(EntryKey.type(type));
        return entry != null && entry.value() instanceof MapValue.TypeShards known
                ? Optional.of(known.shards())
                : Optional.empty();
    }

    List<String> types() {
        return store.types();
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
        List<Member> able = new ArrayList<>();
        List<Member> steady = new ArrayList<>();
        for (Member member : store.serving()) {
            if (guards.mayBeGiven(member.status())
                    && member.hosts().containsKey(type)
                    && registered.contains(member.id())) {
                able.add(member);
                if (!drained.test(member.id())) {
                    steady.add(member);
                }
            }
        }
        return steady.isEmpty() ? able : steady;
    }

    @Override
    public SortedSet<Integer> shardsAt(String type, NodeId node) {
        AtNode there = byNode.get(node);
        return present(there == null ? null : there.byType.get(type));
    }

    private static SortedSet<Integer> present(@Nullable ShardIndexes indexes) {
        return indexes == null ? Collections.emptySortedSet() : indexes;
    }

    @Override
    public int total(NodeId node) {
        AtNode there = byNode.get(node);
        return there == null ? 0 : there.total;
    }
}
