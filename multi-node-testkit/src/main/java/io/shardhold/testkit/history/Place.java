package io.shardhold.testkit.history;

import java.util.Arrays;

/**
 * Which answered calls an order has placed, and the state it leads to. Calls are numbered by their start: all below
 * {@code top} are placed, those {@code missing} excepted. Missing ones overlap the call below {@code top}, so there are
 * never more of them than calls were open at once, however long the history is.
 */
final class Place<S> {
    final int top;
    final int[] missing;
    final S state;
    private final int hash;

    Place(int top, int[] missing, S state) {
        this.top = top;
        this.missing = missing;
        this.state = state;
        this.hash = (31 * top + Arrays.hashCode(missing)) * 31 + state.hashCode();
    }

    /** How many answered calls are placed. */
    int placed() {
        return top - missing.length;
    }

    Place<S> in(S changed) {
        return new Place<>(top, missing, changed);
    }

    /** With one call more, which was not placed before. */
    Place<S> with(int call, S after) {
        if (call >= top) {
            int[] longer = Arrays.copyOf(missing, missing.length + call - top);
            for (int skipped = top; skipped < call; skipped++) {
                longer[missing.length + skipped - top] = skipped;
            }
            return new Place<>(call + 1, longer, after);
        }
        int[] shorter = new int[missing.length - 1];
        int kept = 0;
        for (int other : missing) {
            if (other != call) {
                shorter[kept++] = other;
            }
        }
        return new Place<>(top, shorter, after);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Place<?> place
                && hash == place.hash
                && top == place.top
                && Arrays.equals(missing, place.missing)
                && state.equals(place.state);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
