package io.shardhold.testkit.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks the calls of all keys, and fails with the first violation, else with the first key that is not decided. */
final class Checker<I, O extends @Nullable Object> {
    private final Model<?, ? super I, ? super O> model;
    private final int maxStates;

    Checker(Model<?, ? super I, ? super O> model, int maxStates) {
        this.model = model;
        this.maxStates = maxStates;
    }

    /** Returns how many states were visited in all. */
    long check(Collection<List<Call<I, O>>> byKey) {
        long states = 0;
        List<List<Call<I, O>>> violated = new ArrayList<>();
        List<List<Call<I, O>>> notDecided = new ArrayList<>();
        Verdict.@Nullable Unexplained<I, O> unexplained = null;
        Verdict.@Nullable Undecided<I, O> undecided = null;
        for (List<Call<I, O>> calls : byKey) {
            Verdict<I, O> verdict = Search.verdict(model, calls, maxStates);
            states += verdict.states();
            if (verdict instanceof Verdict.Unexplained<I, O> found) {
                violated.add(calls);
                unexplained = unexplained == null ? found : unexplained;
            } else if (verdict instanceof Verdict.Undecided<I, O> found) {
                notDecided.add(calls);
                undecided = undecided == null ? found : undecided;
            }
        }
        FailureText text = new FailureText(model.name());
        if (unexplained != null) {
            Duration at = unexplained.culprit().endTime();
            throw new HistoryViolation(key(violated.get(0)), at, text.violation(violated, unexplained));
        } else if (undecided != null) {
            throw new HistoryNotDecided(key(notDecided.get(0)), text.notDecided(notDecided, undecided));
        }
        return states;
    }

    private String key(List<Call<I, O>> calls) {
        return calls.get(0).key();
    }
}
