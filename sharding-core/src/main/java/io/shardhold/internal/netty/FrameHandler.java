package io.shardhold.internal.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderException;
import io.netty.util.ReferenceCountUtil;
import io.shardhold.internal.wire.FrameKind;
import io.shardhold.internal.wire.Handshake;
import io.shardhold.internal.wire.WireException;
import io.shardhold.internal.wire.WireException.Reason;
import java.io.IOException;
import java.util.List;

/**
 * Cuts the bytes of one connection into frames and hands them on, until it is told to stop. Everything here runs on the
 * event loop of the connection. Lengths are checked before anything is allocated for them; the first frame must be a
 * handshake, so that what is no Shardhold is recognised by its first bytes and not by an absurd length.
 */
abstract class FrameHandler extends ByteToMessageDecoder {
    private static final int KEPT_BYTES = 64 * 1024;
    private static final byte[] NOTHING = {};

    private final int longest;
    private byte[] scratch = NOTHING;
    private boolean greeted;
    private boolean stopped;

    FrameHandler(int longest) {
        this.longest = longest;
    }

    /** A whole frame; its body lies in the array and is gone after the call. */
    abstract void onFrame(FrameKind kind, byte[] array, int offset, int length) throws WireException;

    /** The peer does not begin with a handshake. */
    abstract void onStranger();

    /** The peer sent what is no frame or no message; the handler is to end the connection. */
    abstract void onMalformed(WireException what);

    /** The connection is gone. */
    abstract void onBroken(String why);

    /** Whether what arrives now may still be read. */
    boolean mayRead() {
        return true;
    }

    /** From now on nothing is handed on. */
    final void stop() {
        stopped = true;
        scratch = NOTHING;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object data) throws Exception {
        if (stopped || !mayRead()) {
            ReferenceCountUtil.release(data);
            return;
        }
        super.channelRead(context, data);
    }

    @Override
    protected final void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        try {
            while (!stopped && hasFrame(in)) {
                takeFrame(in);
            }
        } catch (WireException e) {
            onMalformed(e);
        }
        if (stopped) {
            in.skipBytes(in.readableBytes());
        }
    }

    @Override
    protected final void decodeLast(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        decode(context, in, out);
        if (!stopped && in.isReadable()) {
            in.skipBytes(in.readableBytes());
            onMalformed(new WireException(Reason.TRUNCATED, "the connection ended inside of a frame"));
        }
    }

    @Override
    public final void channelInactive(ChannelHandlerContext context) throws Exception {
        super.channelInactive(context);
        onBroken("the connection was closed by the other end");
    }

    @Override
    public final void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        Throwable reason = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
        if (!(reason instanceof IOException)) {
            Environment.LOG.log(System.Logger.Level.WARNING, "a connection ends because of a bug", reason);
        }
        onBroken("the connection failed: " + reason.getMessage());
    }

    private boolean hasFrame(ByteBuf in) throws WireException {
        int readable = in.readableBytes();
        if (!greeted && !isHandshake(in, readable)) {
            return false;
        }
        if (readable < FrameKind.LENGTH_BYTES) {
            return false;
        }
        int length = in.getInt(in.readerIndex());
        FrameKind.checkLength(length, greeted ? longest : Handshake.LONGEST_BYTES + FrameKind.AROUND_BYTES);
        return readable - FrameKind.LENGTH_BYTES >= length;
    }

    private boolean isHandshake(ByteBuf in, int readable) {
        if (readable < Frames.HEADER_BYTES + Integer.BYTES) {
            return false;
        }
        if (in.getInt(in.readerIndex() + Frames.HEADER_BYTES) != Handshake.MAGIC) {
            onStranger();
            return false;
        }
        return true;
    }

    private void takeFrame(ByteBuf in) throws WireException {
        int length = in.readInt();
        greeted = true;
        byte[] array;
        int offset;
        if (in.hasArray()) {
            array = in.array();
            offset = in.arrayOffset() + in.readerIndex();
            in.skipBytes(length);
        } else {
            array = room(length);
            offset = 0;
            in.readBytes(array, 0, length);
        }
        FrameKind.check(array, offset, length);
        onFrame(FrameKind.of(array[offset] & 0xff), array, offset + 1, length - FrameKind.AROUND_BYTES);
    }

    private byte[] room(int length) {
        if (scratch.length >= length) {
            return scratch;
        }
        byte[] larger = new byte[Math.max(length, 4096)];
        if (larger.length <= KEPT_BYTES) {
            scratch = larger;
        }
        return larger;
    }
}
