package io.shardhold.testkit.history;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the search found out about the calls of one key. */
sealed interface Verdict<I, O extends @Nullable Object> {
    /** Distinct states visited. */
    int states();

    /** An order explains all answers. */
    record Explained<I, O extends @Nullable Object>(int states) implements Verdict<I, O> {}

    /** No order was found. */
    sealed interface Stuck<I, O extends @Nullable Object> extends Verdict<I, O> {
        /** Explains all calls that ended before the culprit. */
        List<Call<I, O>> order();

        /** The state in which that order ends. */
        Object state();

        /** The first answered call, by end, up to which no order that was tried explains the answers. */
        Call<I, O> culprit();
    }

    /** All orders were tried. */
    record Unexplained<I, O extends @Nullable Object>(
            int states, List<Call<I, O>> order, Object state, Call<I, O> culprit) implements Stuck<I, O> {}

    /**
     * The limit came first.
     *
     * @param most the most answered calls that one order explains
     */
    record Undecided<I, O extends @Nullable Object>(
            int states, List<Call<I, O>> order, Object state, Call<I, O> culprit, int most) implements Stuck<I, O> {}
}
