package io.shardhold.testkit.history;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A history written by hand: each step takes a millisecond, what is started ends when the script says so. */
final class Script<I, O> {
    private final History<I, O> history;
    private long millis = 12_300;
    private String key = "c-42";

    Script() {
        this(HistorySettings.DEFAULT);
    }

    Script(HistorySettings settings) {
        history = new History<>(() -> Duration.ofMillis(millis++), settings);
    }

    History<I, O> history() {
        return history;
    }

    Script<I, O> key(String changed) {
        key = changed;
        return this;
    }

    /** A call that nobody overlaps. */
    Script<I, O> call(String client, I operation, O answer) {
        start(client, operation).complete(answer);
        return this;
    }

    /** A call of unknown outcome. */
    Script<I, O> timesOut(String client, I operation) {
        start(client, operation).completeExceptionally(new TimeoutException("no answer in 5 s"));
        return this;
    }

    CompletableFuture<O> start(String client, I operation) {
        CompletableFuture<O> answer = new CompletableFuture<>();
        history.record(client, key, operation, () -> answer);
        return answer;
    }

    @Nullable
    HistoryViolation violation(Model<?, I, ? super O> model) {
        return catchThrowableOfType(HistoryViolation.class, () -> history.check(model));
    }
}
