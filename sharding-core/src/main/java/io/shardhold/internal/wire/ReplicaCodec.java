package io.shardhold.internal.wire;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.ReplicaMessage;
import io.shardhold.internal.protocol.ReplicaMessage.MapDigest;
import io.shardhold.internal.protocol.ReplicaMessage.MapPage;
import io.shardhold.internal.protocol.ReplicaMessage.MapPull;

/** Copies of the map. As a handler of its family it writes the message that it is dispatched, so none can be forgotten. */
final class ReplicaCodec implements ReplicaMessage.Handler {
    private final WireWriter out;

    ReplicaCodec(WireWriter out) {
        this.out = out;
    }

    static ReplicaMessage read(int tag, WireReader in) throws WireException {
        return switch (tag) {
            case WireTags.MAP_DIGEST -> new MapDigest(in.readFixedLong(), in.readVarLong(), in.readVarLong());
            case WireTags.MAP_PULL -> new MapPull(in.readFixedLong(), in.readVarLong(), in.readVarLong());
            case WireTags.MAP_PAGE -> new MapPage(ValueCodec.readTerm(in), MapCodec.readSegment(in), in.readVarLong());
            default -> throw WireCodec.unknown(tag);
        };
    }

    @Override
    public void onMapDigest(NodeId from, MapDigest message) {
        out.writeByte(WireTags.MAP_DIGEST);
        out.writeFixedLong(message.clusterId());
        out.writeVarLong(message.number());
        out.writeVarLong(message.applied());
    }

    @Override
    public void onMapPull(NodeId from, MapPull message) {
        out.writeByte(WireTags.MAP_PULL);
        out.writeFixedLong(message.clusterId());
        out.writeVarLong(message.number());
        out.writeVarLong(message.applied());
    }

    @Override
    public void onMapPage(NodeId from, MapPage message) {
        out.writeByte(WireTags.MAP_PAGE);
        ValueCodec.writeTerm(out, message.term());
        MapCodec.writeSegment(out, message.segment());
        out.writeVarLong(message.reached());
    }
}
