package io.shardhold.internal.kernel;

/** What a node measures: each is as of the last look, not a sum. The names are part of what operators see. */
public enum Gauge {
    /** Number of the term under which this node coordinates; 0 if it does not. */
    TERM,
    /** Token of the lease that this node holds; 0 if it holds none. */
    LEASE_TOKEN,
    /** Writes of this node's coordinator that are not on a quorum of seats. */
    WRITES_UNCOMMITTED,
    /** Writes of this node's coordinator that the seat furthest behind has not accepted. */
    SEAT_LAG
}
