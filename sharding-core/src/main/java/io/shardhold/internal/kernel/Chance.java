package io.shardhold.internal.kernel;

/** The only source of randomness of machines. One thread at a time. */
public interface Chance {
    long nextLong();

    /** Uniform in 0 (inclusive) to the bound (exclusive), which is positive. */
    default int below(int bound) {
        return (int) Long.remainderUnsigned(nextLong(), bound);
    }

    /** Uniform in 0 (inclusive) to the bound (exclusive), which is positive. */
    default long below(long bound) {
        return Long.remainderUnsigned(nextLong(), bound);
    }
}
