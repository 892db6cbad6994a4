package io.shardhold.internal.coordinator;

/** How far a coordinator is. */
enum Phase {
    /** Coordinates nothing, and keeps nothing. */
    PASSIVE,
    /** Leads, and waits for the lease. */
    LEASING,
    /** Asks the seats for their promise, and reads. */
    ASKING,
    /** Writes the map under its own term. */
    WRITING,
    /** Decides, whenever it may act. */
    ACTIVE;

    /** Whether it is about to become active. */
    boolean isOnItsWay() {
        return this != PASSIVE && this != ACTIVE;
    }
}
