package io.shardhold.lease;

import org.jspecify.annotations.Nullable;

/** One request to the store. The engine's, with its lock held. */
final class Request {
    final Purpose purpose;
    final LeaseStore.@Nullable Version expected;

    /** Null for a read. */
    final @Nullable LeaseRecord next;

    /** Before it left. */
    final Moment sent;

    LeaseRuntime.@Nullable Cancellable timeout;

    Request(Purpose purpose, LeaseStore.@Nullable Version expected, @Nullable LeaseRecord next, Moment sent) {
        this.purpose = purpose;
        this.expected = expected;
        this.next = next;
        this.sent = sent;
    }

    /** What is to become of the answer. */
    enum Purpose {
        LOOK,
        TAKE,
        RENEW,
        CHECK,
        RELEASE,
        RELEASE_LOOK
    }

    /** What an answer without a result says. */
    static String why(StoreAnswer answer) {
        if (answer instanceof StoreAnswer.Failed failed) {
            return failed.why();
        }
        if (answer instanceof StoreAnswer.Unknown unknown) {
            return unknown.why();
        }
        return "the store answered what was not asked: " + answer;
    }
}
