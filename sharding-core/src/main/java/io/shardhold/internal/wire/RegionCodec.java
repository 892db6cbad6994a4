package io.shardhold.internal.wire;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.RegionMessage;
import io.shardhold.internal.protocol.RegionMessage.Announce;
import io.shardhold.internal.protocol.RegionMessage.BeginHandOff;
import io.shardhold.internal.protocol.RegionMessage.HandOff;
import io.shardhold.internal.protocol.RegionMessage.HostMoved;
import io.shardhold.internal.protocol.RegionMessage.HostShards;
import io.shardhold.internal.protocol.RegionMessage.Registered;
import io.shardhold.internal.protocol.RegionMessage.ShardsStarted;
import io.shardhold.internal.protocol.RegionMessage.StopAcknowledged;

/** Directives, and what regions tell each other. As a handler of its family it writes the message that it is dispatched, so none can be forgotten. */
final class RegionCodec implements RegionMessage.Handler {
    private final WireWriter out;

    RegionCodec(WireWriter out) {
        this.out = out;
    }

    static RegionMessage read(int tag, WireReader in) throws WireException {
        return switch (tag) {
            case WireTags.ANNOUNCE -> new Announce(ValueCodec.readTerm(in));
            case WireTags.REGISTERED -> new Registered(ValueCodec.readTerm(in));
            case WireTags.HOST_SHARDS -> new HostShards(ValueCodec.readTerm(in), ValueCodec.readShardEpochs(in));
            case WireTags.BEGIN_HAND_OFF -> new BeginHandOff(ValueCodec.readTerm(in), ValueCodec.readShardEpochs(in));
            case WireTags.HAND_OFF ->
                new HandOff(ValueCodec.readTerm(in), in.readList(ValueCodec.MAX_SHARDS, ValueCodec::readMove));
            case WireTags.STOP_ACKNOWLEDGED ->
                new StopAcknowledged(ValueCodec.readTerm(in), ValueCodec.readShardEpochs(in));
            case WireTags.HOST_MOVED -> new HostMoved(in.readFixedLong(), ValueCodec.readMove(in));
            case WireTags.SHARDS_STARTED -> new ShardsStarted(in.readFixedLong(), ValueCodec.readShardEpochs(in));
            default -> throw WireCodec.unknown(tag);
        };
    }

    @Override
    public void onAnnounce(NodeId from, Announce message) {
        out.writeByte(WireTags.ANNOUNCE);
        ValueCodec.writeTerm(out, message.term());
    }

    @Override
    public void onRegistered(NodeId from, Registered message) {
        out.writeByte(WireTags.REGISTERED);
        ValueCodec.writeTerm(out, message.term());
    }

    @Override
    public void onHostShards(NodeId from, HostShards message) {
        out.writeByte(WireTags.HOST_SHARDS);
        ValueCodec.writeTerm(out, message.term());
        ValueCodec.writeShardEpochs(out, message.shards());
    }

    @Override
    public void onBeginHandOff(NodeId from, BeginHandOff message) {
        out.writeByte(WireTags.BEGIN_HAND_OFF);
        ValueCodec.writeTerm(out, message.term());
        ValueCodec.writeShardEpochs(out, message.shards());
    }

    @Override
    public void onHandOff(NodeId from, HandOff message) {
        out.writeByte(WireTags.HAND_OFF);
        ValueCodec.writeTerm(out, message.term());
        out.writeList(message.moves(), ValueCodec.MAX_SHARDS, ValueCodec::writeMove);
    }

    @Override
    public void onStopAcknowledged(NodeId from, StopAcknowledged message) {
        out.writeByte(WireTags.STOP_ACKNOWLEDGED);
        ValueCodec.writeTerm(out, message.term());
        ValueCodec.writeShardEpochs(out, message.shards());
    }

    @Override
    public void onHostMoved(NodeId from, HostMoved message) {
        out.writeByte(WireTags.HOST_MOVED);
        out.writeFixedLong(message.clusterId());
        ValueCodec.writeMove(out, message.move());
    }

    @Override
    public void onShardsStarted(NodeId from, ShardsStarted message) {
        out.writeByte(WireTags.SHARDS_STARTED);
        out.writeFixedLong(message.clusterId());
        ValueCodec.writeShardEpochs(out, message.shards());
    }
}
