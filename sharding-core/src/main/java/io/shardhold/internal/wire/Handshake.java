package io.shardhold.internal.wire;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.wire.WireException.Reason;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The first frame of each direction of a connection.
 *
 * <p>Both begin with four magic bytes, the major and the minor version of the protocol (two bytes each, highest first):
 * this never changes, so strangers and other versions recognise each other. The rest may change with the major version;
 * a higher minor version may append fields, which a lower one skips.
 *
 * <pre>
 * Hello       magic major minor clusterName clusterId:8 self plane wantedAddress wantedIncarnation roles zone version
 *             settingsDigest:8 timings
 * HelloReply  magic major minor 1 self clusterId:8
 *             magic major minor 2 refusal text
 * </pre>
 */
public final class Handshake {
    /** What each handshake begins with: "SHLD". */
    public static final int MAGIC = 0x53484c44;

    /** Bytes that the magic and both versions take up. */
    public static final int PREFIX_BYTES = 8;

    /** Longest hello or reply. */
    public static final int LONGEST_BYTES = 128 * 1024;

    public static final int PROTOCOL_MAJOR = 1;
    public static final int PROTOCOL_MINOR = 0;

    private static final int MAX_ROLES = 256;

    private Handshake() {}

    /** What a connection is for. */
    public enum Plane {
        CONTROL,
        DATA
    }

    /** Why a peer is refused. */
    public enum Refusal {
        /** For a reason that this version does not know. */
        OTHER,
        /** Another major version of the protocol. */
        PROTOCOL,
        /** Another cluster name. */
        CLUSTER_NAME,
        /** Settings differ that all nodes must agree on. */
        SETTINGS,
        /** Somebody else than the wanted node answers here. */
        NOT_WANTED,
        /** A later incarnation has been seen at the sender's address. */
        STALE,
        /** The sender has the address of the node that answers. */
        SELF,
        /** The node is starting or closing. */
        NOT_STARTED,
        /** The node has as many connections as it may. */
        TOO_MANY
    }

    /**
     * What the node that opens a connection says.
     *
     * @param clusterId the cluster that it belongs to, 0 if none
     * @param wantedAddress the {@code host:port} that it meant to reach
     * @param wantedIncarnation the incarnation that it meant to reach, 0 for any
     * @param settingsDigest digest of settings that all nodes must agree on
     * @param timings the same settings for people
     */
    public record Hello(
            int protocolMajor,
            int protocolMinor,
            String clusterName,
            long clusterId,
            NodeId self,
            Plane plane,
            String wantedAddress,
            long wantedIncarnation,
            SortedSet<String> roles,
            String zone,
            String version,
            long settingsDigest,
            String timings) {
        public Hello {
            roles = Collections.unmodifiableSortedSet(new TreeSet<>(roles));
        }
    }

    /** What the other node answers. */
    public sealed interface HelloReply {}

    /** The connection is welcome. */
    public record Accepted(NodeId self, long clusterId) implements HelloReply {}

    /**
     * It is not; the text names values and remedy.
     *
     * @param newest highest incarnation seen at the peer's address if the peer is outdated, else 0
     */
    public record Refused(Refusal refusal, String text, long newest) implements HelloReply {
        /** A refusal for another reason than being outdated. */
        public Refused(Refusal refusal, String text) {
            this(refusal, text, 0);
        }
    }

    /** Whether the bytes begin as a handshake does; -1 if not, else the major version. */
    public static int majorOf(byte[] array, int offset, int length) {
        if (length < PREFIX_BYTES) {
            return -1;
        }
        WireReader in = new WireReader(array, offset, length);
        try {
            return readMagic(in) == MAGIC ? in.readShort() : -1;
        } catch (WireException e) {
            return -1;
        }
    }

