package io.shardhold.internal.crdt;

import io.shardhold.cluster.Member;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.ByShard;
import io.shardhold.internal.protocol.Entry;
import io.shardhold.internal.protocol.EntryKey;
import io.shardhold.internal.protocol.MapSegment;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.ShardKey;
import io.shardhold.internal.protocol.Stamp;
import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A set of entries, one version per key, merged by stamp: commutative, associative and idempotent. Also ordered by stamp,
 * so that what a term wrote can be read as a stream from any position.
 */
public final class EntryStore {
    /** Entries per page at the most. */
    public static final int PAGE_ENTRIES = 512;

    /** Bytes per page, so that a page fits the frame of a control message. */
    private static final int PAGE_BYTES = 512 * 1024;

    private static final Stamp HIGHEST = new Stamp(Long.MAX_VALUE, Long.MAX_VALUE);

    /** What is no placement: a few entries, by key. All of them come before the placements. */
    private final TreeMap<EntryKey, Entry> others = new TreeMap<>();

    private final ByShard<Entry> placements = new ByShard<>();
    private final StampLog byStamp = new StampLog(this::isLatest);

    /** The members, read far more often than they change; null when they have. */
    private @Nullable List<Member> members;

    private @Nullable List<Member> serving;

    /** Merges one version; returns whether it was newer than what was there. */
    public boolean merge(Entry entry) {
        Entry before = latest(entry.value());
        if (before != null && !before.stamp().isBelow(entry.stamp())) {
            return false;
        }
        if (entry.value() instanceof MapValue.PlacementEntry placed) {
            placements.put(placed.shard(), entry);
        } else {
            others.put(entry.key(), entry);
            forgetMembers();
        }
        byStamp.add(entry);
        if (before != null) {
            byStamp.onStale();
        }
        return true;
    }

    /** The entry under the key of this value. */
    private @Nullable Entry latest(MapValue value) {
        return value instanceof MapValue.PlacementEntry placed
                ? placements.get(placed.shard())
                : others.get(value.key());
    }

    private boolean isLatest(Entry entry) {
        Entry latest = latest(entry.value());
        return latest != null && latest.stamp().equals(entry.stamp());
    }

    private void forgetMembers() {
        members = null;
        serving = null;
    }

    /**
     * Removes all entries with a stamp not above the given one, but the seats, and returns them in the order of their stamps.
     * Every map has seats: where a stream lacks them, a change of the seats that has not left yet hides the version before it.
     */
    public List<Entry> dropUpTo(Stamp stamp) {
        List<Entry> dropped = byStamp.removeUpTo(stamp);
        Entry seats = others.get(EntryKey.SEATS);
        if (seats != null && dropped.remove(seats)) {
            byStamp.add(seats);
        }
        for (Entry entry : dropped) {
            if (entry.value() instanceof MapValue.PlacementEntry placed) {
                placements.remove(placed.shard());
            } else {
                others.remove(entry.key());
            }
        }
        forgetMembers();
        return dropped;
    }

    public @Nullable Entry get(EntryKey key) {
        if (key.kind() != EntryKey.Kind.PLACEMENT) {
            return others.get(key);
        }
        boolean named = key.number() >= 0 && key.number() < ShardKey.MAX_SHARDS;
        return named ? placements.get(key.name(), (int) key.number()) : null;
    }

    /** The entry that says where a shard lives; null if none does. */
    public @Nullable Entry placement(ShardKey shard) {
        return placements.get(shard);
    }

    public int size() {
        return others.size() + placements.size();
    }

    /** All entries in the order of their keys. */
    public Collection<Entry> entries() {
        return viewOf(
                () -> followedBy(others.values().iterator(), placements.values().iterator()));
    }

    /** Entries that say where shards live, in the order of their shards. */
    public Collection<Entry> placements() {
        return placements.values();
    }

    /** All entries in the order of their stamps. */
    public Collection<Entry> entriesByStamp() {
        return viewOf(() -> byStamp.all());
    }

