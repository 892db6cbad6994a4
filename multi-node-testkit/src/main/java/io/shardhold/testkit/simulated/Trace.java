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

    private static final int WIRE = 40;
    private static final int STORY = 60;
    private static final long PRIME = 0x9e3779b97f4a7c15L;

    private final Ring all = new Ring(WIRE);
    private final Ring story = new Ring(STORY);
    private long hash = 0xcbf29ce484222325L;
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
        all.add(line);
        hash = (hash ^ nanos) * PRIME;
        hash = ((hash ^ (hash >>> 29)) + content) * PRIME;
        hash ^= hash >>> 32;
        TraceReader current = reader;
        if (current != null) {
            current.onLine(hash, line);
        }
    }

    /** Adds a line that people read first: what a node published, what was done to it. */
    void tell(long nanos, Object who, Object what, long content) {
        story.add(new Line(nanos, who, what));
        add(nanos, who, what, content);
    }

    long hash() {
        return hash;
    }

    /** What nodes published and what was done to them, and in full what happened last. */
    List<String> last() {
        List<String> text = new ArrayList<>();
        story.print(text);
        text.add("(the last of all that happened, in full)");
        all.print(text);
        return text;
    }

    /** The last so many lines. */
    private static final class Ring {
        private final @Nullable Line[] lines;
        private long added;

        Ring(int size) {
            lines = new @Nullable Line[size];
        }

        void add(Line line) {
            lines[(int) (added++ % lines.length)] = line;
        }

        void print(List<String> text) {
            for (long i = Math.max(0, added - lines.length); i < added; i++) {
                text.add(String.valueOf(lines[(int) (i % lines.length)]));
            }
        }
    }

    /** The same number for the same bytes in each JVM. */
    static long hashOf(byte[] bytes) {
        return Arrays.hashCode(bytes);
    }
}
