package io.shardhold.internal.wire;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.DetectorMessage;
import io.shardhold.internal.protocol.DetectorMessage.ProbeAck;

/** Consents. As a handler of its family it writes the message that it is dispatched, so none can be forgotten. */
final class DetectorCodec implements DetectorMessage.Handler {
    private final WireWriter out;

    DetectorCodec(WireWriter out) {
        this.out = out;
    }

    static DetectorMessage read(int tag, WireReader in) throws WireException {
        return switch (tag) {
            case WireTags.PROBE_ACK ->
                new ProbeAck(
                        in.readVarLong(),
                        in.readFixedLong(),
                        in.readVarLong(),
                        WireTags.CONSENT.read(in),
                        in.readOptional(ValueCodec::readNode),
                        in.readOptional(ValueCodec::readTerm),
                        in.readVarLong(),
                        in.readVarLong());
            default -> throw WireCodec.unknown(tag);
        };
    }

    @Override
    public void onProbeAck(NodeId from, ProbeAck message) {
        out.writeByte(WireTags.PROBE_ACK);
        out.writeVarLong(message.probe());
        out.writeFixedLong(message.clusterId());
        out.writeVarLong(message.configuration());
        WireTags.CONSENT.write(out, message.consent());
        out.writeOptional(message.leader(), ValueCodec::writeNode);
        out.writeOptional(message.active(), ValueCodec::writeTerm);
        out.writeVarLong(message.committed());
        out.writeVarLong(message.highestNumber());
    }
}
