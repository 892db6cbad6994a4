package io.shardhold.testkit.loopback;

import io.netty.buffer.ByteBuf;
import io.shardhold.internal.wire.FrameKind;

/**
 * Finds where the frames of a stream begin, and changes a byte of some. Loop of the fault layer.
 *
 * <p>Only the header of a frame is touched: the highest byte of its length, which becomes negative, or its kind, which
 * becomes one that nobody knows. Frames carry no checksum beyond that of TCP, so a byte that changes in a body may well
 * make another valid message; no receiver could tell, and a test would only show that.
 */
final class FrameDamage {
    private static final int FLIP = 0x80;
    private static final int INTACT = -1;

    private final Way way;
    private int position;
    private int length;
    private int body;
    private int target = INTACT;

    FrameDamage(Way way) {
        this.way = way;
    }

    /** Looks at the next bytes of the stream and changes some in place. */
    void pass(ByteBuf bytes) {
        int end = bytes.writerIndex();
        int at = bytes.readerIndex();
        while (at < end) {
            if (body > 0) {
                int skipped = Math.min(body, end - at);
                at += skipped;
                body -= skipped;
            } else {
                headerByte(bytes, at++);
            }
        }
    }

    private void headerByte(ByteBuf bytes, int at) {
        if (position == 0) {
            length = 0;
            target = way.drawsDamage() ? way.drawsEither() ? 0 : FrameKind.LENGTH_BYTES : INTACT;
        }
        byte found = bytes.getByte(at);
        if (position < FrameKind.LENGTH_BYTES) {
            length = length << Byte.SIZE | (found & 0xff);
        }
        if (position == target) {
            bytes.setByte(at, found ^ FLIP);
            way.damaged();
        }
        position++;
        if (position > FrameKind.LENGTH_BYTES) {
            position = 0;
            body = Math.max(0, length - 1);
        }
    }
}
