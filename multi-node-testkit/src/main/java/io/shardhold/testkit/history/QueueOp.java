package io.shardhold.testkit.history;

/**
 * Operations of {@link Models#queue()}.
 *
 * @param <V> what is queued; immutable, with {@code equals} by content; different each time, or mistakes can hide
 */
public sealed interface QueueOp<V> {
    /** Puts a value at the end; any answer is right. */
    record Enqueue<V>(V value) implements QueueOp<V> {
        @Override
        public String toString() {
            return "enqueue(" + value + ")";
        }
    }

    /** Takes the value at the head; answers it as an {@code Optional}, empty if there is none. */
    record Dequeue<V>() implements QueueOp<V> {
        @Override
        public String toString() {
            return "dequeue()";
        }
    }
}
