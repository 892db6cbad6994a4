package io.shardhold.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardhold.cluster.UndeliveredReason;
import io.shardhold.entity.AskFailedException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The examples of the documentation, but for the entity, which answers at once. */
class ExamplesTest {
    private final Supplier<Duration> clock = Duration.ZERO::abs;

    private static <A> CompletionStage<A> ask(A answer) {
        return CompletableFuture.completedFuture(answer);
    }

    @Test
    void exampleOfHistory() {
        History<CounterOp, Long> history = new History<>(clock);
        history.record("n1", "c-42", new CounterOp.Add(3), () -> ask(3L));
        history.record("n2", "c-42", new CounterOp.Get(), () -> ask(3L));
        history.check(Models.counter());
        assertThat(history.answered()).isEqualTo(2);
    }

    @Test
    void exampleOfModels() {
        History<RegisterOp<String>, Object> history = new History<>(clock);
        history.record("n1", "r-7", new RegisterOp.Write<>("a"), () -> ask(new Object()));
        CompletionStage<String> read = history.record("n2", "r-7", new RegisterOp.Read<>(), () -> ask("a"));
        history.check(Models.register("nothing"));
        assertThat(read).isCompletedWithValue("a");
    }

    @Test
    void exampleOfModel() {
        Model<Integer, String, Integer> longest = Model.of(
                "longest word so far",
                0,
                (length, word) -> Model.step(Math.max(length, word.length()), Math.max(length, word.length())));
        History<String, Integer> history = new History<>(clock);
        history.record("n1", "w", "shard", () -> ask(5));
        history.record("n1", "w", "home", () -> ask(5));
        history.check(longest);
        history.record("n1", "w", "term", () -> ask(4));
        assertThatThrownBy(() -> history.check(longest))
                .hasMessageContaining("entity 'w' does not behave like a longest word so far")
                .hasMessageContaining("term → 4   <- no order explains this answer");
    }

    @Test
    void exampleOfSettings() {
        HistorySettings settings = HistorySettings.DEFAULT
                .withMaxCalls(50_000)
                .withHadNoEffect(failure ->
                        failure instanceof AskFailedException ask && ask.reason() == UndeliveredReason.TOO_MANY_ASKS);
        History<CounterOp, Long> history = new History<>(clock, settings);
        history.record(
                "n1",
                "c-42",
                new CounterOp.Add(3),
                () -> CompletableFuture.failedFuture(
                        new AskFailedException(UndeliveredReason.TOO_MANY_ASKS, "100,000 asks are open")));
        history.record("n1", "c-42", new CounterOp.Get(), () -> ask(0L));
        history.check(Models.counter());
        history.record("n1", "c-42", new CounterOp.Get(), () -> ask(3L));
        assertThatThrownBy(() -> history.check(Models.counter())).isInstanceOf(HistoryViolation.class);
    }
}
