package io.shardhold.testkit.history;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the search found out about the calls of one key. */
sealed interface Verdict<I, O extends @Nullable Object> {
    /** Distinct states visited. */
    int states();

    /** An order explains all answers. */
    record Explained<I, O extends @Nullable Object>(int states) implements Verdict<I, O> {}

    /**
     * There is no order.
     *
     * @param order explains all calls that ended before the culprit, and ends in {@code state}
     * @param culprit the first answered call, by end, up to which nothing explains the answers
     */
    record Unexplained<I, O extends @Nullable Object>(
            int states, List<Call<I, O>> order, Object state, Call<I, O> culprit) implements Verdict<I, O> {}

    /**
     * The limit came first.
     *
     * @param stuckAt the first answered call, by end, that no order tried so far explains
     * @param most the most answered calls that one order explains
     */
    record Undecided<I, O extends @Nullable Object>(int states, Call<I, O> stuckAt, int most)
            implements Verdict<I, O> {}
}
