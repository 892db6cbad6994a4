package io.shardhold.testkit;

import io.shardhold.testkit.simulated.TraceReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * One history in full, to be compared with another of the same seed. Lines beyond a bound are kept as numbers only, so that a
 * long run is still compared and its first difference numbered.
 */
final class TraceSample implements TraceReader {
    private static final int MOST_LINES = 200_000;

    private final List<Object> lines = new ArrayList<>();
    private long[] hashes = new long[4_096];
    private int size;

    @Override
    public void onLine(long hash, Object line) {
        if (size == hashes.length) {
            hashes = Arrays.copyOf(hashes, size * 2);
        }
        hashes[size++] = hash;
        if (lines.size() < MOST_LINES) {
            lines.add(line);
        }
    }

    /** The hash of the whole history. */
    long hash() {
        return size == 0 ? 0 : hashes[size - 1];
    }

    /** The history after each of its lines. */
    long[] hashes() {
        return Arrays.copyOf(hashes, size);
    }

    /** The first line after which this history is not the other one; empty if they are the same. */
    Optional<String> firstLineUnlike(long[] other) {
        int first = Arrays.mismatch(hashes(), other);
        return first < 0 ? Optional.empty() : Optional.of("event " + (first + 1) + ": " + line(first));
    }

    /** How this history differs from another one of the same seed, if it does. */
    Optional<String> differenceFrom(TraceSample other) {
        int index = Arrays.mismatch(hashes(), other.hashes());
        return index < 0
                ? Optional.empty()
                : Optional.of("two runs of one seed differ from event " + (index + 1) + " on:\n    first run   "
                        + line(index) + "\n    second run  " + other.line(index)
                        + "\n  The nodes take time and chance from the kit only; so look in the test and its entities for"
                        + " clocks, random numbers, threads, identity hashes, or state that outlives a run.");
    }

    private String line(int index) {
        if (index >= size) {
            return "(over)";
        }
        return index < lines.size() ? lines.get(index).toString() : "(not kept)";
    }
}
