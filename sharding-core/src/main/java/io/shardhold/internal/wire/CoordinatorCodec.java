package io.shardhold.internal.wire;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.CoordinatorMessage;
import io.shardhold.internal.protocol.CoordinatorMessage.Accepted;
import io.shardhold.internal.protocol.CoordinatorMessage.BeatAck;
import io.shardhold.internal.protocol.CoordinatorMessage.DirectiveRefused;
import io.shardhold.internal.protocol.CoordinatorMessage.Farewell;
import io.shardhold.internal.protocol.CoordinatorMessage.HandOffBegun;
import io.shardhold.internal.protocol.CoordinatorMessage.HomeQuery;
import io.shardhold.internal.protocol.CoordinatorMessage.JoinRequest;
import io.shardhold.internal.protocol.CoordinatorMessage.LeaveRequest;
import io.shardhold.internal.protocol.CoordinatorMessage.PromiseRefused;
import io.shardhold.internal.protocol.CoordinatorMessage.Promised;
import io.shardhold.internal.protocol.CoordinatorMessage.ReadPage;
import io.shardhold.internal.protocol.CoordinatorMessage.Register;
import io.shardhold.internal.protocol.CoordinatorMessage.ReplicateRefused;
import io.shardhold.internal.protocol.CoordinatorMessage.ResignedAck;
import io.shardhold.internal.protocol.CoordinatorMessage.ShardKept;
import io.shardhold.internal.protocol.CoordinatorMessage.ShardsHosted;
import io.shardhold.internal.protocol.CoordinatorMessage.ShardsStopped;
import io.shardhold.internal.protocol.CoordinatorMessage.Trouble;

/** What the coordinator is told. As a handler of its family it writes the message that it is dispatched, so none can be forgotten. */
final class CoordinatorCodec implements CoordinatorMessage.Handler {
    /** Members that a seat worries about; more than a cluster has. */
    private static final int MAX_TROUBLES = 1 << 16;

    private final WireWriter out;

    CoordinatorCodec(WireWriter out) {
        this.out = out;
    }

    static CoordinatorMessage read(int tag, WireReader in) throws WireException {
        return switch (tag) {
            case WireTags.PROMISED ->
                new Promised(
                        ValueCodec.readTerm(in),
                        MapCodec.readSeats(in),
                        ValueCodec.readStamp(in),
                        ValueCodec.readStamp(in));
            case WireTags.PROMISE_REFUSED ->
                new PromiseRefused(ValueCodec.readTerm(in), in.readVarLong(), in.readOptional(ValueCodec::readTerm));
            case WireTags.READ_PAGE ->
                new ReadPage(ValueCodec.readTerm(in), MapCodec.readKey(in), MapCodec.readEntries(in), in.readBool());
            case WireTags.ACCEPTED -> new Accepted(ValueCodec.readTerm(in), in.readVarLong());
            case WireTags.REPLICATE_REFUSED ->
                new ReplicateRefused(ValueCodec.readTerm(in), in.readVarLong(), in.readVarLong());
            case WireTags.BEAT_ACK ->
                new BeatAck(
                        ValueCodec.readTerm(in),
                        in.readVarLong(),
                        in.readList(MAX_TROUBLES, CoordinatorCodec::readTrouble));
            case WireTags.RESIGNED_ACK -> new ResignedAck(ValueCodec.readTerm(in));
            case WireTags.JOIN_REQUEST -> new JoinRequest(ValueCodec.readDeclaration(in), in.readVarLong());
            case WireTags.LEAVE_REQUEST -> new LeaveRequest(in.readFixedLong());
            case WireTags.FAREWELL -> new Farewell(in.readFixedLong());
            case WireTags.REGISTER ->
                new Register(
                        ValueCodec.readTerm(in),
                        in.readSignedInt(),
                        in.readBool(),
                        ValueCodec.readShardEpochs(in),
                        ValueCodec.readShardEpochs(in));
            case WireTags.HOME_QUERY -> new HomeQuery(in.readFixedLong(), ValueCodec.readShards(in));
            case WireTags.SHARDS_HOSTED -> new ShardsHosted(ValueCodec.readTerm(in), ValueCodec.readShardEpochs(in));
            case WireTags.HAND_OFF_BEGUN -> new HandOffBegun(ValueCodec.readTerm(in), ValueCodec.readShardEpochs(in));
            case WireTags.SHARDS_STOPPED -> new ShardsStopped(in.readFixedLong(), ValueCodec.readShardEpochs(in));
            case WireTags.SHARD_KEPT -> new ShardKept(ValueCodec.readTerm(in), ValueCodec.readMove(in));
            case WireTags.DIRECTIVE_REFUSED -> new DirectiveRefused(ValueCodec.readTerm(in), in.readVarLong());
            default -> throw WireCodec.unknown(tag);
        };
    }

