package io.shardhold.testkit.history;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A queue of which it is known when each value came out. Of equal values nobody knows which one it was, so that such a
 * history is left to the plain model.
 */
final class NarrowQueue<V> implements Foresight<List<V>, QueueOp<V>, @Nullable Object> {
    private final QueueModel<V> plain = new QueueModel<>();
    private final Map<Object, Call<?, ?>> dequeues = new HashMap<>();
    /** Whether a value that nobody saw can have come out. */
    private final boolean canLose;

    private final boolean areDifferent;

    NarrowQueue(List<? extends Call<?, ?>> calls) {
        Set<Object> values = new HashSet<>();
        boolean different = true;
        boolean lose = false;
        for (Call<?, ?> call : calls) {
            boolean isDequeue = call.operation() instanceof QueueOp.Dequeue<?>;
            lose |= isDequeue && call.isUnknown();
            if (isDequeue
                    && call.outcome() instanceof Outcome.Answered<?> answered
                    && answered.answer() instanceof Optional<?> taken) {
                taken.ifPresent(value -> dequeues.putIfAbsent(value, call));
            } else if (call.operation() instanceof QueueOp.Enqueue<?> enqueue
                    && !(call.outcome() instanceof Outcome.NoEffect)) {
                different &= values.add(enqueue.value());
            }
        }
        canLose = lose;
        areDifferent = different;
    }

    @Override
    public String name() {
        return plain.name();
    }

    @Override
    public List<V> initial(String key) {
        return plain.initial(key);
    }

    @Override
    public Optional<List<V>> next(List<V> queued, QueueOp<V> operation, @Nullable Object answer) {
        return operation instanceof QueueOp.Enqueue<V> enqueue && isContradicted(queued, enqueue.value())
                ? Optional.empty()
                : plain.next(queued, operation, answer);
    }

    /** A value that nobody saw need not have gone in, and one that was seen was not taken by anybody else. */
    @Override
    public List<V> unanswered(List<V> queued, QueueOp<V> operation) {
        boolean isInVain;
        if (operation instanceof QueueOp.Enqueue<V> enqueue) {
            isInVain = !dequeues.containsKey(enqueue.value()) || isContradicted(queued, enqueue.value());
        } else {
            isInVain = areDifferent && !queued.isEmpty() && dequeues.containsKey(queued.get(0));
        }
        return isInVain ? queued : plain.unanswered(queued, operation);
    }

    /** Whether something that is queued can come out only after the value did that would go in behind it. */
    private boolean isContradicted(List<V> queued, V value) {
        Call<?, ?> dequeue = dequeues.get(value);
        if (dequeue == null || !areDifferent) {
            return false;
        }
        for (V before : queued) {
            Call<?, ?> earlier = dequeues.get(before);
            if (earlier == null ? !canLose : dequeue.end() < earlier.start()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public long[] turns(List<? extends Call<?, ?>> calls) {
        return plain.turns(calls);
    }

    @Override
    public Foresight<List<V>, QueueOp<V>, @Nullable Object> narrowed(List<? extends Call<?, ?>> calls) {
        return this;
    }
}
