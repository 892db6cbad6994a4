package io.shardhold.internal.wire;

import io.shardhold.internal.wire.WireException.Reason;
import org.jspecify.annotations.Nullable;

/**
 * What a frame carries; its tag is the first byte of the frame.
 *
 * <p>A frame is a length of four bytes, highest first, then so many bytes: the kind, then the body. The length counts
 * the kind and the body, so it is at least 1. It is at most the largest user message ({@code Limits.frameBytes}) plus
 * {@link #OVERHEAD_BYTES}, which holds the longest entity type, the longest entity id and all numbers of an envelope.
 */
public enum FrameKind {
    /** First frame of a connection, from who opened it. */
    HELLO,
    /** The answer to it. */
    HELLO_REPLY,
    /** A control message. */
    CONTROL,
    /** A data message. */
    DATA,
    /** To who opened the connection: how many data frames were accepted since it was opened, as a varint. */
    ACK,
    /** Asks for a {@link #PONG}; no body. */
    PING,
    /** "I am here"; no body. */
    PONG;

    /** Bytes of the length in front of each frame. */
    public static final int LENGTH_BYTES = 4;

    /** What a frame may be longer than the largest user message. */
    public static final int OVERHEAD_BYTES = 64 * 1024;

    /** What control messages are cut to fit, however small the user's messages are to be. */
    public static final int CONTROL_BYTES = 1 << 20;

    /** Longest frame where the largest user message has so many bytes. */
    public static int longestFrame(int frameBytes) {
        return Math.addExact(Math.max(frameBytes, CONTROL_BYTES), OVERHEAD_BYTES);
    }

    /** Checks the length that a peer announced, before anything is allocated. */
    public static void checkLength(int length, int longest) throws WireException {
        if (length < 1) {
            throw new WireException(Reason.BAD_VALUE, "frame without a kind");
        }
        if (length > longest) {
            throw new WireException(Reason.TOO_LONG, "frame of " + length + " bytes, at most " + longest);
        }
    }

    public static FrameKind of(int tag) throws WireException {
        @Nullable FrameKind kind = WireTags.FRAME_KIND.find(tag);
        if (kind == null) {
            throw new WireException(Reason.UNKNOWN_TAG, "frame kind " + tag);
        }
        return kind;
    }

    public int tag() {
        return WireTags.FRAME_KIND.tag(this);
    }
}
