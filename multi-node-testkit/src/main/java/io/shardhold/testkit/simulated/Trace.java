package io.shardhold.testkit.simulated;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The history of a run as one number, and its last lines as text. Two runs of one seed must agree. Lines are made only
 * when somebody reads them; the number comes from what the wire carried, when, and in which order machines saw it.
 */
final class Trace {
    /** A line, made when it is read. */
    private record Line(long nanos, Object who, Object what) {
        @Override
        public String toString() {
            return TraceLines.line(nanos, who, what);
        }
    }

    private static final int REMEMBERED = 400;
    private static final long PRIME = 0x9e3779b97f4a7c15L;

    private final @Nullable Line[] last = new @Nullable Line[REMEMBERED];
    private long hash = 0xcbf29ce484222325L;
    private long lines;
    private @Nullable TraceReader reader;

    /** Reads along from now on: each line with the hash that it leads to. */
    void readBy(TraceReader next) {
        reader = next;
    }

    /**
     * Adds a line.
     *
     * @param content what of the line must be the same in each JVM, as a number
     */
    void add(long nanos, Object who, Object what, long content) {
        Line line = new Line(nanos, who, what);
        last[(int) (lines % REMEMBERED)] = line;
        lines++;
        hash = (hash ^ nanos) * PRIME;
        hash = ((hash ^ (hash >>> 29)) + content) * PRIME;
        hash ^= hash >>> 32;
        TraceReader current = reader;
        if (current != null) {
            current.onLine(hash, line);
        }
    }

    long hash() {
        return hash;
    }

    List<String> last() {
        int size = (int) Math.min(lines, REMEMBERED);
        List<String> text = new ArrayList<>(size);
        for (long i = lines - size; i < lines; i++) {
            text.add(String.valueOf(last[(int) (i % REMEMBERED)]));
        }
        return text;
    }

    /** The same number for the same bytes in each JVM. */
    static long hashOf(byte[] bytes) {
        return Arrays.hashCode(bytes);
    }
}
