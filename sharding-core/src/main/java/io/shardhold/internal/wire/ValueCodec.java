package io.shardhold.internal.wire;

import io.shardhold.cluster.Member;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.Bytes;
import io.shardhold.internal.protocol.Declaration;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.ShardEpoch;
import io.shardhold.internal.protocol.ShardKey;
import io.shardhold.internal.protocol.ShardMove;
import io.shardhold.internal.protocol.Stamp;
import io.shardhold.internal.protocol.Term;
import java.util.List;
import java.util.SortedMap;

/** The values that messages are made of. Random ids take eight bytes, everything else as few as it needs. */
final class ValueCodec {
    /** Shards in one message; machines send pages. */
    static final int MAX_SHARDS = 1 << 16;

    /** Seed addresses; a cluster has 1, 3, 5 or 7. */
    static final int MAX_SEEDS = 64;

    private static final int MAX_ROLES = 256;
    private static final int MAX_TYPES = 4096;

    private ValueCodec() {}

    /** A name that is the address, as it is by default, is written as an empty string, which is no name. */
    static void writeNode(WireWriter out, NodeId node) {
        out.writeString(isAddress(node) ? "" : node.name());
        out.writeString(node.host());
        out.writeVarInt(node.port());
        out.writeVarLong(node.incarnation());
    }

    /** Whether the name is {@code host:port}; found out without making that text, for each of many entries. */
    private static boolean isAddress(NodeId node) {
        String name = node.name();
        int colon = node.host().length();
        if (name.length() < colon + 2 || name.charAt(colon) != ':' || !name.startsWith(node.host())) {
            return false;
        }
        int at = name.length() - 1;
        int rest = node.port();
        while (at > colon && rest > 0 && name.charAt(at) == '0' + rest % 10) {
            rest /= 10;
            at--;
        }
        return at == colon && rest == 0;
    }

    /** One node stands in entry after entry: it is made once per message. */
    static NodeId readNode(WireReader in) throws WireException {
        return in.readRepeated(ValueCodec::readNewNode);
    }

    private static NodeId readNewNode(WireReader in) throws WireException {
        String name = in.readString();
        String host = in.readString();
        int port = in.readVarInt();
        return new NodeId(name.isEmpty() ? host + ":" + port : name, host, port, in.readVarLong());
    }

    static void writeTerm(WireWriter out, Term term) {
        out.writeFixedLong(term.clusterId());
        out.writeVarLong(term.number());
        writeNode(out, term.node());
    }

    static Term readTerm(WireReader in) throws WireException {
        return new Term(in.readFixedLong(), in.readVarLong(), readNode(in));
    }

    static void writeStamp(WireWriter out, Stamp stamp) {
        out.writeVarLong(stamp.number());
        out.writeVarLong(stamp.sequence());
    }

    static Stamp readStamp(WireReader in) throws WireException {
        return new Stamp(in.readVarLong(), in.readVarLong());
    }

    static void writeEpoch(WireWriter out, Epoch epoch) {
        out.writeVarLong(epoch.number());
        out.writeVarInt(epoch.sequence());
    }

    static Epoch readEpoch(WireReader in) throws WireException {
        return new Epoch(in.readVarLong(), in.readVarInt());
    }

    static void writeShard(WireWriter out, ShardKey shard) {
        out.writeString(shard.type());
        out.writeVarInt(shard.shard());
    }

    static ShardKey readShard(WireReader in) throws WireException {
        return new ShardKey(in.readRepeatedString(), in.readVarInt());
    }

    static void writeShards(WireWriter out, List<ShardKey> shards) {
        out.writeList(shards, MAX_SHARDS, ValueCodec::writeShard);
    }

    static List<ShardKey> readShards(WireReader in) throws WireException {
        return in.readList(MAX_SHARDS, ValueCodec::readShard);
    }

    static void writeShardEpoch(WireWriter out, ShardEpoch shard) {
        writeShard(out, shard.shard());
        writeEpoch(out, shard.epoch());
    }

    static ShardEpoch readShardEpoch(WireReader in) throws WireException {
        return new ShardEpoch(readShard(in), readEpoch(in));
    }

    static void writeShardEpochs(WireWriter out, List<ShardEpoch> shards) {
        out.writeList(shards, MAX_SHARDS, ValueCodec::writeShardEpoch);
    }

    static List<ShardEpoch> readShardEpochs(WireReader in) throws WireException {
        return in.readList(MAX_SHARDS, ValueCodec::readShardEpoch);
    }

    static void writeMove(WireWriter out, ShardMove move) {
        writeShardEpoch(out, move.from());
        writeNode(out, move.target());
        writeEpoch(out, move.next());
    }

    static ShardMove readMove(WireReader in) throws WireException {
        return new ShardMove(readShardEpoch(in), readNode(in), readEpoch(in));
    }

    static void writeSeeds(WireWriter out, List<String> seeds) {
        out.writeList(seeds, MAX_SEEDS, WireWriter::writeString);
    }

    static List<String> readSeeds(WireReader in) throws WireException {
        return in.readList(MAX_SEEDS, WireReader::readString);
    }

    static void writeDeclaration(WireWriter out, Declaration declaration) {
        out.writeList(declaration.roles(), MAX_ROLES, WireWriter::writeString);
        out.writeString(declaration.zone());
        out.writeSignedInt(declaration.weight());
        out.writeString(declaration.version());
        writeTypes(out, declaration.hosts());
        writeTypes(out, declaration.routes());
    }

    static Declaration readDeclaration(WireReader in) throws WireException {
        return new Declaration(
                in.readStrings(MAX_ROLES),
                in.readString(),
                in.readSignedInt(),
                in.readString(),
                in.readNumbers(MAX_TYPES),
                in.readNumbers(MAX_TYPES));
    }

    static void writeMember(WireWriter out, Member member) {
        writeNode(out, member.id());
        out.writeList(member.roles(), MAX_ROLES, WireWriter::writeString);
        out.writeString(member.zone());
        out.writeVarInt(member.weight());
        out.writeString(member.version());
        writeTypes(out, member.hosts());
        WireTags.MEMBER_STATUS.write(out, member.status());
        out.writeVarLong(member.age());
    }

    static Member readMember(WireReader in) throws WireException {
        return new Member(
                readNode(in),
                in.readStrings(MAX_ROLES),
                in.readString(),
                in.readVarInt(),
                in.readString(),
                in.readNumbers(MAX_TYPES),
                WireTags.MEMBER_STATUS.read(in),
                in.readVarLong());
    }

    static void writeBytes(WireWriter out, Bytes bytes) {
        out.writeBytes(bytes.array());
    }

    static Bytes readBytes(WireReader in) throws WireException {
        return new Bytes(in.readBytes());
    }

    private static void writeTypes(WireWriter out, SortedMap<String, Integer> types) {
        out.writeList(types.entrySet(), MAX_TYPES, (to, type) -> {
            to.writeString(type.getKey());
            to.writeSignedInt(type.getValue());
        });
    }
}
