package io.shardhold.lease;

import java.time.Duration;
import java.util.Objects;

/**
 * What a store keeps for one lease. It holds no time: nobody compares a clock with what another clock has said.
 *
 * <pre>{@code
 * LeaseRecord record = new LeaseRecord("n1#5f3a", 1_796_000_001, Duration.ofSeconds(5), 0, false);
 * }</pre>
 *
 * @param owner the holder with its incarnation; may be empty in a record that is released
 * @param token of the grant; stays in a released record, so that the next is higher
 * @param ttl how long challengers have to see the record unchanged, without their margin
 * @param renewals rises with every write of the holder, so that no two records of one grant are equal
 * @param released whether the holder has given it up
 */
public record LeaseRecord(String owner, long token, Duration ttl, long renewals, boolean released) {
    public LeaseRecord {
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(ttl, "ttl");
        if (token < 0) {
            throw new IllegalArgumentException("token " + token + " is negative");
        }
        if (ttl.isNegative()) {
            throw new IllegalArgumentException("ttl " + ttl + " is negative");
        }
        if (owner.isEmpty() && !released) {
            throw new IllegalArgumentException("a record without an owner is released");
        }
    }

    LeaseRecord renewed() {
        return new LeaseRecord(owner, token, ttl, renewals + 1, released);
    }

    LeaseRecord markedReleased() {
        return new LeaseRecord(owner, token, ttl, renewals + 1, true);
    }
}
