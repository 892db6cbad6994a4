package io.shardhold.testkit;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The history of a run as one number, and its last lines as text. Two runs of one seed must agree. */
final class Trace {
    private static final int REMEMBERED = 400;
    private final Deque<String> last = new ArrayDeque<>();
    private long hash = 0xcbf29ce484222325L;
    private long lines;

    void add(String line) {
        lines++;
        for (int i = 0; i < line.length(); i++) {
            hash = (hash ^ line.charAt(i)) * 0x100000001b3L;
        }
        last.addLast(line);
        if (last.size() > REMEMBERED) {
            last.removeFirst();
        }
    }

    long hash() {
        return hash;
    }

    long lines() {
        return lines;
    }

    List<String> last() {
        return List.copyOf(last);
    }
}
