package io.shardhold.internal.kernel;

/**
 * The lease of a node as its machines reach it. Asking waits for nothing: the answers come as signals. One machine asks, any
 * machine may look whether it is alive.
 */
public interface LeasePort {
    /**
     * Asks for the lease with a token above the floor; answered by {@code Signal.LeaseAnswered}.
     *
     * @param attempt comes back with the answer
     */
    void acquire(long attempt, long tokenFloor);

    /** Gives the lease up; answered by {@code Signal.LeaseReleased}. Not alive from now on. */
    void release(long attempt);

    /** Whether the grant with this token is alive at this moment, on the clocks of the lease. Any thread. */
    boolean isAlive(long token);
}
