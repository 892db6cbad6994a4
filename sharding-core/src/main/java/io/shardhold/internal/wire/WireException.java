package io.shardhold.internal.wire;

/** Bytes that are no message. The only exception that decoding throws; it carries no stack trace, strangers cause it. */
public final class WireException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What is wrong with the bytes. */
    public enum Reason {
        /** They end too early. */
        TRUNCATED,
        /** A frame, string or collection is longer than it may be. */
        TOO_LONG,
        /** A tag that this version does not know. */
        UNKNOWN_TAG,
        /** A value outside of its range. */
        BAD_VALUE,
        /** Something follows the message. */
        TRAILING_BYTES,
        /** They have changed on the way. */
        DAMAGED
    }

    private final Reason reason;

    public WireException(Reason reason, String detail) {
        super(reason + ": " + detail, null, false, false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