    @Override
    public void onPromised(NodeId from, Promised message) {
        out.writeByte(WireTags.PROMISED);
        ValueCodec.writeTerm(out, message.term());
        MapCodec.writeSeats(out, message.seats());
        ValueCodec.writeStamp(out, message.written());
        ValueCodec.writeStamp(out, message.complete());
    }

    @Override
    public void onPromiseRefused(NodeId from, PromiseRefused message) {
        out.writeByte(WireTags.PROMISE_REFUSED);
        ValueCodec.writeTerm(out, message.term());
        out.writeVarLong(message.highestNumber());
        out.writeOptional(message.active(), ValueCodec::writeTerm);
    }

    @Override
    public void onReadPage(NodeId from, ReadPage message) {
        out.writeByte(WireTags.READ_PAGE);
        ValueCodec.writeTerm(out, message.term());
        MapCodec.writeKey(out, message.after());
        MapCodec.writeEntries(out, message.entries());
        out.writeBool(message.last());
    }

    @Override
    public void onAccepted(NodeId from, Accepted message) {
        out.writeByte(WireTags.ACCEPTED);
        ValueCodec.writeTerm(out, message.term());
        out.writeVarLong(message.applied());
    }

    @Override
    public void onReplicateRefused(NodeId from, ReplicateRefused message) {
        out.writeByte(WireTags.REPLICATE_REFUSED);
        ValueCodec.writeTerm(out, message.term());
        out.writeVarLong(message.highestNumber());
        out.writeVarLong(message.applied());
    }

    @Override
    public void onBeatAck(NodeId from, BeatAck message) {
        out.writeByte(WireTags.BEAT_ACK);
        ValueCodec.writeTerm(out, message.term());
        out.writeVarLong(message.beat());
        out.writeList(message.troubles(), MAX_TROUBLES, CoordinatorCodec::writeTrouble);
    }

    @Override
    public void onResignedAck(NodeId from, ResignedAck message) {
        out.writeByte(WireTags.RESIGNED_ACK);
        ValueCodec.writeTerm(out, message.term());
    }

    @Override
    public void onJoinRequest(NodeId from, JoinRequest message) {
        out.writeByte(WireTags.JOIN_REQUEST);
        ValueCodec.writeDeclaration(out, message.declaration());
        out.writeVarLong(message.highestNumber());
    }

    @Override
    public void onLeaveRequest(NodeId from, LeaveRequest message) {
        out.writeByte(WireTags.LEAVE_REQUEST);
        out.writeFixedLong(message.clusterId());
    }

    @Override
    public void onFarewell(NodeId from, Farewell message) {
        out.writeByte(WireTags.FAREWELL);
        out.writeFixedLong(message.clusterId());
    }

    @Override
    public void onRegister(NodeId from, Register message) {
        out.writeByte(WireTags.REGISTER);
        ValueCodec.writeTerm(out, message.term());
        out.writeSignedInt(message.page());
        out.writeBool(message.last());
        ValueCodec.writeShardEpochs(out, message.hosted());
        ValueCodec.writeShardEpochs(out, message.stopped());
    }

    @Override
    public void onHomeQuery(NodeId from, HomeQuery message) {
        out.writeByte(WireTags.HOME_QUERY);
        out.writeFixedLong(message.clusterId());
        ValueCodec.writeShards(out, message.shards());
    }

    @Override
    public void onShardsHosted(NodeId from, ShardsHosted message) {
        out.writeByte(WireTags.SHARDS_HOSTED);
        ValueCodec.writeTerm(out, message.term());
        ValueCodec.writeShardEpochs(out, message.shards());
    }

    @Override
    public void onHandOffBegun(NodeId from, HandOffBegun message) {
        out.writeByte(WireTags.HAND_OFF_BEGUN);
        ValueCodec.writeTerm(out, message.term());
        ValueCodec.writeShardEpochs(out, message.shards());
    }

    @Override
    public void onShardsStopped(NodeId from, ShardsStopped message) {
        out.writeByte(WireTags.SHARDS_STOPPED);
        out.writeFixedLong(message.clusterId());
        ValueCodec.writeShardEpochs(out, message.shards());
    }

    @Override
    public void onShardKept(NodeId from, ShardKept message) {
        out.writeByte(WireTags.SHARD_KEPT);
        ValueCodec.writeTerm(out, message.term());
        ValueCodec.writeMove(out, message.move());
    }

    @Override
    public void onDirectiveRefused(NodeId from, DirectiveRefused message) {
        out.writeByte(WireTags.DIRECTIVE_REFUSED);
        ValueCodec.writeTerm(out, message.refused());
        out.writeVarLong(message.highestNumber());
    }

    private static void writeTrouble(WireWriter out, Trouble trouble) {
        ValueCodec.writeNode(out, trouble.member());
        WireTags.WORRY.write(out, trouble.worry());
        out.writeVarLong(trouble.millis());
    }

    private static Trouble readTrouble(WireReader in) throws WireException {
        return new Trouble(ValueCodec.readNode(in), WireTags.WORRY.read(in), in.readVarLong());
    }
}
