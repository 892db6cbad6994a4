package io.shardhold.internal.kernel;

/** Why a kernel ended. */
public sealed interface Ending {
    /** The node goes on under a new incarnation, with new machines. */
    record Rebirth(String reason, long highestNumber) implements Ending {}

    /** The node has left its cluster. */
    record Departure(boolean orderly) implements Ending {}

    /** A machine threw: a bug of ours. */
    record Fault(Throwable cause) implements Ending {}
}
