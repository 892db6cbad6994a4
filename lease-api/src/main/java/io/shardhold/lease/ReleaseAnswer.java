package io.shardhold.lease;

import java.util.Objects;

/**
 * What became of one {@link Lease#release()}. Whatever it is, the lease is no longer held here.
 *
 * <pre>{@code
 * lease.release().thenAccept(answer -> {
 *     if (!(answer instanceof ReleaseAnswer.Released)) {
 *         log("the next holder has to wait: " + answer);
 *     }
 * });
 * }</pre>
 */
public sealed interface ReleaseAnswer {
    /** The record is marked as released: the next holder need not wait. */
    record Released() implements ReleaseAnswer {}

    /** The store holds no lease of this instance. */
    record NotHeld() implements ReleaseAnswer {}

    /** Certainly not marked: the next holder waits until the record has run out. */
    record Unavailable(String why) implements ReleaseAnswer {
        public Unavailable {
            Objects.requireNonNull(why, "why");
        }
    }

    /** Nobody knows whether the record is marked. */
    record Unknown(String why) implements ReleaseAnswer {
        public Unknown {
            Objects.requireNonNull(why, "why");
        }
    }
}
