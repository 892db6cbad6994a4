package io.shardhold.internal.crdt;

import io.shardhold.cluster.Member;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.Entry;
import io.shardhold.internal.protocol.EntryKey;
import io.shardhold.internal.protocol.MapSegment;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.Stamp;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
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

    private final TreeMap<EntryKey, Entry> byKey = new TreeMap<>();
    private final TreeMap<Stamp, Entry> byStamp = new TreeMap<>();

    /** The members, read far more often than they change; null when they have. */
    private @Nullable List<Member> members;

    private @Nullable List<Member> serving;

    /** Merges one version; returns whether it was newer than what was there. */
    public boolean merge(Entry entry) {
        Entry before = byKey.get(entry.key());
        if (before != null) {
            if (!before.stamp().isBelow(entry.stamp())) {
                return false;
            }
            byStamp.remove(before.stamp());
        }
        byKey.put(entry.key(), entry);
        byStamp.put(entry.stamp(), entry);
        if (entry.key().kind() == EntryKey.Kind.MEMBER) {
            forgetMembers();
        }
        return true;
    }

    private void forgetMembers() {
        members = null;
        serving = null;
    }

    /** Removes all entries with a stamp not above the given one, and returns them in the order of their stamps. */
    public List<Entry> dropUpTo(Stamp stamp) {
        Collection<Entry> head = byStamp.headMap(stamp, true).values();
        List<Entry> dropped = new ArrayList<>(head);
        head.clear();
        for (Entry entry : dropped) {
            byKey.remove(entry.key());
        }
        forgetMembers();
        return dropped;
    }

    public void clear() {
        byKey.clear();
        byStamp.clear();
        forgetMembers();
    }

    public @Nullable Entry get(EntryKey key) {
        return byKey.get(key);
    }

    public int size() {
        return byKey.size();
    }

    /** All entries in the order of their keys. */
    public Collection<Entry> entries() {
        return Collections.unmodifiableCollection(byKey.values());
    }

    /** All entries in the order of their stamps. */
    public Collection<Entry> entriesByStamp() {
        return Collections.unmodifiableCollection(byStamp.values());
    }

    /** The page of entries behind a key; {@link EntryKey#NONE} for the first. */
    public List<Entry> pageAfter(EntryKey after) {
        return page(byKey.tailMap(after, false).values());
    }

    /**
     * What a term wrote behind a position, at most a page of it.
     *
     * @param number number of the term
     * @param from position that the receiver has
     * @param to position up to which this store is complete
     */
    public MapSegment segment(long number, long from, long to, long snapshotStart, long snapshotEnd) {
        Collection<Entry> range = from >= to
                ? List.of()
                : byStamp.subMap(new Stamp(number, from), false, new Stamp(number, to), true)
                        .values();
        List<Entry> page = page(range);
        long reached = to;
        if (!page.isEmpty()) {
            Stamp last = page.get(page.size() - 1).stamp();
            Stamp next = byStamp.higherKey(last);
            reached = next == null || new Stamp(number, to).isBelow(next) ? to : last.sequence();
        }
        return new MapSegment(number, from, Math.max(from, reached), snapshotStart, snapshotEnd, page);
    }

    /** As many entries as fit a page, by number and by bytes; at least one if there is one. */
    private static List<Entry> page(Collection<Entry> entries) {
        List<Entry> page = new ArrayList<>();
        int bytes = 0;
        for (Entry entry : entries) {
            bytes += entry.value().sizeBytes();
            if (page.size() == PAGE_ENTRIES || (bytes > PAGE_BYTES && !page.isEmpty())) {
                break;
            }
            page.add(entry);
        }
        return page;
    }

    public Optional<MapValue.Seats> seats() {
        Entry entry = byKey.get(EntryKey.SEATS);
        return entry != null && entry.value() instanceof MapValue.Seats seats ? Optional.of(seats) : Optional.empty();
    }

    /** The member with this identity, in whatever status. */
    public Optional<Member> member(NodeId id) {
        Entry entry = byKey.get(EntryKey.member(id));
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
        EntryKey behind = new EntryKey(EntryKey.Kind.PLACEMENT, "", 0);
        List<Member> all = new ArrayList<>();
        for (Entry entry : byKey.subMap(first, behind).values()) {
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
