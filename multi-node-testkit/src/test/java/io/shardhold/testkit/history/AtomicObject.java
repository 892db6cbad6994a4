package io.shardhold.testkit.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A correct object under random overlapping calls: each call takes effect at one moment between its start and its end.
 * Some get no answer, and take effect before that, long after it, or never.
 */
final class AtomicObject<I, O> {
    private final SplittableRandom random;
    private final Function<SplittableRandom, I> operations;
    private final Effect<I, O> object;
    private final double unknownShare;
    private final List<Client> clients = new ArrayList<>();
    private final List<I> late = new ArrayList<>();
    private final History<I, O> history;
    private long millis;
    private int toStart;

    /** Does what an operation says, and answers it. */
    interface Effect<I, O> {
        O of(I operation);
    }

    private static final class Open<I, O> {
        final I operation;
        final CompletableFuture<O> end = new CompletableFuture<>();
        Optional<O> answer = Optional.empty();

        Open(I operation) {
            this.operation = operation;
        }
    }

    private final class Client {
        final String name;

        @Nullable
        Open<I, O> open;

        Client(String name) {
            this.name = name;
        }

        void step() {
            if (open != null) {
                open = isOverAfterStep(open) ? null : open;
            } else if (toStart > 0) {
                toStart--;
                Open<I, O> started = new Open<>(operations.apply(random));
                open = started;
                history.record(name, "c", started.operation, () -> started.end);
            }
        }

        private boolean isOverAfterStep(Open<I, O> call) {
            if (random.nextDouble() < unknownShare) {
                if (call.answer.isEmpty() && random.nextBoolean()) {
                    late.add(call.operation);
                }
                return call.end.completeExceptionally(new TimeoutException());
            } else if (call.answer.isEmpty()) {
                call.answer = Optional.of(object.of(call.operation));
                return false;
            }
            return call.end.complete(call.answer.get());
        }
    }

    AtomicObject(
            long seed,
            int clientCount,
            double unknownShare,
            Function<SplittableRandom, I> operations,
            Effect<I, O> object) {
        this.random = new SplittableRandom(seed);
        this.unknownShare = unknownShare;
        this.operations = operations;
        this.object = object;
        this.history = new History<>(() -> Duration.ofMillis(millis++));
        for (int i = 1; i <= clientCount; i++) {
            clients.add(new Client("n" + i));
        }
    }

    /** The calls of a run, by start. */
    List<Call<I, O>> run(int calls) {
        toStart = calls;
        while (toStart > 0 || clients.stream().anyMatch(client -> client.open != null)) {
            clients.get(random.nextInt(clients.size())).step();
            if (!late.isEmpty() && random.nextInt(20) == 0) {
                object.of(late.remove(random.nextInt(late.size())));
            }
        }
        return history.byKey().iterator().next();
    }
}
