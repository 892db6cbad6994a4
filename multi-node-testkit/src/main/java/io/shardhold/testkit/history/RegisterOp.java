package io.shardhold.testkit.history;

/**
 * Operations of {@link Models#register}.
 *
 * @param <V> what the register holds; immutable, with {@code equals} by content
 */
public sealed interface RegisterOp<V> {
    /** Replaces the value; any answer is right. */
    record Write<V>(V value) implements RegisterOp<V> {
        @Override
        public String toString() {
            return "write(" + value + ")";
        }
    }

    /** Answers the value. */
    record Read<V>() implements RegisterOp<V> {
        @Override
        public String toString() {
            return "read()";
        }
    }

    /** Replaces the value if it is the expected one; answers a {@code Boolean}, whether it did. */
    record CompareAndSet<V>(V expected, V value) implements RegisterOp<V> {
        @Override
        public String toString() {
            return "compareAndSet(" + expected + ", " + value + ")";
        }
    }
}
