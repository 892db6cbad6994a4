package io.shardhold.internal.wire;

import io.shardhold.internal.wire.WireException.Reason;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What a frame carries; its tag is the first byte of the frame.
 *
 * <p>A frame is a length of four bytes, highest first, then so many bytes: the kind, the body, and a CRC-32C of both in
 * four bytes. Most bytes of a message can change and leave another message that is just as valid, with another term or
 * epoch; TCP's own sum of 16 bits lets one damaged segment in 65,536 pass. The length counts all three, so it is at
 * least 5. It is at most the largest user message ({@code Limits.frameBytes}) plus {@link #OVERHEAD_BYTES}, which holds
 * the longest entity type, the longest entity id and all numbers of an envelope.
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

    /** Bytes of the checksum at the end of each frame. */
    public static final int CHECK_BYTES = 4;

    /** What a frame has beside its body, its length not counted. */
    public static final int AROUND_BYTES = 1 + CHECK_BYTES;

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
        if (length < AROUND_BYTES) {
            throw new WireException(Reason.BAD_VALUE, "frame without kind and checksum, of " + length + " bytes");
        }
        if (length > longest) {
            throw new WireException(Reason.TOO_LONG, "frame of " + length + " bytes, at most " + longest);
        }
    }

    /** The checksum of a kind and its body. */
    public static int checksum(int kind, byte[] array, int offset, int length) {
        CRC32C sum = new CRC32C();
        sum.update(kind);
        sum.update(array, offset, length);
        return (int) sum.getValue();
    }

    /** Compares the checksum at the end of a frame, its length not included, with its bytes. */
    public static void check(byte[] array, int offset, int length) throws WireException {
        int end = offset + length - CHECK_BYTES;
        int found = 0;
        for (int i = 0; i < CHECK_BYTES; i++) {
            found = found << Byte.SIZE | (array[end + i] & 0xff);
        }
        if (found != checksum(array[offset] & 0xff, array, offset + 1, length - AROUND_BYTES)) {
            throw new WireException(Reason.DAMAGED, "frame of " + length + " bytes whose checksum does not fit");
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
