package io.shardhold.internal.protocol;

import java.util.AbstractCollection;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Values by shard, walked in the order of {@link ShardKey}. One thread.
 *
 * <p>Shards are numbered from 0 without large gaps, so each type has a table of short pages: finding a value is a few
 * loads, wherever a sorted tree would compare names at each level. A page is made with its first value, so a lone high
 * number costs no more than the table of pages.
 *
 * @param <V> type of the values
 */
public final class ByShard<V> {
    private static final int PAGE_BITS = 8;
    private static final int PAGE = 1 << PAGE_BITS;
    private static final int MASK = PAGE - 1;

    /** The shards of one type. */
    private static final class Column {
        private @Nullable Object[] @Nullable [] pages = new Object[4][];
        private int size;

        @Nullable
        Object get(int shard) {
            int at = shard >>> PAGE_BITS;
            @Nullable Object[] page = at < pages.length ? pages[at] : null;
            return page == null ? null : page[shard & MASK];
        }

        @Nullable
        Object set(int shard, @Nullable Object value) {
            int at = shard >>> PAGE_BITS;
            if (at >= pages.length) {
                pages = Arrays.copyOf(pages, Math.max(at + 1, pages.length * 2));
            }
            @Nullable Object[] page = pages[at];
            if (page == null) {
                page = new Object[PAGE];
                pages[at] = page;
            }
            Object before = page[shard & MASK];
            page[shard & MASK] = value;
            size += (value == null ? 0 : 1) - (before == null ? 0 : 1);
            return before;
        }

        /** The first shard with a value from here on; -1 if there is none. */
        int next(int from) {
            int shard = from;
            while (shard >>> PAGE_BITS < pages.length) {
                @Nullable Object[] page = pages[shard >>> PAGE_BITS];
                if (page == null) {
                    shard = (shard | MASK) + 1;
                } else if (page[shard & MASK] == null) {
                    shard++;
                } else {
                    return shard;
                }
            }
            return -1;
        }
    }

    private final TreeMap<String, Column> columns = new TreeMap<>();
    private int size;

    /** The column that was used last: neighbours in time are of one type, as a rule. */
    private @Nullable Column lastColumn;

    private String lastType = "";

    private @Nullable Column column(String type) {
        Column last = lastColumn;
        if (last != null && lastType.equals(type)) {
            return last;
        }
        Column found = columns.get(type);
        if (found != null) {
            lastColumn = found;
            lastType = type;
        }
        return found;
    }

    public @Nullable V get(ShardKey shard) {
        return get(shard.type(), shard.shard());
    }

    /** The value of a shard; null if there is none. */
    @SuppressWarnings("unchecked") // nothing but put fills a column
    public @Nullable V get(String type, int shard) {
        Column column = column(type);
        return column == null ? null : (V) column.get(shard);
    }

    public boolean contains(ShardKey shard) {
        return get(shard) != null;
    }

    /** Sets the value of a shard; returns the one before. */
    @SuppressWarnings("unchecked")
    public @Nullable V put(ShardKey shard, V value) {
        Column column = column(shard.type());
        if (column == null) {
            column = new Column();
            columns.put(shard.type(), column);
        }
        Object before = column.set(shard.shard(), value);
        size += before == null ? 1 : 0;
        return (V) before;
    }

    /** Removes the value of a shard; returns it. */
    @SuppressWarnings("unchecked")
    public @Nullable V remove(ShardKey shard) {
        Column column = column(shard.type());
        if (column == null || column.get(shard.shard()) == null) {
            return null;
        }
        Object before = column.set(shard.shard(), null);
        size--;
        if (column.size == 0) {
            column.pages = new Object[4][];
        }
        return (V) before;
    }

    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    public void clear() {
        columns.clear();
        lastColumn = null;
        size = 0;
    }

    /** All values in the order of their shards; values may be removed and replaced meanwhile. */
    public Collection<V> values() {
        return new AbstractCollection<>() {
            @Override
            public Iterator<V> iterator() {
                return new Values<>(columns.values().iterator(), null, 0);
            }

            @Override
            public int size() {
                return size;
            }
        };
    }

    /** The values behind a shard that need not be there, in the order of their shards. */
    public Iterator<V> valuesBehind(String type, long shard) {
        Column first = columns.get(type);
        boolean within = first != null && shard < ShardKey.MAX_SHARDS;
        int from = within ? (int) Math.max(shard, -1) + 1 : 0;
        return new Values<>(columns.tailMap(type, false).values().iterator(), within ? first : null, from);
    }

    /** Walks columns; looks for the next value when it is asked for. */
    private static final class Values<V> implements Iterator<V> {
        private final Iterator<Column> rest;
        private @Nullable Column column;
        private int from;

        private Values(Iterator<Column> rest, @Nullable Column first, int from) {
            this.rest = rest;
            this.column = first;
            this.from = from;
        }

        @Override
        public boolean hasNext() {
            return find() != null;
        }

        /** The next value; stays before it. */
        private @Nullable Object find() {
            while (true) {
                Column current = column;
                int found = current == null ? -1 : current.next(from);
                if (current != null && found >= 0) {
                    from = found;
                    return current.get(found);
                }
                if (!rest.hasNext()) {
                    return null;
                }
                column = rest.next();
                from = 0;
            }
        }

        @Override
        @SuppressWarnings("unchecked")
        public V next() {
            Object value = find();
            if (value == null) {
                throw new NoSuchElementException();
            }
            from++;
            return (V) value;
        }
    }
}
