package io.shardhold.internal.kernel;

/** Why a kernel ended. */
public sealed interface Ending {
    /**
     * The node goes on under a new incarnation, with new machines.
     *
     * @param highestNumber highest term number seen, for the next machines to begin above
     * @param newestIncarnation highest incarnation of this node that others have seen, 0 if none is known
     */
    record Rebirth(String reason, long highestNumber, long newestIncarnation) implements Ending {}

    /** The node has left its cluster. */
    record Departure(boolean orderly) implements Ending {}

    /** A machine threw: a bug of ours. */
    record Fault(Throwable cause) implements Ending {}
}
