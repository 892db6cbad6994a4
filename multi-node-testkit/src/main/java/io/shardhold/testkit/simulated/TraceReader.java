package io.shardhold.testkit.simulated;

/** Reads a history as it is made. */
public interface TraceReader {
    /**
     * A line was added.
     *
     * @param hash the history so far, this line included
     * @param line text comes from {@code toString}, now or later
     */
    void onLine(long hash, Object line);
}
