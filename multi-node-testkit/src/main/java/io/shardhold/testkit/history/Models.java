package io.shardhold.testkit.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Ready-made models: register, counter, queue. They are immutable and good for any number of checks.
 *
 * <pre>{@code
 * History<RegisterOp<String>, Object> history = new History<>(clock);
 * history.record("n1", "r-7", new RegisterOp.Write<>("a"), () -> register.ask(write("a"), timeout));
 * history.record("n2", "r-7", new RegisterOp.Read<>(), () -> register.ask(Read::new, timeout));
 * history.check(Models.register("nothing"));
 * }</pre>
 */
public final class Models {
    private Models() {}

    /** A number that starts at 0 and is added to; each answer is the value after the operation. */
    public static Model<Long, CounterOp, Long> counter() {
        return Model.of("counter", 0L, (value, operation) -> {
            long after = operation instanceof CounterOp.Add add ? value + add.amount() : value;
            return Model.step(after, after);
        });
    }

    /**
     * A value that is read, written, and compared and set. The check throws {@link IllegalArgumentException} if a
     * compare-and-set was answered with anything but a {@code Boolean}.
     *
     * @param initial what a register holds before the first write, {@code Optional.empty()} for example
     */
    public static <V> Model<V, RegisterOp<V>, @Nullable Object> register(V initial) {
        return new Register<>(initial);
    }

    /**
     * A queue, first in, first out, empty at first. The check throws {@link IllegalArgumentException} if a dequeue was
     * answered with anything but an {@code Optional}.
     */
    public static <V> Model<List<V>, QueueOp<V>, @Nullable Object> queue() {
        return new Queue<>();
    }

    private static <A> A answerAs(Class<A> type, Object operation, @Nullable Object answer) {
        if (!type.isInstance(answer)) {
            throw new IllegalArgumentException(operation + " is answered with a " + type.getSimpleName() + ", not with "
                    + (answer == null ? "null" : answer.getClass().getName() + " " + answer));
        }
        return type.cast(answer);
    }

    private record Register<V>(V initial) implements Model<V, RegisterOp<V>, @Nullable Object> {
        @Override
        public String name() {
            return "register";
        }

        @Override
        public V initial(String key) {
            return initial;
        }

        @Override
        public Optional<V> next(V value, RegisterOp<V> operation, @Nullable Object answer) {
            boolean right = true;
            if (operation instanceof RegisterOp.Read<V>) {
                right = value.equals(answer);
            } else if (operation instanceof RegisterOp.CompareAndSet<V> swap) {
                right = answerAs(Boolean.class, operation, answer)
                        == swap.expected().equals(value);
            }
            return right ? Optional.of(unanswered(value, operation)) : Optional.empty();
        }

        @Override
        public V unanswered(V value, RegisterOp<V> operation) {
            if (operation instanceof RegisterOp.Write<V> write) {
                return write.value();
            }
            return operation instanceof RegisterOp.CompareAndSet<V> swap
                            && swap.expected().equals(value)
                    ? swap.value()
                    : value;
        }
    }

    private record Queue<V>() implements Model<List<V>, QueueOp<V>, @Nullable Object> {
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
                Optional<?> taken = answerAs(Optional.class, operation, answer);
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
    }
}
