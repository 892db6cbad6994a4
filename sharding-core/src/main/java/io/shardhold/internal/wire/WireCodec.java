package io.shardhold.internal.wire;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.CoordinatorMessage;
import io.shardhold.internal.protocol.DataMessage;
import io.shardhold.internal.protocol.DetectorMessage;
import io.shardhold.internal.protocol.MembershipMessage;
import io.shardhold.internal.protocol.RegionMessage;
import io.shardhold.internal.protocol.ReplicaMessage;
import io.shardhold.internal.protocol.SeatMessage;
import io.shardhold.internal.wire.WireException.Reason;

/**
 * Messages as bytes and back. Any thread; without state.
 *
 * <p>The format: a message is one byte, its tag ({@link WireTags}), then the components of its record in their order,
 * without names and without padding.
 *
 * <ul>
 *   <li>numbers: unsigned LEB128; counts that may be negative: zig-zag before that; cluster ids, which are random: eight
 *       bytes, highest first
 *   <li>booleans: one byte, 0 or 1; optionals: a boolean, then the value
 *   <li>strings: number of bytes, then UTF-8, at most 16 KiB; text for people is cut off after 4,000 characters
 *   <li>collections: number of elements, then the elements; sets and maps name each key once
 *   <li>enums and map values: one byte, a tag of their own
 *   <li>node: name (empty if it is the address), host, port, incarnation
 *   <li>envelope: shard, entity id, sequence, ask id, payload; never the message object
 * </ul>
 *
 * <p>Decoding needs the whole message, nothing before and nothing behind it, and throws nothing but
 * {@link WireException}. Encoding what decoding would refuse is the caller's mistake: {@link IllegalArgumentException};
 * an envelope without a payload is our bug: {@link IllegalStateException}.
 */
public final class WireCodec {
    /** Encoders do not look at the sender. */
    private static final NodeId NOBODY = new NodeId("nobody", "nowhere", 1, 1);

    public WireCodec() {}

    public byte[] encode(ControlMessage message) {
        WireWriter out = new WireWriter();
        encode(message, out);
        return out.toByteArray();
    }

    public void encode(ControlMessage message, WireWriter out) {
        switch (message.family()) {
            case MEMBERSHIP -> ((MembershipMessage) message).dispatch(NOBODY, new MembershipCodec(out));
            case DETECTOR -> ((DetectorMessage) message).dispatch(NOBODY, new DetectorCodec(out));
            case SEAT -> ((SeatMessage) message).dispatch(NOBODY, new SeatCodec(out));
            case COORDINATOR -> ((CoordinatorMessage) message).dispatch(NOBODY, new CoordinatorCodec(out));
            case REPLICA -> ((ReplicaMessage) message).dispatch(NOBODY, new ReplicaCodec(out));
            case REGION -> ((RegionMessage) message).dispatch(NOBODY, new RegionCodec(out));
        }
    }

    public ControlMessage decodeControl(byte[] bytes) throws WireException {
        return decodeControl(new WireReader(bytes));
    }

    public ControlMessage decodeControl(WireReader in) throws WireException {
        try {
            ControlMessage message = readControl(in);
            in.expectEnd();
            return message;
        } catch (IllegalArgumentException e) {
            throw new WireException(Reason.BAD_VALUE, String.valueOf(e.getMessage()));
        }
    }

    public byte[] encode(DataMessage message) {
        WireWriter out = new WireWriter(64 + message.sizeBytes());
        encode(message, out);
        return out.toByteArray();
    }

    public void encode(DataMessage message, WireWriter out) {
        DataCodec.write(out, message);
    }

    public DataMessage decodeData(byte[] bytes) throws WireException {
        return decodeData(new WireReader(bytes));
    }

    public DataMessage decodeData(WireReader in) throws WireException {
        try {
            DataMessage message = DataCodec.read(in);
            in.expectEnd();
            return message;
        } catch (IllegalArgumentException e) {
            throw new WireException(Reason.BAD_VALUE, String.valueOf(e.getMessage()));
        }
    }

    /**
     * Throws what encoding the message would throw, or {@link IllegalArgumentException} if it might take more than
     * {@code longest} bytes, without encoding it. Cheap.
     */
    public void check(DataMessage message, int longest) {
        DataCodec.check(message, longest);
    }

    private static ControlMessage readControl(WireReader in) throws WireException {
        int tag = in.readByte();
        return switch (tag / 10) {
            case 1 -> MembershipCodec.read(tag, in);
            case 3 -> DetectorCodec.read(tag, in);
            case 4 -> SeatCodec.read(tag, in);
            case 6, 7 -> CoordinatorCodec.read(tag, in);
            case 10 -> ReplicaCodec.read(tag, in);
            case 11 -> RegionCodec.read(tag, in);
            default -> throw unknown(tag);
        };
    }

    static WireException unknown(int tag) {
        return new WireException(Reason.UNKNOWN_TAG, "control message " + tag);
    }
}