    public static byte[] encode(Hello hello) {
        WireWriter out = new WireWriter();
        writePrefix(out, hello.protocolMajor(), hello.protocolMinor());
        out.writeString(hello.clusterName());
        out.writeFixedLong(hello.clusterId());
        ValueCodec.writeNode(out, hello.self());
        WireTags.PLANE.write(out, hello.plane());
        out.writeString(hello.wantedAddress());
        out.writeVarLong(hello.wantedIncarnation());
        out.writeList(hello.roles(), MAX_ROLES, WireWriter::writeString);
        out.writeString(hello.zone());
        out.writeString(hello.version());
        out.writeFixedLong(hello.settingsDigest());
        out.writeText(hello.timings());
        return checked(out);
    }

    public static byte[] encode(HelloReply reply) {
        WireWriter out = new WireWriter();
        writePrefix(out, PROTOCOL_MAJOR, PROTOCOL_MINOR);
        if (reply instanceof Accepted accepted) {
            out.writeByte(WireTags.HELLO_ACCEPTED);
            ValueCodec.writeNode(out, accepted.self());
            out.writeFixedLong(accepted.clusterId());
        } else if (reply instanceof Refused refused) {
            out.writeByte(WireTags.HELLO_REFUSED);
            WireTags.REFUSAL.write(out, refused.refusal());
            out.writeText(refused.text());
            out.writeVarLong(refused.newest());
        }
        return checked(out);
    }

    /** Decodes a hello of this major version; another one is a bad value. */
    public static Hello decodeHello(WireReader in) throws WireException {
        try {
            int minor = readPrefix(in);
            Hello hello = new Hello(
                    PROTOCOL_MAJOR,
                    minor,
                    in.readString(),
                    in.readFixedLong(),
                    ValueCodec.readNode(in),
                    WireTags.PLANE.read(in),
                    in.readString(),
                    in.readVarLong(),
                    in.readStrings(MAX_ROLES),
                    in.readString(),
                    in.readString(),
                    in.readFixedLong(),
                    in.readString());
            expectEnd(in, minor);
            return hello;
        } catch (IllegalArgumentException e) {
            throw new WireException(Reason.BAD_VALUE, "hello: " + e.getMessage());
        }
    }

    /** Decodes a reply of this major version. */
    public static HelloReply decodeReply(WireReader in) throws WireException {
        try {
            int minor = readPrefix(in);
            HelloReply reply = readReply(in);
            expectEnd(in, minor);
            return reply;
        } catch (IllegalArgumentException e) {
            throw new WireException(Reason.BAD_VALUE, "reply: " + e.getMessage());
        }
    }

    private static HelloReply readReply(WireReader in) throws WireException {
        int tag = in.readByte();
        return switch (tag) {
            case WireTags.HELLO_ACCEPTED -> new Accepted(ValueCodec.readNode(in), in.readFixedLong());
            case WireTags.HELLO_REFUSED -> {
                Refusal refusal = WireTags.REFUSAL.find(in.readByte());
                yield new Refused(refusal == null ? Refusal.OTHER : refusal, in.readString(), in.readVarLong());
            }
            default -> throw new WireException(Reason.UNKNOWN_TAG, "reply " + tag);
        };
    }

    private static void writePrefix(WireWriter out, int major, int minor) {
        out.writeShort(MAGIC >>> 16);
        out.writeShort(MAGIC);
        out.writeShort(major);
        out.writeShort(minor);
    }

    private static int readMagic(WireReader in) throws WireException {
        return in.readShort() << 16 | in.readShort();
    }

    private static int readPrefix(WireReader in) throws WireException {
        if (readMagic(in) != MAGIC) {
            throw new WireException(Reason.BAD_VALUE, "not Shardhold");
        }
        int major = in.readShort();
        if (major != PROTOCOL_MAJOR) {
            throw new WireException(Reason.BAD_VALUE, "protocol " + major + ", here " + PROTOCOL_MAJOR);
        }
        return in.readShort();
    }

    private static void expectEnd(WireReader in, int minor) throws WireException {
        if (minor <= PROTOCOL_MINOR) {
            in.expectEnd();
        }
    }

    private static byte[] checked(WireWriter out) {
        if (out.size() > LONGEST_BYTES) {
            throw new IllegalArgumentException(
                    "handshake of " + out.size() + " bytes, at most " + LONGEST_BYTES + ": shorten roles and names");
        }
        return out.toByteArray();
    }
}
