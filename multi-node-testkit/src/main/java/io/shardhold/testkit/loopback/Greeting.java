package io.shardhold.testkit.loopback;

import io.netty.buffer.ByteBuf;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.wire.FrameKind;
import io.shardhold.internal.wire.Handshake;
import io.shardhold.internal.wire.WireException;
import io.shardhold.internal.wire.WireReader;
import java.util.Optional;

/** Reads who opens a connection from its first frame, without taking the bytes. */
final class Greeting {
    private Greeting() {}

    /**
     * Who says hello; empty as long as the frame is not whole.
     *
     * @throws WireException if the bytes do not begin with a hello
     */
    static Optional<NodeId> read(ByteBuf bytes) throws WireException {
        int begin = bytes.readerIndex();
        if (bytes.readableBytes() < FrameKind.LENGTH_BYTES) {
            return Optional.empty();
        }
        int length = bytes.getInt(begin);
        FrameKind.checkLength(length, Handshake.LONGEST_BYTES + FrameKind.AROUND_BYTES);
        if (bytes.readableBytes() < FrameKind.LENGTH_BYTES + length) {
            return Optional.empty();
        }
        byte[] frame = new byte[length];
        bytes.getBytes(begin + FrameKind.LENGTH_BYTES, frame);
        FrameKind.check(frame, 0, length);
        FrameKind kind = FrameKind.of(frame[0] & 0xff);
        if (kind != FrameKind.HELLO) {
            throw new WireException(WireException.Reason.BAD_VALUE, "a connection begins with " + kind);
        }
        return Optional.of(Handshake.decodeHello(new WireReader(frame, 1, length - FrameKind.AROUND_BYTES))
                .self());
    }
}