    /** The entries of the whole store, in some order. */
    private Collection<Entry> viewOf(Supplier<Iterator<Entry>> order) {
        return new AbstractCollection<>() {
            @Override
            public Iterator<Entry> iterator() {
                return order.get();
            }

            @Override
            public int size() {
                return EntryStore.this.size();
            }
        };
    }

    private static Iterator<Entry> followedBy(Iterator<Entry> first, Iterator<Entry> second) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return first.hasNext() || second.hasNext();
            }

            @Override
            public Entry next() {
                return first.hasNext() ? first.next() : second.next();
            }
        };
    }

    /** The page of entries behind a key; {@link EntryKey#NONE} for the first. */
    public List<Entry> pageAfter(EntryKey after) {
        Iterator<Entry> source = after.kind() == EntryKey.Kind.PLACEMENT
                ? placements.valuesBehind(after.name(), after.number())
                : followedBy(
                        others.tailMap(after, false).values().iterator(),
                        placements.values().iterator());
        return page(source, HIGHEST).entries();
    }

    /**
     * What a term wrote behind a position, at most a page of it.
     *
     * @param number number of the term
     * @param from position that the receiver has
     * @param to position up to which this store is complete
     */
    public MapSegment segment(long number, long from, long to, long snapshotStart, long snapshotEnd) {
        if (from >= to) {
            return new MapSegment(number, from, from, snapshotStart, snapshotEnd, List.of());
        }
        Page page = page(byStamp.after(new Stamp(number, from)), new Stamp(number, to));
        List<Entry> entries = page.entries();
        long reached =
                page.isLast() ? to : entries.get(entries.size() - 1).stamp().sequence();
        return new MapSegment(number, from, reached, snapshotStart, snapshotEnd, entries);
    }

    /** Some entries, and whether they are the last ones. */
    private record Page(List<Entry> entries, boolean isLast) {}

    /** As many entries as fit a page, by number and by bytes; at least one if there is one. None beyond the bound. */
    private static Page page(Iterator<Entry> source, Stamp bound) {
        List<Entry> page = new ArrayList<>();
        int bytes = 0;
        while (source.hasNext()) {
            Entry entry = source.next();
            if (bound.isBelow(entry.stamp())) {
                break;
            }
            bytes += entry.value().sizeBytes();
            if (page.size() == PAGE_ENTRIES || (bytes > PAGE_BYTES && !page.isEmpty())) {
                return new Page(page, false);
            }
            page.add(entry);
        }
        return new Page(page, true);
    }

    public Optional<MapValue.Seats> seats() {
        Entry entry = others.get(EntryKey.SEATS);
        return entry != null && entry.value() instanceof MapValue.Seats seats ? Optional.of(seats) : Optional.empty();
    }

    /** Entity types, in order. */
    public List<String> types() {
        List<String> types = new ArrayList<>();
        for (Entry entry : others.values()) {
            if (entry.value() instanceof MapValue.TypeShards known) {
                types.add(known.type());
            }
        }
        return types;
    }

    /** The member with this identity, in whatever status. */
    public Optional<Member> member(NodeId id) {
        Entry entry = others.get(EntryKey.member(id));
        return entry != null && entry.value() instanceof MapValue.MemberEntry known
                ? Optional.of(known.member())
                : Optional.empty();
    }

    /** All members, in whatever status, in the order of their keys. */
    public List<Member> members() {
        List<Member> known = members;
        if (known == null) {
            known = Collections.unmodifiableList(readMembers());
            members = known;
        }
        return known;
    }

    private List<Member> readMembers() {
        EntryKey first = new EntryKey(EntryKey.Kind.MEMBER, "", 0);
        List<Member> all = new ArrayList<>();
        for (Entry entry : others.tailMap(first).values()) {
            if (entry.value() instanceof MapValue.MemberEntry known) {
                all.add(known.member());
            }
        }
        return all;
    }

    /** Members that may serve, oldest first. */
    public List<Member> serving() {
        List<Member> known = serving;
        if (known == null) {
            known = members().stream()
                    .filter(m -> m.status().mayServe())
                    .sorted((a, b) -> Long.compare(a.age(), b.age()))
                    .toList();
            serving = known;
        }
        return known;
    }
}
