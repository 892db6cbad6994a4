package io.shardhold.lease;

/**
 * A grant has begun, or was renewed.
 *
 * <pre>{@code
 * lease.onHeld(held -> log("lease " + held.token() + " for " + (held.deadlineNanos() - System.nanoTime()) + " ns"));
 * }</pre>
 *
 * @param token the token of the grant
 * @param renewal whether it was held before
 * @param deadlineNanos until when it is believed if nothing comes between, in {@link LeaseRuntime#monoNanos()}; may be
 *     over when this is read
 */
public record LeaseHeld(long token, boolean renewal, long deadlineNanos) {}
