package io.shardhold.testkit.history;

/** Operations of {@link Models#counter()}. */
public sealed interface CounterOp {
    /** Adds an amount, also a negative one; answers the value after it. */
    record Add(long amount) implements CounterOp {
        @Override
        public String toString() {
            return "add(" + amount + ")";
        }
    }

    /** Answers the value. */
    record Get() implements CounterOp {
        @Override
        public String toString() {
            return "get()";
        }
    }
}
