package io.shardhold.lease;

import java.util.Objects;

/**
 * What became of one {@link Lease#acquire(long)}.
 *
 * <pre>{@code
 * LeaseAnswer answer = lease.acquire(0).toCompletableFuture().get();
 * if (answer instanceof LeaseAnswer.Held held) {
 *     log("held by " + held.owner());
 * }
 * }</pre>
 */
public sealed interface LeaseAnswer {
    /**
     * The lease is held from now on.
     *
     * @param token above the floor that was asked for and above every token granted before
     */
    record Granted(long token) implements LeaseAnswer {}

    /**
     * Not now: somebody holds it, or held it and may still believe so.
     *
     * @param owner who, with incarnation, as the record says; empty if there is no record and its absence is still being
     *     watched
     */
    record Held(String owner) implements LeaseAnswer {
        public Held {
            Objects.requireNonNull(owner, "owner");
        }
    }

    /** Certainly not acquired: the store cannot be reached or does not do it, or the lease was released or closed. */
    record Unavailable(String why) implements LeaseAnswer {
        public Unavailable {
            Objects.requireNonNull(why, "why");
        }
    }

    /** Nobody knows whether the record now names this owner. The lease is not held; ask again to find out. */
    record Unknown(String why) implements LeaseAnswer {
        public Unknown {
            Objects.requireNonNull(why, "why");
        }
    }
}
