package io.shardhold.internal.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.shardhold.cluster.NodeId;
import io.shardhold.config.Limits;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.kernel.Transport.SendResult;
import io.shardhold.internal.wire.FrameKind;
import io.shardhold.internal.wire.Handshake;
import io.shardhold.internal.wire.Handshake.Plane;
import io.shardhold.internal.wire.Handshake.Refusal;
import io.shardhold.internal.wire.WireCodec;
import io.shardhold.internal.wire.WireException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What does not belong here is counted and reported, and harms nobody. */
@Timeout(120)
class RefusalTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final NodeId PEER = new NodeId("p", "10.9.9.9", 7350, 5);

    @Test
    void strangersAreCountedOnceToldAndOthersGoOn() throws IOException {
        byte[] http = "GET / HTTP/1.1\r\nHost: here\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        byte[] garbage = new byte[4000];
        Arrays.fill(garbage, (byte) 0x9c);
        try (TestNode a = new TestNode("a", 1);
                TestNode b = new TestNode("b", 1)) {
            a.sendData(b.id, 1);
            await().atMost(LONG).until(() -> b.listener.dataCount.get() == 1);
            for (byte[] stranger : new byte[][] {http, garbage, http, garbage}) {
                try (Socket socket = connect(b)) {
                    RawPeer.Connection connection = new RawPeer.Connection(PEER, socket);
                    connection.write(stranger);
                    assertThat(connection.isClosedByPeer()).isTrue();
                }
            }
            await().atMost(LONG).until(() -> b.count(Counter.PEERS_REFUSED) == 4);
            assertThat(b.listener.refused).singleElement().satisfies(notice -> {
                assertThat(notice.address()).isEqualTo(TestNode.HOST);
                assertThat(notice.why()).contains("not Shardhold");
            });
            assertOthersGoOn(a, b);
        }
    }

    @Test
    void whoConnectsAndSaysNothingIsClosedAfterAWhile() throws IOException {
        try (TestNode b = new TestNode("b", 1);
                Socket socket = connect(b)) {
            assertThat(new RawPeer.Connection(PEER, socket).isClosedByPeer()).isTrue();
            await().atMost(LONG).until(() -> b.count(Counter.PEERS_REFUSED) == 1);
        }
    }

    @Test
    void badFramesEndTheirConnectionOnly() throws IOException, WireException {
        byte[] oversized = {0x7f, -1, -1, -1, 4};
        byte[] empty = {0, 0, 0, 0};
        byte[] unknownKind = {0, 0, 0, 1, 99};
        byte[] unknownTag = {0, 0, 0, 2, (byte) FrameKind.DATA.tag(), 99};
        byte[] again = {0, 0, 0, 1, (byte) FrameKind.HELLO.tag()};
        byte[] answer = {0, 0, 0, 1, (byte) FrameKind.PONG.tag()};
        try (TestNode a = new TestNode("a", 1);
                TestNode b = new TestNode("b", 1)) {
            a.sendData(b.id, 1);
            await().atMost(LONG).until(() -> b.listener.dataCount.get() == 1);
            int rejected = 0;
            for (byte[] bad : new byte[][] {oversized, empty, unknownKind, unknownTag, again, answer}) {
                try (Socket socket = connect(b)) {
                    RawPeer.Connection connection = new RawPeer.Connection(PEER, socket);
                    assertThat(connection.greet(TestNode.hello(b, PEER, Plane.DATA, "shop", 1)))
                            .isInstanceOf(Handshake.Accepted.class);
                    connection.write(bad);
                    assertThat(connection.isClosedByPeer()).isTrue();
                }
                int expected = ++rejected;
                await().atMost(LONG).until(() -> b.count(Counter.FRAMES_REJECTED) == expected);
            }
            assertThat(b.listener.refused)
                    .allSatisfy(notice -> assertThat(notice.address()).isEqualTo(PEER.address()));
            assertOthersGoOn(a, b);
        }
    }

    @Test
    void controlMessageOnADataConnectionIsRejected() throws IOException, WireException {
        try (TestNode b = new TestNode("b", 1);
                Socket socket = connect(b)) {
            RawPeer.Connection connection = new RawPeer.Connection(PEER, socket);
            connection.greet(TestNode.hello(b, PEER, Plane.DATA, "shop", 1));
            connection.writeFrame(FrameKind.CONTROL, new WireCodec().encode(TestNode.probe(1)));
            assertThat(connection.isClosedByPeer()).isTrue();
            await().atMost(LONG).until(() -> b.count(Counter.FRAMES_REJECTED) == 1);
            assertThat(b.listener.control).isEmpty();
        }
    }

    @Test
    void messageBeforeTheHandshakeIsRejected() throws IOException {
        try (TestNode b = new TestNode("b", 1);
                Socket socket = connect(b)) {
            RawPeer.Connection connection = new RawPeer.Connection(PEER, socket);
            connection.writeFrame(FrameKind.DATA, new WireCodec().encode(TestNode.envelope(1, 10)));
            assertThat(connection.isClosedByPeer()).isTrue();
            await().atMost(LONG).until(() -> b.count(Counter.PEERS_REFUSED) == 1);
            assertThat(b.listener.data).isEmpty();
        }
    }

    @Test
    void connectionThatEndsInsideOfAFrameIsCounted() throws IOException, WireException {
        try (TestNode b = new TestNode("b", 1)) {
            try (Socket socket = connect(b)) {
                RawPeer.Connection connection = new RawPeer.Connection(PEER, socket);
                connection.greet(TestNode.hello(b, PEER, Plane.DATA, "shop", 1));
                connection.writeFrame(FrameKind.DATA, new WireCodec().encode(TestNode.envelope(1, 10)));
                connection.write(new byte[] {0, 0, 1, 0, (byte) FrameKind.DATA.tag(), 1, 2});
            }
            await().atMost(LONG).until(() -> b.count(Counter.FRAMES_REJECTED) == 1);
            assertThat(b.listener.dataCount).hasValue(1);
            assertThat(b.listener.refused)
                    .singleElement()
                    .satisfies(notice -> assertThat(notice.why()).contains("inside of a frame"));
        }
    }

    @Test
    void whoChecksThePortAndGoesIsNobodysBusiness() throws IOException {
        try (TestNode a = new TestNode("a", 1);
                TestNode b = new TestNode("b", 1)) {
            for (int i = 0; i < 5; i++) {
                connect(b).close();
            }
            assertOthersGoOn(a, b);
            assertThat(b.listener.refused).isEmpty();
            assertThat(b.count(Counter.PEERS_REFUSED) + b.count(Counter.FRAMES_REJECTED))
                    .isZero();
        }
    }

    @Test
    void otherClusterNameIsRefusedAtBothEndsNamingBoth() {
        try (TestNode a = new TestNode("a", 1);
                TestNode b = new TestNode("b", 1, 0, s -> TestNode.settings(0, "bank", Limits.DEFAULT))) {
            assertRefusedAtBothEnds(a, b, "\"shop\"", "\"bank\"");
        }
    }

    @Test
    void otherTimingsAreRefusedAtBothEndsNamingBoth() {
        try (TestNode a = new TestNode("a", 1);
                TestNode b = new TestNode(
                        "b",
                        1,
                        0,
                        s -> TestNode.settings(0, "shop", Limits.DEFAULT, 8, "consent 9 s", Duration.ofSeconds(3)))) {
            assertRefusedAtBothEnds(a, b, "consent 2 s", "consent 9 s");
        }
    }

    @Test
    void otherProtocolIsRefusedNamingBoth() throws IOException, WireException {
        try (TestNode b = new TestNode("b", 1);
                Socket socket = connect(b)) {
            Handshake.HelloReply reply =
                    new RawPeer.Connection(PEER, socket).greet(TestNode.hello(b, PEER, Plane.DATA, "shop", 9));
            assertThat(reply).isInstanceOfSatisfying(Handshake.Refused.class, refused -> {
                assertThat(refused.refusal()).isEqualTo(Refusal.PROTOCOL);
                assertThat(refused.text()).contains("version 9").contains("answers 1");
            });
            assertThat(b.count(Counter.PEERS_REFUSED)).isEqualTo(1);
        }
    }

    @Test
    void laterIncarnationReplacesAnEarlierOneWhichIsRefusedFromThenOn() throws IOException, WireException {
        NodeId later = new NodeId(PEER.name(), PEER.host(), PEER.port(), PEER.incarnation() + 1);
        try (TestNode b = new TestNode("b", 1);
                Socket first = connect(b);
                Socket second = connect(b);
                Socket third = connect(b)) {
            RawPeer.Connection old = new RawPeer.Connection(PEER, first);
            assertThat(old.greet(TestNode.hello(b, PEER, Plane.CONTROL, "shop", 1)))
                    .isInstanceOf(Handshake.Accepted.class);
            assertThat(new RawPeer.Connection(later, second).greet(TestNode.hello(b, later, Plane.DATA, "shop", 1)))
                    .isInstanceOf(Handshake.Accepted.class);
            assertThat(old.isClosedByPeer()).isTrue();
            assertThat(new RawPeer.Connection(PEER, third).greet(TestNode.hello(b, PEER, Plane.DATA, "shop", 1)))
                    .isInstanceOfSatisfying(Handshake.Refused.class, refused -> {
                        assertThat(refused.refusal()).isEqualTo(Refusal.STALE);
                        assertThat(refused.newest()).isEqualTo(later.incarnation());
                    });
        }
    }

    @Test
    void whatAnswersAndIsNotShardholdIsUnreachable() throws IOException {
        try (TestNode a = new TestNode("a", 1);
                RawPeer http = new RawPeer(connection -> {
                    connection.write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    connection.isClosedByPeer();
                })) {
            a.transport.sendToAddress(http.id.address(), TestNode.probe(1));
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(a.listener.unreachable)
                            .singleElement()
                            .satisfies(notice -> assertThat(notice.why()).contains("not Shardhold")));
            assertThat(a.count(Counter.CONTROL_DROPPED)).isEqualTo(1);
        }
    }

    private static void assertRefusedAtBothEnds(TestNode a, TestNode b, String first, String second) {
        // Data first: once the other connection is refused, there may be no link for it any more.
        assertThat(a.sendData(b.id, 1)).isEqualTo(SendResult.QUEUED);
        a.transport.sendToAddress(b.id.address(), TestNode.probe(1));
        await().atMost(LONG).untilAsserted(() -> {
            assertThat(a.listener.unreachable)
                    .singleElement()
                    .satisfies(notice -> assertThat(notice.why()).contains(first, second));
            assertThat(b.listener.refused).singleElement().satisfies(notice -> {
                assertThat(notice.address()).isEqualTo(a.id.address());
                assertThat(notice.why()).contains(first, second);
            });
            assertThat(a.listener.losses)
                    .singleElement()
                    .satisfies(loss -> assertThat(loss.unsent()).hasSize(1));
        });
        assertThat(b.count(Counter.PEERS_REFUSED)).isEqualTo(2);
        assertThat(b.listener.data).isEmpty();
    }

    private static void assertOthersGoOn(TestNode a, TestNode b) {
        long before = b.listener.dataCount.get();
        assertThat(a.sendData(b.id, 2)).isEqualTo(SendResult.QUEUED);
        await().atMost(LONG).until(() -> b.listener.dataCount.get() == before + 1);
        assertThat(a.listener.losses).isEmpty();
    }

    private static Socket connect(TestNode node) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), node.id.port());
    }
}
