package io.shardhold.internal.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.shardhold.internal.wire.FrameKind;
import io.shardhold.internal.wire.WireWriter;

/** Frames as buffers; the layout is that of {@link FrameKind}. */
final class Frames {
    /** What each frame takes up beside its body. */
    static final int HEADER_BYTES = FrameKind.LENGTH_BYTES + 1;

    private static final int LONGEST_VARINT = 10;

    private Frames() {}

    /** A frame without a body. */
    static ByteBuf empty(ByteBufAllocator alloc, FrameKind kind) {
        return alloc.ioBuffer(HEADER_BYTES).writeInt(1).writeByte(kind.tag());
    }

    static ByteBuf of(ByteBufAllocator alloc, FrameKind kind, byte[] body) {
        ByteBuf out = alloc.ioBuffer(HEADER_BYTES + body.length);
        return out.writeInt(1 + body.length).writeByte(kind.tag()).writeBytes(body);
    }

    static ByteBuf ack(ByteBufAllocator alloc, long count) {
        WireWriter body = new WireWriter(LONGEST_VARINT);
        body.writeVarLong(count);
        return of(alloc, FrameKind.ACK, body.toByteArray());
    }

    /** Appends a frame with what the writer holds. */
    static void append(ByteBuf out, FrameKind kind, WireWriter body) {
        out.writeInt(1 + body.size());
        out.writeByte(kind.tag());
        out.writeBytes(body.array(), 0, body.size());
    }
}
