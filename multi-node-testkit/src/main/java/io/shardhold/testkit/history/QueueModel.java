package io.shardhold.testkit.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** First in, first out. */
record QueueModel<V>() implements Foresight<List<V>, QueueOp<V>, @Nullable Object> {
    @Override
    public String name() {
        return "queue";
    }

    @Override
    public List<V> initial(String key) {
        return List.of();
    }

    @Override
    public Optional<List<V>> next(List<V> queued, QueueOp<V> operation, @Nullable Object answer) {
        if (operation instanceof QueueOp.Dequeue<V>) {
            Optional<?> taken = Models.answerAs(Optional.class, operation, answer);
            Optional<V> head = queued.isEmpty() ? Optional.empty() : Optional.of(queued.get(0));
            if (!head.equals(taken)) {
                return Optional.empty();
            }
        }
        return Optional.of(unanswered(queued, operation));
    }

    @Override
    public List<V> unanswered(List<V> queued, QueueOp<V> operation) {
        if (operation instanceof QueueOp.Enqueue<V> enqueue) {
            List<V> longer = new ArrayList<>(queued.size() + 1);
            longer.addAll(queued);
            longer.add(enqueue.value());
            return List.copyOf(longer);
        }
        return queued.isEmpty() ? queued : List.copyOf(queued.subList(1, queued.size()));
    }

    @Override
    public long[] turns(List<? extends Call<?, ?>> calls) {
        return new QueueTurns(calls).turns();
    }

    @Override
    public Foresight<List<V>, QueueOp<V>, @Nullable Object> narrowed(List<? extends Call<?, ?>> calls) {
        return new NarrowQueue<>(calls);
    }
}
