package io.shardhold.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.wire.Handshake.Accepted;
import io.shardhold.internal.wire.Handshake.Hello;
import io.shardhold.internal.wire.Handshake.HelloReply;
import io.shardhold.internal.wire.Handshake.Plane;
import io.shardhold.internal.wire.Handshake.Refusal;
import io.shardhold.internal.wire.Handshake.Refused;
import io.shardhold.internal.wire.WireException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class HandshakeTest {
    private static final long SEED = Long.getLong("shardhold.seed", System.nanoTime());
    private static final NodeId SELF = new NodeId("10.0.0.1:7350", "10.0.0.1", 7350, 1000);

    @Test
    void helloComesBackAsItWas() throws WireException {
        Hello hello = hello(Handshake.PROTOCOL_MAJOR, Handshake.PROTOCOL_MINOR);
        assertThat(Handshake.decodeHello(new WireReader(Handshake.encode(hello))))
                .isEqualTo(hello);
    }

    @Test
    void repliesComeBackAsTheyWere() throws WireException {
        for (Refusal refusal : Refusal.values()) {
            HelloReply reply = new Refused(refusal, "here is \"shop\", there \"shøp\"");
            assertThat(Handshake.decodeReply(new WireReader(Handshake.encode(reply))))
                    .isEqualTo(reply);
        }
        HelloReply accepted = new Accepted(SELF, -5);
        assertThat(Handshake.decodeReply(new WireReader(Handshake.encode(accepted))))
                .isEqualTo(accepted);
    }

    @Test
    void goldenBytes() {
        assertThat(HexFormat.of().formatHex(Handshake.encode(hello(1, 0))))
                .isEqualTo(("53484c44 0001 0000 04 73686f70 0000000000000007"
                                + " 00 08 31302e302e302e31 b639 e807 02 0d 31302e302e302e323a37333530 63"
                                + " 02 01 61 01 62 02 7a31 03 312e30 00000000deadbeef 0a 636f6e73656e742032 73")
                        .replace(" ", ""));
        assertThat(HexFormat.of().formatHex(Handshake.encode(new Refused(Refusal.STALE, "old"))))
                .isEqualTo("53484c44000100000206036f6c6400");
        assertThat(HexFormat.of().formatHex(Handshake.encode(new Accepted(SELF, 7))))
                .isEqualTo("53484c4400010000010008" + "31302e302e302e31" + "b639e807" + "0000000000000007");
    }

    @Test
    void strangersAndOtherVersionsAreRecognised() {
        byte[] http = "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        assertThat(Handshake.majorOf(http, 0, http.length)).isEqualTo(-1);
        assertThat(Handshake.majorOf(new byte[3], 0, 3)).isEqualTo(-1);
        byte[] other = Handshake.encode(hello(2, 0));
        assertThat(Handshake.majorOf(other, 0, other.length)).isEqualTo(2);
        assertReason(http, Reason.BAD_VALUE);
        assertReason(other, Reason.BAD_VALUE);
    }

    @Test
    void fieldsThatAHigherMinorVersionAppendsAreSkipped() throws WireException {
        byte[] higher = Handshake.encode(hello(1, 1));
        byte[] longer = Arrays.copyOf(higher, higher.length + 3);
        assertThat(Handshake.decodeHello(new WireReader(longer))).isEqualTo(hello(1, 1));
        byte[] same = Handshake.encode(hello(1, 0));
        assertReason(Arrays.copyOf(same, same.length + 3), Reason.TRAILING_BYTES);
    }

    @Test
    void reasonsOfALaterVersionAreReadAsOther() throws WireException {
        byte[] bytes = Handshake.encode(new Refused(Refusal.STALE, "old"));
        bytes[Handshake.PREFIX_BYTES + 1] = 99;
        assertThat(Handshake.decodeReply(new WireReader(bytes))).isEqualTo(new Refused(Refusal.OTHER, "old"));
    }

    @Test
    void truncatedOrMutatedHandshakesGiveAWireExceptionOrAHandshake() {
        SplittableRandom random = new SplittableRandom(SEED);
        byte[] hello = Handshake.encode(hello(1, 0));
        for (int length = 0; length < hello.length; length++) {
            byte[] shorter = Arrays.copyOf(hello, length);
            assertThatExceptionOfType(WireException.class)
                    .isThrownBy(() -> Handshake.decodeHello(new WireReader(shorter)));
        }
        for (int i = 0; i < 20_000; i++) {
            byte[] mutated = hello.clone();
            mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
            mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
            try {
                assertThat(Handshake.decodeHello(new WireReader(mutated)).self())
                        .isNotNull();
            } catch (WireException e) {
                assertThat(e.reason()).as("seed %d", SEED).isNotNull();
            }
        }
    }

    @Test
    void handshakeThatIsTooLongIsRefusedAtTheCaller() {
        TreeSet<String> roles = new TreeSet<>();
        for (int i = 0; i < 200; i++) {
            roles.add(i + "r".repeat(1000));
        }
        Hello hello = new Hello(1, 0, "shop", 7, SELF, Plane.DATA, "a:1", 0, roles, "", "", 0, "");
        assertThatIllegalArgumentException().isThrownBy(() -> Handshake.encode(hello));
    }

    private static void assertReason(byte[] bytes, Reason reason) {
        assertThatExceptionOfType(WireException.class)
                .isThrownBy(() -> Handshake.decodeHello(new WireReader(bytes)))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
    }

    private static Hello hello(int major, int minor) {
        return new Hello(
                major,
                minor,
                "shop",
                7,
                SELF,
                Plane.DATA,
                "10.0.0.2:7350",
                99,
                new TreeSet<>(List.of("b", "a")),
                "z1",
                "1.0",
                0xdeadbeefL,
                "consent 2s");
    }
}
