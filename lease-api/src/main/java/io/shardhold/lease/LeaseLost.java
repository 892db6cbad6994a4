package io.shardhold.lease;

import java.util.Objects;

/**
 * A grant has ended without having been released here.
 *
 * <pre>{@code
 * lease.onLost(lost -> log("lease " + lost.token() + " lost: " + lost.reason() + ", " + lost.detail()));
 * }</pre>
 *
 * @param token the token of that grant
 * @param detail for operators: what was seen
 */
public record LeaseLost(long token, Reason reason, String detail) {
    public LeaseLost {
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(detail, "detail");
    }

    /** Why a grant ended. */
    public enum Reason {
        /** No renewal was acknowledged in time. */
        EXPIRED,
        /** The record names another owner or another grant. */
        TAKEN,
        /** The record is gone. */
        DELETED,
        /** Somebody else marked the record as released. */
        RELEASED,
        /** The wall clock ran ahead of the monotonic one by more than the margin: the machine may have been stopped. */
        CLOCK_JUMP
    }
}
