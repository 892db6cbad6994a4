package io.shardhold.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardhold.testkit.history.CounterOp.Add;
import io.shardhold.testkit.history.CounterOp.Get;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a history records, and what the caller gets from it. */
class RecordingTest {
    private final History<CounterOp, Long> history = new History<>(() -> Duration.ZERO);

    private Call<CounterOp, Long> only() {
        return history.byKey().iterator().next().get(0);
    }

    @Test
    void answerIsPassedOnAfterItsEndIsRecorded() {
        CompletableFuture<Long> made = new CompletableFuture<>();
        List<Integer> answeredThen = new ArrayList<>();
        CompletionStage<Long> recorded = history.record("n1", "c", new Add(3), () -> made);
        CompletionStage<Void> next = recorded.thenAccept(answer -> answeredThen.add(history.answered()));
        assertThat(history.answered()).isZero();
        made.complete(3L);
        assertThat(recorded).isCompletedWithValue(3L);
        assertThat(next).isCompleted();
        assertThat(answeredThen).containsExactly(1);
        assertThat(only().isAnswered()).isTrue();
    }

    @Test
    void startIsRecordedBeforeTheCallIsMade() {
        List<Integer> callsThen = new ArrayList<>();
        history.record("n1", "c", new Get(), () -> {
            callsThen.add(history.calls());
            return CompletableFuture.completedFuture(0L);
        });
        assertThat(callsThen).containsExactly(1);
    }

    @Test
    void failureIsPassedOnAsItIs() {
        IllegalStateException failure = new IllegalStateException("no");
        List<Throwable> seen = new ArrayList<>();
        history.record("n1", "c", new Get(), () -> CompletableFuture.<Long>failedFuture(failure))
                .whenComplete((answer, thrown) -> seen.add(thrown));
        assertThat(seen).containsExactly(failure);
        assertThat(only().isUnknown()).isTrue();
        assertThat(history.calls()).isEqualTo(1);
        assertThat(history.answered()).isZero();
    }

    @Test
    void callThatThrowsIsRecordedAndThrows() {
        IllegalStateException failure = new IllegalStateException("closed");
        assertThatThrownBy(() -> history.record("n1", "c", new Get(), () -> {
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(only().outcome()).isEqualTo(new Outcome.Unknown<>("IllegalStateException: closed"));
    }

    @Test
    void predicateSeesTheCauseOfACompletionException() {
        List<Throwable> asked = new ArrayList<>();
        History<CounterOp, Long> asking = new History<>(
                () -> Duration.ZERO, HistorySettings.DEFAULT.withHadNoEffect(failure -> asked.add(failure)));
        IllegalStateException cause = new IllegalStateException("no");
        asking.record("n1", "c", new Get(), () -> CompletableFuture.failedFuture(new CompletionException(cause)));
        assertThat(asked).containsExactly(cause);
        assertThat(asking.byKey().iterator().next().get(0).outcome())
                .isEqualTo(new Outcome.NoEffect<>("IllegalStateException: no"));
    }

    @Test
    void predicateThatThrowsLeavesTheOutcomeUnknownAndIsToldToTheCaller() {
        History<CounterOp, Long> broken =
                new History<>(() -> Duration.ZERO, HistorySettings.DEFAULT.withHadNoEffect(failure -> {
                    throw new UnsupportedOperationException("broken predicate");
                }));
        CompletionStage<Long> recorded = broken.record(
                "n1", "c", new Get(), () -> CompletableFuture.failedFuture(new IllegalStateException("no")));
        assertThat(recorded).isCompletedExceptionally();
        assertThatThrownBy(() -> recorded.toCompletableFuture().join()).hasRootCauseMessage("broken predicate");
        assertThat(broken.byKey().iterator().next().get(0).isUnknown()).isTrue();
    }

    @Test
    void fullHistoryRefusesACallWithoutMakingIt() {
        History<CounterOp, Long> small = new History<>(() -> Duration.ZERO, HistorySettings.DEFAULT.withMaxCalls(2));
        AtomicLong made = new AtomicLong();
        for (int i = 0; i < 2; i++) {
            small.record("n1", "c", new Add(1), () -> CompletableFuture.completedFuture(made.incrementAndGet()));
        }
        assertThatThrownBy(() -> small.record(
                        "n1", "c", new Add(1), () -> CompletableFuture.completedFuture(made.incrementAndGet())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the history is full with 2 calls: check it and go on with a new one, "
                        + "or raise HistorySettings.maxCalls");
        assertThat(made).hasValue(2);
        small.check(Models.counter());
    }

    @Test
    void settingsRefuseWhatIsOutOfRange() {
        assertThatThrownBy(() -> HistorySettings.DEFAULT.withMaxCalls(0))
                .hasMessage("maxCalls is 1 to 10000000, not 0");
        assertThatThrownBy(() -> HistorySettings.DEFAULT.withMaxStates(100_000_001))
                .hasMessage("maxStates is 1 to 100000000, not 100000001");
    }

    @Test
    void callsOfManyThreadsKeepTheOrderInWhichTheyHappened() throws Exception {
        int clients = 4;
        int callsEach = 2_000;
        AtomicLong[] counters = {new AtomicLong(), new AtomicLong()};
        History<CounterOp, Long> shared = new History<>(() -> Duration.ofNanos(System.nanoTime()));
        ExecutorService entities = Executors.newFixedThreadPool(2);
        ExecutorService callers = Executors.newFixedThreadPool(clients);
        List<Future<?>> running = new ArrayList<>();
        for (int client = 0; client < clients; client++) {
            String name = "client-" + client;
            running.add(callers.submit(() -> {
                for (int i = 0; i < callsEach; i++) {
                    AtomicLong counter = counters[i % 2];
                    shared.record(
                                    name,
                                    "c-" + i % 2,
                                    new Add(1),
                                    () -> CompletableFuture.supplyAsync(counter::incrementAndGet, entities))
                            .toCompletableFuture()
                            .join();
                }
            }));
        }
        for (Future<?> client : running) {
            client.get(60, TimeUnit.SECONDS);
        }
        callers.shutdown();
        entities.shutdown();

        assertThat(shared.calls()).isEqualTo(clients * callsEach);
        assertThat(shared.answered()).isEqualTo(clients * callsEach);
        shared.check(Models.counter());
        Map<String, Long> lastEnd = new HashMap<>();
        shared.byKey().stream()
                .flatMap(List::stream)
                .sorted((a, b) -> Long.compare(a.start(), b.start()))
                .forEach(call -> {
                    assertThat(lastEnd.getOrDefault(call.client(), -1L)).isLessThan(call.start());
                    lastEnd.put(call.client(), call.end());
                });
    }
}
