package io.shardhold.testkit.history;

import java.util.function.Predicate;

/**
 * Limits of a {@link History}, and what its failures mean. Immutable.
 *
 * <pre>{@code
 * HistorySettings settings = HistorySettings.DEFAULT
 *         .withMaxCalls(50_000)
 *         .withHadNoEffect(failure -> failure instanceof AskFailedException ask
 *                 && ask.reason() == UndeliveredReason.TOO_MANY_ASKS);
 * }</pre>
 *
 * @param maxCalls calls that a history holds, 1 to 10,000,000; the next one is refused; 1,000,000
 * @param maxStates states that one search of the calls of an entity may visit, 1 to 100,000,000; beyond it, or after 20
 *     attempts for each, it ends with {@link HistoryNotDecided}; 500,000; states are kept while the entity is checked
 * @param hadNoEffect which failures say for certain that the call changed nothing and never will; it is asked once per
 *     failed call, on the thread that completes the call, and sees the cause of a
 *     {@link java.util.concurrent.CompletionException}. The default is none: whatever failed may or may not have
 *     happened. It must not guess: one wrong yes makes the check accuse a correct entity.
 */
public record HistorySettings(int maxCalls, int maxStates, Predicate<? super Throwable> hadNoEffect) {
    public static final HistorySettings DEFAULT = new HistorySettings(1_000_000, 500_000, failure -> false);

    private static final int MOST_CALLS = 10_000_000;
    private static final int MOST_STATES = 100_000_000;

    /** @throws IllegalArgumentException if a limit is out of its range */
    public HistorySettings {
        checkRange("maxCalls", maxCalls, MOST_CALLS);
        checkRange("maxStates", maxStates, MOST_STATES);
    }

    private static void checkRange(String name, int value, int most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(name + " is 1 to " + most + ", not " + value);
        }
    }

    public HistorySettings withMaxCalls(int changed) {
        return new HistorySettings(changed, maxStates, hadNoEffect);
    }

    public HistorySettings withMaxStates(int changed) {
        return new HistorySettings(maxCalls, changed, hadNoEffect);
    }

    public HistorySettings withHadNoEffect(Predicate<? super Throwable> changed) {
        return new HistorySettings(maxCalls, maxStates, changed);
    }
}
