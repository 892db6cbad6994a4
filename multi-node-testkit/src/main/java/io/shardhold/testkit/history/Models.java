package io.shardhold.testkit.history;

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
     *
     * <p>A queue is hard to check, since an answer tells little of what is queued. It helps if all values differ, if few
     * calls stay without an answer, and if the queue is short; a wrong answer of a long queue may be reported as
     * {@link HistoryNotDecided}.
     */
    public static <V> Model<List<V>, QueueOp<V>, @Nullable Object> queue() {
        return new QueueModel<>();
    }

    static <A> A answerAs(Class<A> type, Object operation, @Nullable Object answer) {
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
}
