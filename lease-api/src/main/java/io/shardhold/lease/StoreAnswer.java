package io.shardhold.lease;

import java.util.Objects;

/**
 * What a {@link LeaseStore} answers.
 *
 * <pre>{@code
 * return status == 200 ? new StoreAnswer.Stored(version) : new StoreAnswer.Unknown("status " + status);
 * }</pre>
 */
public sealed interface StoreAnswer {
    /** The record as it is. */
    record Found(LeaseRecord record, LeaseStore.Version version) implements StoreAnswer {
        public Found {
            Objects.requireNonNull(record, "record");
            Objects.requireNonNull(version, "version");
        }
    }

    /** There is no record. */
    record Absent() implements StoreAnswer {}

    /** Written; this is its version now. */
    record Stored(LeaseStore.Version version) implements StoreAnswer {
        public Stored {
            Objects.requireNonNull(version, "version");
        }
    }

    /** Not written: the record is another, or there is one, or there is none any more. */
    record Conflict() implements StoreAnswer {}

    /**
     * To who wants to take the record: certainly not done. Nothing is wrong, but it is too early for anybody to take it;
     * counts as held by somebody.
     */
    record NotYet(String why) implements StoreAnswer {
        public NotYet {
            Objects.requireNonNull(why, "why");
        }
    }

    /** Certainly not done, now or later. */
    record Failed(String why) implements StoreAnswer {
        public Failed {
            Objects.requireNonNull(why, "why");
        }
    }

    /** It may have been done, it may still be done: a timeout, a broken connection, an indeterminate answer. */
    record Unknown(String why) implements StoreAnswer {
        public Unknown {
            Objects.requireNonNull(why, "why");
        }
    }
}
