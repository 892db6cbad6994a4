package io.shardhold.testkit.loopback;

import io.netty.buffer.ByteBuf;
import io.shardhold.internal.wire.FrameKind;

/**
 * Finds where the frames of a stream begin, and changes a byte of some, wherever behind the length: the checksum of the
 * frame must tell. The length itself is left alone, because a wrong one shows only when enough bytes have come. Loop of the
 * fault layer.
 */
final class FrameDamage {
    private static final int INTACT = -1;

    private final Way way;
    private int headerBytes;
    private int length;
    /** Bytes of the frame that are still to come, and how many of them until the one that changes. */
    private int rest;

    private int untilDamage = INTACT;

    FrameDamage(Way way) {
        this.way = way;
    }

    /** Looks at the next bytes of the stream and changes some in place. */
    void pass(ByteBuf bytes) {
        int end = bytes.writerIndex();
        int at = bytes.readerIndex();
        while (at < end) {
            at += rest > 0 ? body(bytes, at, Math.min(rest, end - at)) : header(bytes.getByte(at));
        }
    }

    private int body(ByteBuf bytes, int at, int here) {
        if (untilDamage != INTACT && untilDamage < here) {
            bytes.setByte(at + untilDamage, bytes.getByte(at + untilDamage) ^ way.drawsFlip());
            way.damaged();
            untilDamage = INTACT;
        } else if (untilDamage != INTACT) {
            untilDamage -= here;
        }
        rest -= here;
        return here;
    }

    private int header(byte found) {
        length = length << Byte.SIZE | (found & 0xff);
        if (++headerBytes == FrameKind.LENGTH_BYTES) {
            rest = length;
            untilDamage = way.drawsDamage() ? way.drawsBelow(length) : INTACT;
            headerBytes = 0;
            length = 0;
        }
        return 1;
    }
}
