package io.shardhold.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.Bytes;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.DataMessage;
import io.shardhold.internal.protocol.Envelope;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.RegionMessage;
import io.shardhold.internal.protocol.SeatMessage;
import io.shardhold.internal.protocol.ShardEpoch;
import io.shardhold.internal.protocol.ShardKey;
import io.shardhold.internal.protocol.Term;
import io.shardhold.internal.wire.WireException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class WireCodecTest {
    private static final long SEED = Long.getLong("shardhold.seed", System.nanoTime());
    private static final NodeId NODE = new NodeId("n1", "10.0.0.1", 7350, 1000);
    private static final Term TERM = new Term(0x0102030405060708L, 1_700_000_000L, NODE);
    private static final ShardKey SHARD = new ShardKey("cart", 200);

    private final WireCodec codec = new WireCodec();
    private final RandomMessages messages = new RandomMessages(SEED);

    @Test
    void everyMessageTypeHasARandomMaker() {
        Set<Class<?>> leaves = new LinkedHashSet<>();
        collectLeaves(ControlMessage.class, leaves);
        collectLeaves(DataMessage.class, leaves);
        assertThat(leaves).hasSizeGreaterThan(40);
        assertThat(messages.makers().keySet()).containsExactlyInAnyOrderElementsOf(leaves);
    }

    @Test
    void everyMessageComesBackAsItWas() throws WireException {
        for (Supplier<Object> maker : messages.makers().values()) {
            for (int i = 0; i < 200; i++) {
                Object message = maker.get();
                byte[] bytes = encode(message);
                Object back = decode(message, bytes);
                assertThat(encode(back)).as("seed %d, %s", SEED, message).isEqualTo(bytes);
                if (!(message instanceof Envelope) && !(message instanceof DataMessage.Bounce)) {
                    assertThat(back).as("seed %d", SEED).isEqualTo(message);
                }
            }
        }
    }

    @Test
    void envelopeTravelsWithItsPayloadOnly() throws WireException {
        Envelope sent = new Envelope(SHARD, "c-1", 5, -9, "the object", new byte[] {1, 2, 3});
        Envelope back = (Envelope) codec.decodeData(codec.encode(sent));
        assertThat(back.message()).isNull();
        assertThat(back.payload()).containsExactly(1, 2, 3);
        assertThat(back.shard()).isEqualTo(SHARD);
        assertThat(back.entityId()).isEqualTo("c-1");
        assertThat(back.sequence()).isEqualTo(5);
        assertThat(back.askId()).isEqualTo(-9);
    }

    @Test
    void envelopeWithoutPayloadIsABugOfTheCaller() {
        Envelope envelope = new Envelope(SHARD, "c-1", 5, 0, "the object", null);
        assertThatIllegalStateException().isThrownBy(() -> codec.encode(envelope));
        assertThatIllegalStateException().isThrownBy(() -> codec.check(envelope, 1000));
        assertThatIllegalStateException().isThrownBy(() -> codec.encode(new DataMessage.Bounce(envelope)));
    }

    @Test
    void messagesThatFitNoFrameAreRefusedAtTheCaller() {
        Envelope large = new Envelope(SHARD, "c-1", 5, 0, null, new byte[5000]);
        codec.check(large, 6000);
        assertThatIllegalArgumentException().isThrownBy(() -> codec.check(large, 5000));
        DataMessage reply = new DataMessage.Reply(1, new Bytes(new byte[5000]));
        assertThatIllegalArgumentException().isThrownBy(() -> codec.check(reply, 5000));
        Envelope longId = new Envelope(SHARD, "é".repeat(9000), 5, 0, null, new byte[1]);
        assertThatIllegalArgumentException().isThrownBy(() -> codec.check(longId, 1 << 20));
        assertThatIllegalArgumentException().isThrownBy(() -> codec.encode(longId));
    }

    @Test
    void checkIsAnUpperBoundOfWhatEncodingTakes() {
        for (Class<?> type : List.of(Envelope.class, DataMessage.Bounce.class, DataMessage.Reply.class)) {
            for (int i = 0; i < 300; i++) {
                DataMessage message = (DataMessage) maker(type).get();
                int size = codec.encode(message).length;
                assertThatIllegalArgumentException()
                        .as("seed %d", SEED)
                        .isThrownBy(() -> codec.check(message, size - 1));
            }
        }
    }

    @Test
    void goldenBytes() {
        assertGolden(
                new Envelope(SHARD, "c-42", 300, 0, null, new byte[] {(byte) 0xca, (byte) 0xfe}),
                "01 04 63617274 c801 04 632d3432 ac02 00 02 cafe");
        assertGolden(new DataMessage.Marker(SHARD, 7), "05 04 63617274 c801 07");
        assertGolden(
                new SeatMessage.Probe(0x0102030405060708L, 9, true, true, 1_700_000_000L),
                "28 0102030405060708 09 01 01 80e2cfaa06");
        assertGolden(
                new RegionMessage.HostShards(TERM, List.of(new ShardEpoch(SHARD, new Epoch(1_700_000_000L, 3)))),
                "70 0102030405060708 80e2cfaa06 02 6e31 08 31302e302e302e31 b639 e807"
                        + " 01 04 63617274 c801 80e2cfaa06 03");
    }

    @Test
    void everyTruncationIsRecognised() throws WireException {
        for (Supplier<Object> maker : messages.makers().values()) {
            for (int i = 0; i < 5; i++) {
                Object message = maker.get();
                byte[] bytes = encode(message);
                for (int length = 0; length < bytes.length; length++) {
                    byte[] shorter = Arrays.copyOf(bytes, length);
                    assertThatExceptionOfType(WireException.class)
                            .as("seed %d, %s cut to %d", SEED, message, length)
                            .isThrownBy(() -> decode(message, shorter));
                }
            }
        }
    }

    @Test
    void mutationsGiveAMessageOrAWireException() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (Supplier<Object> maker : messages.makers().values()) {
            for (int i = 0; i < 500; i++) {
                Object message = maker.get();
                byte[] bytes = mutate(encode(message), random);
                try {
                    decode(message, bytes);
                } catch (WireException e) {
                    assertThat(e.reason()).isNotNull();
                } catch (RuntimeException e) {
                    throw new AssertionError(
                            "seed " + SEED + ": " + HexFormat.of().formatHex(bytes), e);
                }
            }
        }
    }

    @Test
    void unknownTagsAreNamed() {
        for (int tag : new int[] {0, 7, 9, 18, 29, 47, 77, 103, 118, 127, 200, 255}) {
            byte[] bytes = {(byte) tag};
            assertReason(() -> codec.decodeControl(bytes), Reason.UNKNOWN_TAG);
            assertReason(() -> codec.decodeData(bytes), Reason.UNKNOWN_TAG);
        }
        assertReason(() -> codec.decodeData(codec.encode(new SeatMessage.Goodbye(1))), Reason.UNKNOWN_TAG);
    }

    @Test
    void trailingBytesAreRefused() {
        byte[] control = codec.encode(new SeatMessage.Goodbye(1));
        assertReason(() -> codec.decodeControl(Arrays.copyOf(control, control.length + 1)), Reason.TRAILING_BYTES);
        byte[] data = codec.encode(new DataMessage.Marker(SHARD, 1));
        assertReason(() -> codec.decodeData(Arrays.copyOf(data, data.length + 1)), Reason.TRAILING_BYTES);
    }

    @Test
    void valuesThatTheirRecordRefusesAreBadValues() {
        byte[] bytes = codec.encode(new DataMessage.Marker(SHARD, 7));
        bytes[bytes.length - 3] = (byte) 0xff;
        bytes[bytes.length - 2] = (byte) 0xff;
        byte[] hugeShard = Arrays.copyOf(bytes, bytes.length + 3);
        hugeShard[bytes.length - 1] = (byte) 0xff;
        hugeShard[bytes.length] = 0x01;
        hugeShard[bytes.length + 1] = 7;
        assertReason(() -> codec.decodeData(Arrays.copyOf(hugeShard, bytes.length + 2)), Reason.BAD_VALUE);
    }

    @Test
    void numbersAtTheirEdgesComeBack() throws WireException {
        WireWriter out = new WireWriter();
        long[] longs = {0, 1, 127, 128, Long.MAX_VALUE, Long.MIN_VALUE, -1};
        int[] ints = {0, 1, -1, 63, 64, -64, -65, Integer.MAX_VALUE, Integer.MIN_VALUE};
        for (long value : longs) {
            out.writeVarLong(value);
            out.writeFixedLong(value);
        }
        for (int value : ints) {
            out.writeSignedInt(value);
        }
        WireReader in = new WireReader(out.array(), 0, out.size());
        for (long value : longs) {
            assertThat(in.readVarLong()).isEqualTo(value);
            assertThat(in.readFixedLong()).isEqualTo(value);
        }
        for (int value : ints) {
            assertThat(in.readSignedInt()).isEqualTo(value);
        }
        in.expectEnd();
    }

    @Test
    void lengthsAreCheckedBeforeAnythingIsAllocated() {
        WireWriter out = new WireWriter();
        out.writeVarLong(Integer.MAX_VALUE - 8L);
        byte[] bytes = out.toByteArray();
        assertReason(() -> new WireReader(bytes).readBytes(), Reason.TRUNCATED);
        assertReason(() -> new WireReader(bytes).readString(), Reason.TOO_LONG);
        assertReason(() -> new WireReader(bytes).readList(100, WireReader::readString), Reason.TOO_LONG);
        assertReason(
                () -> new WireReader(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, 1}).readBytes(), Reason.TOO_LONG);
        assertReason(() -> new WireReader(new byte[] {2, (byte) 0xc0, (byte) 0x80}).readString(), Reason.BAD_VALUE);
        assertReason(() -> FrameKind.checkLength(-1, 100), Reason.BAD_VALUE);
        assertReason(() -> FrameKind.checkLength(4, 100), Reason.BAD_VALUE);
        assertReason(() -> FrameKind.checkLength(101, 100), Reason.TOO_LONG);
    }

    @Test
    void everyCollectionIsRefusedWhenItClaimsMoreThanTheMessageHolds() {
        for (Supplier<Object> maker : messages.makers().values()) {
            Object message = maker.get();
            byte[] bytes = encode(message);
            for (int at = 1; at < bytes.length; at++) {
                byte[] claimed = Arrays.copyOf(bytes, at + 5);
                Arrays.fill(claimed, at, at + 4, (byte) 0xff);
                claimed[at + 4] = 0x07;
                assertThatExceptionOfType(WireException.class)
                        .as("seed %d, %s from %d", SEED, message, at)
                        .isThrownBy(() -> decodeOrSkip(message, claimed));
            }
        }
    }

    @Test
    void tagsAreThoseOfTheListing() throws IOException {
        assertThat(listing())
                .as("wire-tags.txt: add lines for what is new, never change one")
                .isEqualTo(checkedIn());
    }

    private List<String> listing() {
        Map<Integer, String> byTag = new TreeMap<>();
        messages.makers().forEach((type, maker) -> {
            int tag = encode(maker.get())[0] & 0xff;
            String plane = DataMessage.class.isAssignableFrom(type) ? "data" : "control";
            assertThat(byTag.put(tag, plane + " " + tag + " " + type.getSimpleName()))
                    .as("tag %d twice", tag)
                    .isNull();
        });
        List<String> lines = new ArrayList<>(byTag.values());
        WireTags.ENUMS.forEach(tags -> lines.addAll(tags.listing()));
        return lines;
    }

    private static List<String> checkedIn() throws IOException {
        try (InputStream in = Objects.requireNonNull(WireCodecTest.class.getResourceAsStream("/wire-tags.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        }
    }

    private static byte[] mutate(byte[] bytes, SplittableRandom random) {
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            bytes[random.nextInt(bytes.length)] = (byte) (random.nextBoolean() ? random.nextInt() : 0xff);
        }
        return random.nextInt(4) == 0 ? Arrays.copyOf(bytes, bytes.length + random.nextInt(8)) : bytes;
    }

    private static void collectLeaves(Class<?> type, Set<Class<?>> leaves) {
        if (!type.isSealed()) {
            leaves.add(type);
            return;
        }
        for (Class<?> permitted : type.getPermittedSubclasses()) {
            collectLeaves(permitted, leaves);
        }
    }

    private Supplier<Object> maker(Class<?> type) {
        return Objects.requireNonNull(messages.makers().get(type));
    }

    private byte[] encode(Object message) {
        return message instanceof ControlMessage control ? codec.encode(control) : codec.encode((DataMessage) message);
    }

    private Object decode(Object like, byte[] bytes) throws WireException {
        return like instanceof ControlMessage ? codec.decodeControl(bytes) : codec.decodeData(bytes);
    }

    /** Where the claim happens to be a number at the end of a valid message, there is nothing to refuse. */
    private void decodeOrSkip(Object like, byte[] bytes) throws WireException {
        assertThat(decode(like, bytes)).isNotNull();
        throw new WireException(Reason.BAD_VALUE, "valid after all");
    }

    private void assertGolden(Object message, String hex) {
        assertThat(HexFormat.of().formatHex(encode(message))).isEqualTo(hex.replace(" ", ""));
    }

    private static void assertReason(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, Reason reason) {
        assertThatExceptionOfType(WireException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
    }

    @Test
    void anyByteOfAFrameThatChangesIsSeen() throws WireException {
        byte[] body = {1, 2, 3, 0, -1};
        byte[] frame = ByteBuffer.allocate(body.length + FrameKind.AROUND_BYTES)
                .put((byte) FrameKind.DATA.tag())
                .put(body)
                .putInt(FrameKind.checksum(FrameKind.DATA.tag(), body, 0, body.length))
                .array();
        FrameKind.check(frame, 0, frame.length);
        for (int i = 0; i < frame.length; i++) {
            for (int flip = 1; flip < 256; flip++) {
                byte[] damaged = frame.clone();
                damaged[i] ^= (byte) flip;
                assertReason(() -> FrameKind.check(damaged, 0, damaged.length), Reason.DAMAGED);
            }
        }
    }
}
