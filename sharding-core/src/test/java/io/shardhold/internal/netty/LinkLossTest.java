package io.shardhold.internal.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.shardhold.FreePorts;
import io.shardhold.cluster.NodeId;
import io.shardhold.config.Limits;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.kernel.Transport.SendResult;
import io.shardhold.internal.protocol.DataMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of messages when a link is full, dies or never comes about. */
@Timeout(120)
class LinkLossTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @Test
    void framesWithoutAcknowledgementAreInDoubt() throws IOException {
        try (RawPeer peer = new RawPeer(connection -> {
                    connection.accept();
                    for (int i = 0; i < 10; i++) {
                        connection.readData();
                    }
                    connection.ack(4);
                });
                TestNode a = new TestNode("a", 1)) {
            for (int i = 0; i < 10; i++) {
                a.sendData(peer.id, i);
            }
            await().atMost(LONG).until(() -> a.listener.losses.size() == 1);
            RecordingListener.Loss loss = a.listener.losses.get(0);
            assertThat(loss.peer()).isEqualTo(peer.id);
            assertThat(loss.unsent()).isEmpty();
            assertThat(loss.inDoubt()).isEqualTo(6);
        }
    }

    @Test
    void whatWasNotWrittenComesBackInOrder() throws IOException {
        int messages = 3_000;
        CountDownLatch full = new CountDownLatch(1);
        try (RawPeer peer = new RawPeer(connection -> {
                    connection.accept();
                    awaitQuietly(full);
                    for (int i = 1; i <= 100; i++) {
                        connection.readData();
                        connection.ack(i);
                    }
                    connection.socket.shutdownOutput();
                    connection.isClosedByPeer();
                });
                TestNode a = new TestNode("a", 1)) {
            for (int i = 0; i < messages; i++) {
                assertThat(a.transport.sendData(peer.id, TestNode.envelope(i, 10_000)))
                        .isEqualTo(SendResult.QUEUED);
            }
            full.countDown();
            await().atMost(LONG).until(() -> a.listener.losses.size() == 1);
            RecordingListener.Loss loss = a.listener.losses.get(0);
            int written = 100 + (int) loss.inDoubt();
            assertThat(loss.unsent())
                    .extracting(TestNode::sequenceOf)
                    .containsExactlyElementsOf(
                            LongStream.range(written, messages).boxed().toList());
            assertThat(loss.unsent()).as("30 MB do not fit between two sockets").hasSizeGreaterThan(500);
        }
    }

    @Test
    void acknowledgementOfMoreThanWasSentEndsTheLink() throws IOException {
        try (RawPeer peer = new RawPeer(connection -> {
                    connection.accept();
                    connection.readData();
                    connection.ack(2);
                    connection.isClosedByPeer();
                });
                TestNode a = new TestNode("a", 1)) {
            a.sendData(peer.id, 1);
            await().atMost(LONG).until(() -> a.listener.losses.size() == 1);
            assertThat(a.listener.losses.get(0).inDoubt()).isEqualTo(1);
            assertThat(a.count(Counter.FRAMES_REJECTED)).isEqualTo(1);
        }
    }

    @Test
    void fullLinkRefusesAndLosesNothing() throws IOException {
        CountDownLatch reading = new CountDownLatch(1);
        List<Long> received = new CopyOnWriteArrayList<>();
        Limits limits = TestNode.limits(1 << 20, 1 << 20);
        try (RawPeer peer = new RawPeer(connection -> {
                    connection.accept();
                    awaitQuietly(reading);
                    while (true) {
                        received.add(TestNode.sequenceOf(connection.readData()));
                        connection.ack(received.size());
                    }
                });
                TestNode a = new TestNode(
                        "a",
                        1,
                        0,
                        s -> TestNode.settings(0, "shop", limits, 7, "consent 2 s", Duration.ofSeconds(60)))) {
            int queued = 0;
            SendResult result = SendResult.QUEUED;
            for (int i = 0; result == SendResult.QUEUED && i < 100_000; i++) {
                result = a.transport.sendData(peer.id, TestNode.envelope(queued, 10_000));
                queued += result == SendResult.QUEUED ? 1 : 0;
            }
            assertThat(result).isEqualTo(SendResult.FULL);
            assertThat(a.transport.sendData(peer.id, new DataMessage.Marker(TestNode.SHARD, 1)))
                    .isEqualTo(SendResult.QUEUED);
            a.transport.sendData(peer.id, new DataMessage.MarkerAnswer(TestNode.SHARD, 1));
            reading.countDown();
            int expected = queued;
            await().atMost(LONG).until(() -> received.size() >= expected);
            assertThat(received).hasSize(expected).isSorted();
            assertThat(a.listener.losses).hasSizeLessThan(2);
        }
    }

    @Test
    void halfOpenPeerDelaysNobodyAndIsGivenUp() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                TestNode a = new TestNode("a", 1);
                TestNode b = new TestNode("b", 1)) {
            NodeId halfOpen = new NodeId("h", TestNode.HOST, silent.getLocalPort(), 1);
            assertThat(a.sendData(halfOpen, 1)).isEqualTo(SendResult.QUEUED);
            a.transport.send(halfOpen, TestNode.probe(1));
            a.transport.sendToAddress(halfOpen.address(), TestNode.probe(1));
            a.sendData(b.id, 1);
            a.transport.send(b.id, TestNode.probe(1));
            await().atMost(LONG).until(() -> b.listener.dataCount.get() == 1 && b.listener.control.size() == 1);
            await().atMost(LONG).until(() -> a.listener.losses.size() == 1);
            assertThat(a.listener.losses.get(0).unsent())
                    .extracting(TestNode::sequenceOf)
                    .containsExactly(1L);
            await().atMost(LONG).until(() -> a.count(Counter.CONTROL_DROPPED) == 2);
            assertThat(a.listener.unreachable).singleElement().satisfies(notice -> {
                assertThat(notice.address()).isEqualTo(halfOpen.address());
                assertThat(notice.why()).contains("no answer within 1500 ms");
            });
        }
    }

    @Test
    void silentPeerIsGivenUpWithTheFramesInDoubt() throws IOException {
        CountDownLatch over = new CountDownLatch(1);
        try (RawPeer peer = new RawPeer(connection -> {
                    connection.accept();
                    awaitQuietly(over);
                });
                TestNode a = new TestNode(
                        "a",
                        1,
                        0,
                        s -> TestNode.settings(0, "shop", Limits.DEFAULT, 7, "consent 2 s", Duration.ofMillis(400)))) {
            a.sendData(peer.id, 1);
            a.sendData(peer.id, 2);
            await().atMost(LONG).until(() -> a.listener.losses.size() == 1);
            assertThat(a.listener.losses.get(0).inDoubt()).isEqualTo(2);
            assertThat(a.listener.unreachable)
                    .singleElement()
                    .satisfies(notice -> assertThat(notice.why()).contains("silent for 400 ms"));
            over.countDown();
        }
    }

    @Test
    void deadAddressGivesNoLinkUntilTheBackoffEnds() {
        NodeId nobody = new NodeId("n", TestNode.HOST, FreePorts.next(), 1);
        try (TestNode a = new TestNode("a", 1)) {
            // A link may die before the message that it was opened for is added: then that one is not taken.
            for (int round = 1; round < 5; round++) {
                int lost = round;
                await().atMost(LONG).until(() -> a.sendData(nobody, lost) == SendResult.QUEUED);
                await().atMost(LONG)
                        .until(() -> a.listener.losses.stream()
                                .flatMap(loss -> loss.unsent().stream())
                                .map(TestNode::sequenceOf)
                                .toList()
                                .equals(LongStream.rangeClosed(1, lost).boxed().toList()));
            }
            assertThat(a.listener.losses)
                    .allSatisfy(loss -> assertThat(loss.inDoubt()).isZero());
            assertThat(a.listener.unreachable).hasSize(1);
        }
    }

    @Test
    void oldestControlMessagesAreDroppedWhileALinkIsNotReady() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                TestNode a = new TestNode("a", 1)) {
            int sent = ControlLink.MAX_WAITING + 50;
            for (int i = 0; i < sent; i++) {
                a.transport.sendToAddress(TestNode.HOST + ":" + silent.getLocalPort(), TestNode.probe(i));
            }
            assertThat(a.count(Counter.CONTROL_DROPPED)).isEqualTo(50);
            await().atMost(LONG).until(() -> a.count(Counter.CONTROL_DROPPED) == sent);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
