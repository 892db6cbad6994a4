package io.shardhold.internal.coordinator;

import java.util.AbstractSet;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Indexes of shards, ascending: a bit for each, so that a hundred thousand of them take a few kilobytes, and no look-up
 * depends on their number. For strategies it is a sorted set that cannot be changed.
 */
@SuppressWarnings("JdkObsolete") // ShardMap shows strategies a SortedSet
final class ShardIndexes extends AbstractSet<Integer> implements SortedSet<Integer> {
    private final BitSet bits = new BitSet();
    private int size;

    void insert(int shard) {
        if (!bits.get(shard)) {
            bits.set(shard);
            size++;
        }
    }

    void erase(int shard) {
        if (bits.get(shard)) {
            bits.clear(shard);
            size--;
        }
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public boolean contains(Object shard) {
        return shard instanceof Integer index && index >= 0 && bits.get(index);
    }

    @Override
    public Iterator<Integer> iterator() {
        return new Iterator<>() {
            private int next = bits.nextSetBit(0);

            @Override
            public boolean hasNext() {
                return next >= 0;
            }

            @Override
            public Integer next() {
                if (next < 0) {
                    throw new NoSuchElementException();
                }
                int found = next;
                next = bits.nextSetBit(found + 1);
                return found;
            }
        };
    }

    @Override
    public @Nullable Comparator<? super Integer> comparator() {
        return null;
    }

    @Override
    public Integer first() {
        if (size == 0) {
            throw new NoSuchElementException();
        }
        return bits.nextSetBit(0);
    }

    @Override
    public Integer last() {
        if (size == 0) {
            throw new NoSuchElementException();
        }
        return bits.length() - 1;
    }

    @Override
    public SortedSet<Integer> subSet(Integer from, Integer behind) {
        return copy().subSet(from, behind);
    }

    @Override
    public SortedSet<Integer> headSet(Integer behind) {
        return copy().headSet(behind);
    }

    @Override
    public SortedSet<Integer> tailSet(Integer from) {
        return copy().tailSet(from);
    }

    private SortedSet<Integer> copy() {
        return Collections.unmodifiableSortedSet(new TreeSet<>(this));
    }
}
