package io.shardhold.entity;

import io.shardhold.cluster.UndeliveredReason;

/** The one way in which an ask fails: with a reason. */
public final class AskFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final UndeliveredReason reason;

    public AskFailedException(UndeliveredReason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public UndeliveredReason reason() {
        return reason;
    }
}
