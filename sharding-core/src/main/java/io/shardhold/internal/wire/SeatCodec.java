package io.shardhold.internal.wire;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.SeatMessage;
import io.shardhold.internal.protocol.SeatMessage.Beat;
import io.shardhold.internal.protocol.SeatMessage.Goodbye;
import io.shardhold.internal.protocol.SeatMessage.Probe;
import io.shardhold.internal.protocol.SeatMessage.PromiseRequest;
import io.shardhold.internal.protocol.SeatMessage.ReadRequest;
import io.shardhold.internal.protocol.SeatMessage.Replicate;
import io.shardhold.internal.protocol.SeatMessage.Resigned;

/** What seats are asked. As a handler of its family it writes the message that it is dispatched, so none can be forgotten. */
final class SeatCodec implements SeatMessage.Handler {
    private final WireWriter out;

    SeatCodec(WireWriter out) {
        this.out = out;
    }

    static SeatMessage read(int tag, WireReader in) throws WireException {
        return switch (tag) {
            case WireTags.PROBE ->
                new Probe(in.readFixedLong(), in.readVarLong(), in.readBool(), in.readBool(), in.readVarLong());
            case WireTags.PROMISE_REQUEST -> new PromiseRequest(ValueCodec.readTerm(in));
            case WireTags.READ_REQUEST -> new ReadRequest(ValueCodec.readTerm(in), MapCodec.readKey(in));
            case WireTags.REPLICATE -> new Replicate(ValueCodec.readTerm(in), MapCodec.readSegment(in));
            case WireTags.BEAT -> new Beat(ValueCodec.readTerm(in), in.readVarLong(), in.readVarLong());
            case WireTags.RESIGNED -> new Resigned(ValueCodec.readTerm(in));
            case WireTags.GOODBYE -> new Goodbye(in.readFixedLong());
            default -> throw WireCodec.unknown(tag);
        };
    }

    @Override
    public void onProbe(NodeId from, Probe message) {
        out.writeByte(WireTags.PROBE);
        out.writeFixedLong(message.clusterId());
        out.writeVarLong(message.probe());
        out.writeBool(message.mayServe());
        out.writeBool(message.mayLead());
        out.writeVarLong(message.highestNumber());
    }

    @Override
    public void onPromiseRequest(NodeId from, PromiseRequest message) {
        out.writeByte(WireTags.PROMISE_REQUEST);
        ValueCodec.writeTerm(out, message.term());
    }

    @Override
    public void onReadRequest(NodeId from, ReadRequest message) {
        out.writeByte(WireTags.READ_REQUEST);
        ValueCodec.writeTerm(out, message.term());
        MapCodec.writeKey(out, message.after());
    }

    @Override
    public void onReplicate(NodeId from, Replicate message) {
        out.writeByte(WireTags.REPLICATE);
        ValueCodec.writeTerm(out, message.term());
        MapCodec.writeSegment(out, message.segment());
    }

    @Override
    public void onBeat(NodeId from, Beat message) {
        out.writeByte(WireTags.BEAT);
        ValueCodec.writeTerm(out, message.term());
        out.writeVarLong(message.beat());
        out.writeVarLong(message.committed());
    }

    @Override
    public void onResigned(NodeId from, Resigned message) {
        out.writeByte(WireTags.RESIGNED);
        ValueCodec.writeTerm(out, message.term());
    }

    @Override
    public void onGoodbye(NodeId from, Goodbye message) {
        out.writeByte(WireTags.GOODBYE);
        out.writeFixedLong(message.clusterId());
    }
}
