package io.shardhold.cluster;

/** Where a member stands in the life that the active coordinator decides for it. Order: it only moves forward. */
public enum MemberStatus {
    /** Takes part: serves what it hosts and may be given more. */
    UP,
    /** Hands over what it hosts and is given nothing more. */
    LEAVING,
    /** Said goodbye after its last handler had returned; nothing of it can still run. */
    LEFT,
    /** Removed by a verdict; what it hosted is placed again after the wait. */
    DOWN;

    /** Whether an incarnation in this status may be given consent to serve. */
    public boolean mayServe() {
        return this == UP || this == LEAVING;
    }
}
