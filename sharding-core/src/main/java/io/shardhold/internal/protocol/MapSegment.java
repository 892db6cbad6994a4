package io.shardhold.internal.protocol;

import java.util.List;

/**
 * A stretch of what one term wrote: every entry whose latest version lies in ({@code from}, {@code to}].
 *
 * <p>A term first writes the whole map, its snapshot, then changes. Each entry appears once, under its latest sequence,
 * so the stretches from 0 on are the map. Who has everything up to {@code snapshotEnd} drops whatever is stamped below
 * {@code snapshotStart} of the term: it was never on a quorum, or was removed on purpose.
 *
 * @param number number of the writing term
 * @param from position that the receiver must have reached, exclusive
 * @param to position reached with this segment, inclusive
 * @param snapshotStart first position of the latest snapshot
 * @param snapshotEnd last position of the latest snapshot
 * @param entries in the order of their sequences
 */
public record MapSegment(long number, long from, long to, long snapshotStart, long snapshotEnd, List<Entry> entries) {
    /** More entries than this in one segment are refused. */
    public static final int MAX_ENTRIES = 4096;

    public MapSegment {
        entries = List.copyOf(entries);
        if (from < 0 || to < from || snapshotEnd < snapshotStart || entries.size() > MAX_ENTRIES) {
            throw new IllegalArgumentException("no segment: " + from + " to " + to + ", snapshot " + snapshotStart
                    + " to " + snapshotEnd + ", " + entries.size() + " entries");
        }
        for (Entry entry : entries) {
            Stamp stamp = entry.stamp();
            if (stamp.number() != number || stamp.sequence() <= from || stamp.sequence() > to) {
                throw new IllegalArgumentException("entry " + stamp + " outside of segment " + from + " to " + to);
            }
        }
    }
}
