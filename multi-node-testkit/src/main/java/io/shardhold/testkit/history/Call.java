package io.shardhold.testkit.history;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One call as recorded. Start and end are numbers drawn from one row, which alone decide what came before what: clocks
 * are too coarse for that, virtual ones stand still between events.
 *
 * @param end {@link #NEVER} while nobody knows when it ended, and also if its outcome is unknown
 * @param startTime what the clock showed, to be printed only
 */
record Call<I, O extends @Nullable Object>(
        String client,
        String key,
        I operation,
        long start,
        Duration startTime,
        long end,
        Duration endTime,
        Outcome<O> outcome) {
    static final long NEVER = Long.MAX_VALUE;

    static <I, O extends @Nullable Object> Call<I, O> started(
            String client, String key, I operation, long start, Duration time) {
        return new Call<>(client, key, operation, start, time, NEVER, time, new Outcome.Unknown<>("no answer yet"));
    }

    Call<I, O> ended(long number, Duration time, Outcome<O> with) {
        long known = with instanceof Outcome.Unknown<O> ? NEVER : number;
        return new Call<>(client, key, operation, start, startTime, known, time, with);
    }

    boolean isAnswered() {
        return outcome instanceof Outcome.Answered<O>;
    }

    boolean isUnknown() {
        return outcome instanceof Outcome.Unknown<O>;
    }

    boolean overlaps(Call<I, O> other) {
        return start < other.end && other.start < end;
    }

    @Override
    public String toString() {
        return outcome instanceof Outcome.Answered<O> answered
                ? operation + " → " + answered.answer()
                : String.valueOf(operation);
    }
}
