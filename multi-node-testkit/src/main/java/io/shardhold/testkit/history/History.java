package io.shardhold.testkit.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a test and what came of them, to be checked against a {@link Model}: was there, for each entity, an order
 * of its calls that explains all answers and in which no call comes before one that had ended when it started?
 *
 * <pre>{@code
 * History<CounterOp, Long> history = new History<>(clock);
 * history.record("n1", "c-42", new CounterOp.Add(3), () -> counter.ask(add(3), timeout));
 * history.record("n2", "c-42", new CounterOp.Get(), () -> counter.ask(Get::new, timeout));
 * // ... run the cluster, break it, heal it ...
 * history.check(Models.counter());
 * }</pre>
 *
 * <p>A call that failed, or was never answered, may or may not have happened, at any time after its start; see
 * {@link HistorySettings#hadNoEffect()}. So a history in which little was {@link #answered()} is easily explained:
 * assert that there was enough.
 *
 * <p>All methods may be called from any thread. Clients usually wait for one answer before their next call, but need
 * not. Operations and answers must not be changed once they are recorded.
 *
 * <p>Source: Wing and Gong, Testing and Verifying Concurrent Objects, 1993; Lowe, Testing for Linearizability, 2017;
 * entity by entity, as in Herlihy and Wing's locality theorem of 1990 and the checker Porcupine.
 *
 * @param <I> operations, for example {@link CounterOp}
 * @param <O> answers; {@code Object} where operations have answers of different types
 */
public final class History<I, O extends @Nullable Object> {
    private final Supplier<Duration> clock;
    private final HistorySettings settings;
    /*
     * Guards calls and order; written by the threads that start and complete calls. The number of a start is drawn before
     * the call is made and that of an end after its answer is there, so what is recorded as one after the other was so;
     * the contrary, to record as overlapping what did not, only makes the check milder. No foreign code runs under it.
     */
    private final Object lock = new Object();
    private final List<Call<I, O>> calls = new ArrayList<>();
    private long order;
    private int answered;

    /** A history with the default settings. */
    public History(Supplier<Duration> clock) {
        this(clock, HistorySettings.DEFAULT);
    }

    /**
     * An empty history.
     *
     * @param clock time since any fixed moment, for the text of failures only; asked on the threads that record
     */
    public History(Supplier<Duration> clock, HistorySettings settings) {
        this.clock = clock;
        this.settings = settings;
    }

    /**
     * Makes a call and records when it started and how it ended.
     *
     * @param client who calls; printed in failures
     * @param key what is called, usually the id of an entity; calls of one key are checked against one state
     * @param operation the call as the model knows it
     * @param call makes the call, on this thread, after its start is recorded
     * @return completes as the stage of the call does, once the end is recorded; go on from here and not from the stage
     *     of the call, or the next call of this client may look like one made at the same time
     * @throws IllegalStateException if the history is full; the call is not made
     */
    public <A extends O> CompletionStage<A> record(
            String client, String key, I operation, Supplier<? extends CompletionStage<A>> call) {
        int slot = start(client, key, operation);
        CompletionStage<A> made;
        try {
            made = Objects.requireNonNull(call.get(), "the call gives no stage");
        } catch (RuntimeException | Error failure) {
            end(slot, failed(failure));
            throw failure;
        }
        CompletableFuture<A> recorded = new CompletableFuture<>();
        made.whenComplete((answer, failure) -> {
            try {
                end(slot, failure == null ? new Outcome.Answered<>(answer) : failed(failure));
            } catch (RuntimeException fromClockOrPredicate) {
                recorded.completeExceptionally(fromClockOrPredicate);
            }
            if (failure == null) {
                recorded.complete(answer);
            } else {
                recorded.completeExceptionally(failure);
            }
        });
        return recorded;
    }

    private int start(String client, String key, I operation) {
        Objects.requireNonNull(client, "client");
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(operation, "operation");
        Duration time = clock.get();
        synchronized (lock) {
            if (calls.size() == settings.maxCalls()) {
                throw new IllegalStateException("the history is full with " + settings.maxCalls()
                        + " calls: check it and go on with a new one, or raise HistorySettings.maxCalls");
            }
            calls.add(Call.started(client, key, operation, order++, time));
            return calls.size() - 1;
        }
    }

    private void end(int slot, Outcome<O> outcome) {
        Duration time = clock.get();
        synchronized (lock) {
            calls.set(slot, calls.get(slot).ended(order++, time, outcome));
            if (outcome instanceof Outcome.Answered<O>) {
                answered++;
            }
        }
    }

    private Outcome<O> failed(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        String message = cause.getMessage();
        String why = cause.getClass().getSimpleName() + (message == null ? "" : ": " + message);
        return settings.hadNoEffect().test(cause) ? new Outcome.NoEffect<>(why) : new Outcome.Unknown<>(why);
    }

    /** Calls recorded so far, however they ended. */
    public int calls() {
        synchronized (lock) {
            return calls.size();
        }
    }

    /** Calls with an answer so far. */
    public int answered() {
        synchronized (lock) {
            return answered;
        }
    }

    /**
     * Checks what is recorded so far, each key for itself, on this thread. Calls that are still open count as calls of
     * unknown outcome. It may be called again, also while calls go on.
     *
     * @throws HistoryViolation if no order explains the answers of an entity
     * @throws HistoryNotDecided if there is no violation, but an entity for which the search was given up
     * @throws IllegalArgumentException if the model fails
     */
    public void check(Model<?, ? super I, ? super O> model) {
        new Checker<I, O>(model, settings.maxStates()).check(byKey());
    }

    /** The calls of each key by start, in the order of keys, so that the same history fails with the same text. */
    Collection<List<Call<I, O>>> byKey() {
        List<Call<I, O>> all;
        synchronized (lock) {
            all = List.copyOf(calls);
        }
        Map<String, List<Call<I, O>>> byKey = new TreeMap<>();
        for (Call<I, O> call : all) {
            byKey.computeIfAbsent(call.key(), key -> new ArrayList<>()).add(call);
        }
        return byKey.values();
    }
}
