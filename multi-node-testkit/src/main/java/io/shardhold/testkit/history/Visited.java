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

    private final Map<Place<S>, List<long[]>> usedAt = new HashMap<>();
    private final Map<Place<S>, Set<BitSet>> usedBeyond = new HashMap<>();
    /** Attempts for each state of the limit: so that a visit has a price too when it leads nowhere new. */
    private static final int ATTEMPTS = 20;

    private final int limit;
    private int states;
    private long attempts;

    Visited(int limit) {
        this.limit = limit;
    }

    int states() {
        return states;
    }

    boolean isFull() {
        return states >= limit || attempts >= (long) ATTEMPTS * limit;
    }

    /** Notes a visit; returns whether it is of use. */
    boolean add(Place<S> place, BitSet used) {
        attempts++;
        long[] words = used.toLongArray();
        List<long[]> before = usedAt.computeIfAbsent(place, first -> new ArrayList<>(1));
        for (long[] fewer : before) {
            if (isWithin(fewer, words)) {
                return false;
            }
        }
        if (before.size() < COMPARED) {
            before.removeIf(more -> isWithin(words, more));
            before.add(words);
        } else if (!usedBeyond.computeIfAbsent(place, first -> new HashSet<>()).add(used)) {
            return false;
        }
        states++;
        return true;
    }

    private static boolean isWithin(long[] fewer, long[] more) {
        if (fewer.length > more.length) {
            return false;
        }
        for (int i = 0; i < fewer.length; i++) {
            if ((fewer[i] & ~more[i]) != 0) {
                return false;
            }
        }
        return true;
    }
}
