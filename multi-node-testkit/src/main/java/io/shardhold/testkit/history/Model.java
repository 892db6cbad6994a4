package io.shardhold.testkit.history;

import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * What one entity answers when its calls come one after another. {@link Models} has some ready-made; most others are
 * two lines with {@link #of}:
 *
 * <pre>{@code
 * Model<Integer, String, Integer> longest = Model.of(
 *         "longest word so far",
 *         0,
 *         (length, word) -> Model.step(Math.max(length, word.length()), Math.max(length, word.length())));
 * }</pre>
 *
 * <p>Implement the interface where several answers are right, or an answer is of no interest. A model has no state of
 * its own: its methods are pure, and asked in any order, again and again, on the thread that checks. If one operation
 * can lead to several states that the answer does not tell apart, let {@code S} be the set of them.
 *
 * @param <S> state: immutable, with {@code equals} and {@code hashCode} by content; small, since the check keeps many
 * @param <I> operation, with whatever it is given; calls without an answer are checked much faster if it has
 *     {@code equals} and {@code hashCode} by content
 * @param <O> answer
 */
public interface Model<S, I, O extends @Nullable Object> {
    /** The noun in "does not behave like a …". */
    String name();

    /** The state before the first call. */
    S initial(String key);

    /** The state after an operation that gave this answer; empty if it cannot give this answer in this state. */
    Optional<S> next(S state, I operation, O answer);

    /** The state after an operation that took effect but whose answer nobody saw; the same state if it changes nothing. */
    S unanswered(S state, I operation);

    /**
     * What an operation does.
     *
     * @param state the state after it
     * @param answer its one right answer
     */
    record Step<S, O extends @Nullable Object>(S state, O answer) {}

    static <S, O extends @Nullable Object> Step<S, O> step(S state, O answer) {
        return new Step<>(state, answer);
    }

    /**
     * A model in which each operation has one right answer, compared with {@code equals}.
     *
     * @param name the noun in "does not behave like a …"
     * @param initial state of each entity before its first call
     * @param step what an operation does in a state; pure
     */
    static <S, I, O extends @Nullable Object> Model<S, I, O> of(
            String name, S initial, BiFunction<? super S, ? super I, Step<S, O>> step) {
        return new Model<>() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public S initial(String key) {
                return initial;
            }

            @Override
            public Optional<S> next(S state, I operation, O answer) {
                Step<S, O> taken = step.apply(state, operation);
                return Objects.equals(taken.answer(), answer) ? Optional.of(taken.state()) : Optional.empty();
            }

            @Override
            public S unanswered(S state, I operation) {
                return step.apply(state, operation).state();
            }
        };
    }
}
