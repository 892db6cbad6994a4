package io.shardhold.testkit.history;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where the search has been. To come to the same place again is no use if it took the same calls of unknown outcome to
 * get there, or these and more: whatever can follow could have followed before.
 */
final class Visited<S> {
    /** With more than this at one place, only the same calls count as the same: comparing must not cost more than visiting. */
    private static final int COMPARED = 64;

    private final Map<Place<S>, List<BitSet>> usedAt = new HashMap<>();
    private final Map<Place<S>, Set<BitSet>> usedBeyond = new HashMap<>();
    private final int limit;
    private int states;

    Visited(int limit) {
        this.limit = limit;
    }

    int states() {
        return states;
    }

    boolean isFull() {
        return states == limit;
    }

    /** Notes a visit; returns whether it is of use. */
    boolean add(Place<S> place, BitSet used) {
        List<BitSet> before = usedAt.computeIfAbsent(place, first -> new ArrayList<>(1));
        for (BitSet fewer : before) {
            if (isWithin(fewer, used)) {
                return false;
            }
        }
        if (before.size() < COMPARED) {
            before.removeIf(more -> isWithin(used, more));
            before.add(used);
        } else if (!usedBeyond.computeIfAbsent(place, first -> new HashSet<>()).add(used)) {
            return false;
        }
        states++;
        return true;
    }

    private static boolean isWithin(BitSet fewer, BitSet more) {
        for (int call = fewer.nextSetBit(0); call >= 0; call = fewer.nextSetBit(call + 1)) {
            if (!more.get(call)) {
                return false;
            }
        }
        return true;
    }
}
