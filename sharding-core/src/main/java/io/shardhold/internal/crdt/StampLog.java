package io.shardhold.internal.crdt;

import io.shardhold.internal.protocol.Entry;
import io.shardhold.internal.protocol.Stamp;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Predicate;

/**
 * Entries in the order of their stamps. Stamps rise as a rule, so adding is appending; what came out of order is sorted in
 * before the next reading. An entry that was written over stays in its place until such places are more than the others:
 * so neither adding nor writing over looks for a place.
 */
final class StampLog {
    /** Places that may be stale before it is worth while to look. */
    private static final int FEW = 64;

    private final Predicate<Entry> isLatest;
    private final ArrayList<Entry> entries = new ArrayList<>();
    private boolean sorted = true;
    private int stale;

    /** An empty log; the predicate says which entries have not been written over. */
    StampLog(Predicate<Entry> isLatest) {
        this.isLatest = isLatest;
    }

    void add(Entry entry) {
        sorted = sorted
                && (entries.isEmpty() || entries.get(entries.size() - 1).stamp().isBelow(entry.stamp()));
        entries.add(entry);
    }

    /** An entry has been written over. */
    void onStale() {
        stale++;
        if (stale > FEW && stale > entries.size() / 2) {
            entries.removeIf(entry -> !isLatest.test(entry));
            stale = 0;
        }
    }

    private List<Entry> inOrder() {
        if (!sorted) {
            entries.sort(Comparator.comparing(Entry::stamp));
            sorted = true;
        }
        return entries;
    }

    /** The first place with a stamp above this. */
    private int behind(Stamp stamp) {
        List<Entry> all = inOrder();
        int low = 0;
        int high = all.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (stamp.isBelow(all.get(middle).stamp())) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** Takes out everything with a stamp not above this; returns what of it had not been written over. */
    List<Entry> removeUpTo(Stamp stamp) {
        int end = behind(stamp);
        if (end == 0) {
            return new ArrayList<>();
        }
        List<Entry> head = entries.subList(0, end);
        List<Entry> removed = new ArrayList<>(head);
        removed.removeIf(entry -> !isLatest.test(entry));
        stale -= end - removed.size();
        head.clear();
        return removed;
    }

    /** The entries that have not been written over; nothing may be added meanwhile. */
    Iterator<Entry> all() {
        inOrder();
        return from(0);
    }

    /** As {@link #all}, those behind a stamp. */
    Iterator<Entry> after(Stamp stamp) {
        return from(behind(stamp));
    }

    private Iterator<Entry> from(int first) {
        return new Iterator<>() {
            private final List<Entry> all = entries;
            private int at = first;

            @Override
            public boolean hasNext() {
                while (at < all.size() && !isLatest.test(all.get(at))) {
                    at++;
                }
                return at < all.size();
            }

            @Override
            public Entry next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return all.get(at++);
            }
        };
    }
}
