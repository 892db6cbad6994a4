package io.shardhold.internal.wire;

import io.shardhold.internal.protocol.DataMessage;
import io.shardhold.internal.protocol.DataMessage.AskFailure;
import io.shardhold.internal.protocol.DataMessage.Bounce;
import io.shardhold.internal.protocol.DataMessage.Marker;
import io.shardhold.internal.protocol.DataMessage.MarkerAnswer;
import io.shardhold.internal.protocol.DataMessage.Reply;
import io.shardhold.internal.protocol.Envelope;
import io.shardhold.internal.protocol.ShardKey;
import io.shardhold.internal.wire.WireException.Reason;
import java.nio.charset.StandardCharsets;

/** The data plane. */
final class DataCodec {
    private static final int NUMBERS_BYTES = 64;
    private static final int UTF8_BYTES_PER_CHAR = 3;

    private DataCodec() {}

    static void write(WireWriter out, DataMessage message) {
        if (message instanceof Envelope envelope) {
            out.writeByte(WireTags.ENVELOPE);
            writeEnvelope(out, envelope);
        } else if (message instanceof Reply reply) {
            out.writeByte(WireTags.REPLY);
            out.writeVarLong(reply.askId());
            ValueCodec.writeBytes(out, reply.payload());
        } else if (message instanceof Bounce bounce) {
            out.writeByte(WireTags.BOUNCE);
            writeEnvelope(out, bounce.envelope());
        } else if (message instanceof AskFailure failure) {
            out.writeByte(WireTags.ASK_FAILURE);
            out.writeVarLong(failure.askId());
            WireTags.UNDELIVERED.write(out, failure.reason());
            out.writeText(failure.detail());
        } else if (message instanceof Marker marker) {
            out.writeByte(WireTags.MARKER);
            writeMarker(out, marker.shard(), marker.marker());
        } else if (message instanceof MarkerAnswer answer) {
            out.writeByte(WireTags.MARKER_ANSWER);
            writeMarker(out, answer.shard(), answer.marker());
        } else {
            throw new IllegalStateException("no encoding for " + message.getClass());
        }
    }

    static DataMessage read(WireReader in) throws WireException {
        int tag = in.readByte();
        return switch (tag) {
            case WireTags.ENVELOPE -> readEnvelope(in);
            case WireTags.BOUNCE -> new Bounce(readEnvelope(in));
            case WireTags.REPLY -> new Reply(in.readVarLong(), ValueCodec.readBytes(in));
            case WireTags.ASK_FAILURE ->
                new AskFailure(in.readVarLong(), WireTags.UNDELIVERED.read(in), in.readString());
            case WireTags.MARKER -> new Marker(ValueCodec.readShard(in), in.readVarLong());
            case WireTags.MARKER_ANSWER -> new MarkerAnswer(ValueCodec.readShard(in), in.readVarLong());
            default -> throw new WireException(Reason.UNKNOWN_TAG, "data message " + tag);
        };
    }

    static void check(DataMessage message, int longest) {
        if (message instanceof Envelope envelope) {
            checkEnvelope(envelope, longest);
        } else if (message instanceof Bounce bounce) {
            checkEnvelope(bounce.envelope(), longest);
        } else if (message instanceof Reply reply) {
            checkSize(reply.payload().length() + (long) NUMBERS_BYTES, longest);
        } else if (message instanceof Marker marker) {
            checkString(marker.shard().type());
        } else if (message instanceof MarkerAnswer answer) {
            checkString(answer.shard().type());
        }
    }

    private static void checkEnvelope(Envelope envelope, int longest) {
        byte[] payload = payloadOf(envelope);
        String type = envelope.shard().type();
        checkString(type);
        checkString(envelope.entityId());
        long chars = (long) type.length() + envelope.entityId().length();
        checkSize(payload.length + chars * UTF8_BYTES_PER_CHAR + NUMBERS_BYTES, longest);
    }

    private static void checkSize(long bytes, int longest) {
        if (bytes > longest) {
            throw new IllegalArgumentException(
                    "message takes up to " + bytes + " bytes, at most " + longest + " fit a frame");
        }
    }

    private static void checkString(String value) {
        if (value.length() * UTF8_BYTES_PER_CHAR > WireWriter.MAX_STRING_BYTES
                && (value.length() > WireWriter.MAX_STRING_BYTES
                        || value.getBytes(StandardCharsets.UTF_8).length > WireWriter.MAX_STRING_BYTES)) {
            throw new IllegalArgumentException("entity types and ids have at most " + WireWriter.MAX_STRING_BYTES
                    + " bytes, was " + value.length() + " characters");
        }
    }

    private static void writeEnvelope(WireWriter out, Envelope envelope) {
        byte[] payload = payloadOf(envelope);
        ValueCodec.writeShard(out, envelope.shard());
        out.writeString(envelope.entityId());
        out.writeVarLong(envelope.sequence());
        out.writeVarLong(envelope.askId());
        out.writeBytes(payload);
    }

    private static byte[] payloadOf(Envelope envelope) {
        byte[] payload = envelope.payload();
        if (payload == null) {
            throw new IllegalStateException(envelope + " has no payload; encode the message before it is sent");
        }
        return payload;
    }

    private static Envelope readEnvelope(WireReader in) throws WireException {
        return new Envelope(
                ValueCodec.readShard(in), in.readString(), in.readVarLong(), in.readVarLong(), null, in.readBytes());
    }

    private static void writeMarker(WireWriter out, ShardKey shard, long marker) {
        ValueCodec.writeShard(out, shard);
        out.writeVarLong(marker);
    }
}
