package io.shardhold.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.CoordinatorMessage;
import io.shardhold.internal.protocol.Declaration;
import io.shardhold.internal.protocol.DetectorMessage;
import io.shardhold.internal.protocol.MembershipMessage;
import io.shardhold.internal.protocol.ReplicaMessage;
import io.shardhold.internal.protocol.SeatMessage;
import io.shardhold.internal.protocol.Term;
import io.shardhold.internal.wire.WireException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Numbers that no honest node sends are refused where bytes become messages, not in a machine. A message is encoded with
 * a number that stands out, and its bytes are then replaced by those of another.
 */
final class NumbersOutOfRangeTest {
    private static final long POSITION = 0x7123_4567_89ab_cdefL;
    private static final long NUMBER = 0x5_a5a5_a5a5L;
    private static final int WEIGHT = 937;
    private static final int SHARDS = 12_345;
    private static final Term TERM = new Term(1, 1_700_000_000L, new NodeId("n1", "h", 1, 1));

    private final WireCodec codec = new WireCodec();

    static List<ControlMessage> messagesWithAPosition() {
        return List.of(
                new ReplicaMessage.MapPull(1, 2, POSITION),
                new ReplicaMessage.MapDigest(1, 2, POSITION),
                new SeatMessage.Beat(TERM, 3, POSITION),
                new CoordinatorMessage.Accepted(TERM, POSITION),
                new CoordinatorMessage.ReplicateRefused(TERM, 2, POSITION),
                ack(POSITION, 2));
    }

    static List<ControlMessage> messagesWithATermNumber() {
        return List.of(
                new ReplicaMessage.MapPull(1, NUMBER, 2),
                new ReplicaMessage.MapDigest(1, NUMBER, 2),
                new SeatMessage.Probe(1, 2, true, true, NUMBER),
                new CoordinatorMessage.PromiseRefused(TERM, NUMBER, Optional.empty()),
                new CoordinatorMessage.ReplicateRefused(TERM, NUMBER, 2),
                new CoordinatorMessage.DirectiveRefused(TERM, NUMBER),
                new MembershipMessage.SeekReply(
                        MembershipMessage.Standing.MEMBER, 1, true, Optional.empty(), true, NUMBER, List.of()),
                new CoordinatorMessage.JoinRequest(
                        new Declaration(new TreeSet<>(), "", 100, "", new TreeMap<>(), new TreeMap<>()), NUMBER),
                new MembershipMessage.AgreeRequest(NUMBER, List.of()),
                new MembershipMessage.AgreeRefused(2, NUMBER, List.of()),
                ack(2, NUMBER));
    }

    private static DetectorMessage.ProbeAck ack(long committed, long number) {
        return new DetectorMessage.ProbeAck(
                1, 2, 3, DetectorMessage.Consent.GIVEN, Optional.empty(), Optional.empty(), committed, number);
    }

    static List<ControlMessage> messagesWithADeclaration() {
        SortedMap<String, Integer> hosted = new TreeMap<>();
        hosted.put("hosted", SHARDS);
        SortedMap<String, Integer> routed = new TreeMap<>();
        routed.put("routed", SHARDS + 1);
        Declaration declaration = new Declaration(new TreeSet<>(), "", WEIGHT, "", hosted, routed);
        return List.of(
                new CoordinatorMessage.JoinRequest(declaration, 0), new MembershipMessage.Agreed(7, declaration));
    }

    @ParameterizedTest
    @MethodSource("messagesWithAPosition")
    void negativePositionsAreRefused(ControlMessage message) {
        byte[] position = written(out -> out.writeVarLong(POSITION));
        assertRefused(message, position, written(out -> out.writeVarLong(-1)));
        assertRefused(message, position, written(out -> out.writeVarLong(Long.MIN_VALUE)));
    }

    @ParameterizedTest
    @MethodSource("messagesWithATermNumber")
    void termNumbersThatNoEpochCouldHoldAreRefused(ControlMessage message) {
        byte[] number = written(out -> out.writeVarLong(NUMBER));
        assertRefused(message, number, written(out -> out.writeVarLong(Term.MAX_NUMBER + 1)));
        assertRefused(message, number, written(out -> out.writeVarLong(-1)));
    }

    @ParameterizedTest
    @MethodSource("messagesWithADeclaration")
    void declarationsOutOfRangeAreRefused(ControlMessage message) {
        byte[] weight = written(out -> out.writeSignedInt(WEIGHT));
        assertRefused(message, weight, written(out -> out.writeSignedInt(0)));
        assertRefused(message, weight, written(out -> out.writeSignedInt(1001)));
        for (int shards : List.of(SHARDS, SHARDS + 1)) {
            byte[] declared = written(out -> out.writeSignedInt(shards));
            assertRefused(message, declared, written(out -> out.writeSignedInt(0)));
            assertRefused(message, declared, written(out -> out.writeSignedInt(-1)));
            assertRefused(message, declared, written(out -> out.writeSignedInt(Integer.MAX_VALUE)));
        }
        assertRefused(message, written(out -> out.writeString("hosted")), written(out -> out.writeString("")));
        assertRefused(
                message, written(out -> out.writeString("routed")), written(out -> out.writeString("r".repeat(65))));
    }

    private static byte[] written(Consumer<WireWriter> value) {
        WireWriter out = new WireWriter();
        value.accept(out);
        return out.toByteArray();
    }

    private void assertRefused(ControlMessage message, byte[] good, byte[] bad) {
        byte[] bytes = replace(codec.encode(message), good, bad);
        assertThatExceptionOfType(WireException.class)
                .as("%s with %s for %s", message, Arrays.toString(bad), Arrays.toString(good))
                .isThrownBy(() -> codec.decodeControl(bytes))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.BAD_VALUE));
    }

    private static byte[] replace(byte[] message, byte[] part, byte[] by) {
        String before = latin(message);
        int at = before.indexOf(latin(part));
        assertThat(at).as("place of what is replaced").isNotNegative().isEqualTo(before.lastIndexOf(latin(part)));
        String after = before.substring(0, at) + latin(by) + before.substring(at + part.length);
        return after.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
