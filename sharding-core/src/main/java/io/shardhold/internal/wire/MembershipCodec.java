package io.shardhold.internal.wire;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.MembershipMessage;
import io.shardhold.internal.protocol.MembershipMessage.AgreeRefused;
import io.shardhold.internal.protocol.MembershipMessage.AgreeRequest;
import io.shardhold.internal.protocol.MembershipMessage.Agreed;
import io.shardhold.internal.protocol.MembershipMessage.JoinRefused;
import io.shardhold.internal.protocol.MembershipMessage.Joined;
import io.shardhold.internal.protocol.MembershipMessage.Seek;
import io.shardhold.internal.protocol.MembershipMessage.SeekReply;
import io.shardhold.internal.protocol.MembershipMessage.VerdictNotice;

/** Finding, founding, joining. As a handler of its family it writes the message that it is dispatched, so none can be forgotten. */
final class MembershipCodec implements MembershipMessage.Handler {
    private final WireWriter out;

    MembershipCodec(WireWriter out) {
        this.out = out;
    }

    static MembershipMessage read(int tag, WireReader in) throws WireException {
        return switch (tag) {
            case WireTags.SEEK -> new Seek(ValueCodec.readSeeds(in));
            case WireTags.SEEK_REPLY ->
                new SeekReply(
                        WireTags.STANDING.read(in),
                        in.readFixedLong(),
                        in.readBool(),
                        in.readOptional(ValueCodec::readNode),
                        in.readBool(),
                        in.readVarLong(),
                        ValueCodec.readSeeds(in));
            case WireTags.AGREE_REQUEST -> new AgreeRequest(in.readVarLong(), ValueCodec.readSeeds(in));
            case WireTags.AGREED -> new Agreed(in.readVarLong(), ValueCodec.readDeclaration(in));
            case WireTags.AGREE_REFUSED ->
                new AgreeRefused(in.readVarLong(), in.readVarLong(), ValueCodec.readSeeds(in));
            case WireTags.JOIN_REFUSED -> new JoinRefused(in.readString());
            case WireTags.JOINED -> new Joined(ValueCodec.readTerm(in));
            case WireTags.VERDICT_NOTICE -> new VerdictNotice(in.readFixedLong());
            default -> throw WireCodec.unknown(tag);
        };
    }

    @Override
    public void onSeek(NodeId from, Seek message) {
        out.writeByte(WireTags.SEEK);
        ValueCodec.writeSeeds(out, message.seeds());
    }

    @Override
    public void onSeekReply(NodeId from, SeekReply message) {
        out.writeByte(WireTags.SEEK_REPLY);
        WireTags.STANDING.write(out, message.standing());
        out.writeFixedLong(message.clusterId());
        out.writeBool(message.mayServe());
        out.writeOptional(message.coordinator(), ValueCodec::writeNode);
        out.writeBool(message.mayLead());
        out.writeVarLong(message.highestNumber());
        ValueCodec.writeSeeds(out, message.seeds());
    }

    @Override
    public void onAgreeRequest(NodeId from, AgreeRequest message) {
        out.writeByte(WireTags.AGREE_REQUEST);
        out.writeVarLong(message.number());
        ValueCodec.writeSeeds(out, message.seeds());
    }

    @Override
    public void onAgreed(NodeId from, Agreed message) {
        out.writeByte(WireTags.AGREED);
        out.writeVarLong(message.number());
        ValueCodec.writeDeclaration(out, message.declaration());
    }

    @Override
    public void onAgreeRefused(NodeId from, AgreeRefused message) {
        out.writeByte(WireTags.AGREE_REFUSED);
        out.writeVarLong(message.number());
        out.writeVarLong(message.highestNumber());
        ValueCodec.writeSeeds(out, message.seeds());
    }

    @Override
    public void onJoinRefused(NodeId from, JoinRefused message) {
        out.writeByte(WireTags.JOIN_REFUSED);
        out.writeText(message.reason());
    }

    @Override
    public void onJoined(NodeId from, Joined message) {
        out.writeByte(WireTags.JOINED);
        ValueCodec.writeTerm(out, message.term());
    }

    @Override
    public void onVerdictNotice(NodeId from, VerdictNotice message) {
        out.writeByte(WireTags.VERDICT_NOTICE);
        out.writeFixedLong(message.clusterId());
    }
}
