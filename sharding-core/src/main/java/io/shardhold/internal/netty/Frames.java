package io.shardhold.internal.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.shardhold.internal.wire.FrameKind;
import io.shardhold.internal.wire.WireWriter;

/** Frames as buffers; the layout is that of {@link FrameKind}. */
final class Frames {
    /** What stands before the body of each frame. */
    static final int HEADER_BYTES = FrameKind.LENGTH_BYTES + 1;

    private static final int LONGEST_VARINT = 10;
    private static final byte[] NOTHING = {};

    private Frames() {}

    /** A frame without a body. */
    static ByteBuf empty(ByteBufAllocator alloc, FrameKind kind) {
        return of(alloc, kind, NOTHING);
    }

    static ByteBuf of(ByteBufAllocator alloc, FrameKind kind, byte[] body) {
        ByteBuf out = alloc.ioBuffer(HEADER_BYTES + body.length + FrameKind.CHECK_BYTES);
        append(out, kind, body, body.length);
        return out;
    }

    static ByteBuf ack(ByteBufAllocator alloc, long count) {
        WireWriter body = new WireWriter(LONGEST_VARINT);
        body.writeVarLong(count);
        return of(alloc, FrameKind.ACK, body.toByteArray());
    }

    /** Appends a frame with what the writer holds. */
    static void append(ByteBuf out, FrameKind kind, WireWriter body) {
        append(out, kind, body.array(), body.size());
    }

    private static void append(ByteBuf out, FrameKind kind, byte[] body, int length) {
        out.writeInt(FrameKind.AROUND_BYTES + length);
        out.writeByte(kind.tag());
        out.writeBytes(body, 0, length);
        out.writeInt(FrameKind.checksum(kind.tag(), body, 0, length));
    }
}
