package io.shardhold.internal.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.shardhold.cluster.NodeId;
import io.shardhold.config.Limits;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.kernel.Counters;
import io.shardhold.internal.kernel.Transport.SendResult;
import io.shardhold.internal.protocol.Envelope;
import io.shardhold.internal.protocol.SeatMessage;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class NettyTransportTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @Test
    void bothPlanesWorkBothWaysInOrder() {
        try (TestNode a = new TestNode("a", 1);
                TestNode b = new TestNode("b", 1)) {
            int messages = 2_000;
            for (int i = 0; i < messages; i++) {
                assertThat(a.sendData(b.id, i)).isEqualTo(SendResult.QUEUED);
                assertThat(b.sendData(a.id, i)).isEqualTo(SendResult.QUEUED);
                if (i < 500) {
                    a.transport.send(b.id, TestNode.probe(i));
                    b.transport.send(a.id, TestNode.probe(i));
                }
            }
            List<Long> expected = LongStream.range(0, messages).boxed().toList();
            await().atMost(LONG).untilAsserted(() -> {
                assertThat(sequences(a)).isEqualTo(expected);
                assertThat(sequences(b)).isEqualTo(expected);
                assertThat(probes(a)).isEqualTo(expected.subList(0, 500));
                assertThat(probes(b)).isEqualTo(expected.subList(0, 500));
            });
            assertThat(a.listener.data)
                    .allSatisfy(data -> assertThat(data.from()).isEqualTo(b.id));
            assertThat(b.listener.control)
                    .allSatisfy(control -> assertThat(control.from()).isEqualTo(a.id));
            assertThat(a.listener.losses).isEmpty();
            assertThat(a.count(Counter.CONTROL_DROPPED)).isZero();
        }
    }

    @Test
    void controlIsReadOnALoopOfItsOwn() {
        try (TestNode a = new TestNode("a", 1);
                TestNode b = new TestNode("b", 1)) {
            a.transport.sendToAddress(b.id.address(), TestNode.probe(1));
            a.transport.send(b.id, TestNode.probe(2));
            a.sendData(b.id, 1);
            b.sendData(a.id, 1);
            b.transport.send(a.id, TestNode.probe(1));
            for (TestNode node : List.of(a, b)) {
                await().atMost(LONG)
                        .until(() -> node.listener.dataCount.get() == 1
                                && node.listener.control.size() == (node == a ? 1 : 2));
                assertThat(node.listener.controlThreads)
                        .singleElement()
                        .asString()
                        .startsWith("shardhold-control");
                assertThat(node.listener.dataThreads).singleElement().asString().startsWith("shardhold-net");
            }
        }
    }

    /** Connections change their loop after the handshake; each rebirth ends whatever is between two loops. */
    @Test
    void rebirthsInTheMiddleOfHandshakesEndThemAll() {
        try (TestNode a = new TestNode("a", 1);
                TestNode b = new TestNode("b", 1)) {
            RecordingListener latest = b.listener;
            for (int incarnation = 2; incarnation <= 60; incarnation++) {
                RecordingListener current = latest;
                int probe = incarnation;
                a.transport.sendToAddress(b.id.address(), TestNode.probe(probe));
                if (incarnation % 2 == 0) {
                    await().pollInterval(Duration.ofMillis(1)).atMost(LONG).until(() -> {
                        a.transport.sendToAddress(b.id.address(), TestNode.probe(probe));
                        return !current.control.isEmpty();
                    });
                }
                latest = new RecordingListener();
                b.transport.rebirth(new NodeId("b", TestNode.HOST, b.id.port(), incarnation), latest);
            }
            RecordingListener last = latest;
            await().atMost(LONG).until(() -> {
                a.transport.sendToAddress(b.id.address(), TestNode.probe(1));
                return !last.control.isEmpty();
            });
            assertThat(last.controlThreads).allSatisfy(name -> assertThat(name).startsWith("shardhold-control"));
        }
    }

    @Test
    void largestMessageArrivesAndALargerOneIsRefusedAtTheCaller() {
        try (TestNode a = new TestNode("a", 1);
                TestNode b = new TestNode("b", 1)) {
            int largest = Limits.DEFAULT.frameBytes();
            a.transport.sendData(b.id, TestNode.envelope(1, largest));
            await().atMost(LONG).until(() -> b.listener.dataCount.get() == 1);
            assertThat(((Envelope) b.listener.data.get(0).message()).payload()).hasSize(largest);
            Envelope tooLarge = TestNode.envelope(2, largest + 100_000);
            assertThatIllegalArgumentException().isThrownBy(() -> a.transport.sendData(b.id, tooLarge));
            Envelope empty = new Envelope(TestNode.SHARD, "c-1", 1, 0, "message", null);
            assertThatIllegalStateException().isThrownBy(() -> a.transport.sendData(b.id, empty));
        }
    }

    @Test
    void connectionOpenedByAddressServesTheNodeThatAnswers() {
        try (TestNode a = new TestNode("a", 1);
                TestNode b = new TestNode("b", 1)) {
            a.transport.sendToAddress(b.id.address(), TestNode.probe(0));
            await().atMost(LONG).until(() -> b.listener.control.size() == 1);
            // The answer is known to have arrived once a further message goes the same way, in order.
            for (int i = 1; i <= 100; i++) {
                a.transport.sendToAddress(b.id.address(), TestNode.probe(i));
                a.transport.send(b.id, TestNode.probe(i));
            }
            await().atMost(LONG).until(() -> b.listener.control.size() == 201);
            assertThat(a.listener.unreachable).isEmpty();
        }
    }

    @Test
    void nodeThatConnectsToItselfIsToldSo() {
        try (TestNode a = new TestNode("a", 1)) {
            a.transport.sendToAddress(a.id.address(), TestNode.probe(1));
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(a.listener.unreachable)
                            .singleElement()
                            .satisfies(notice -> assertThat(notice.why()).contains("connected to itself")));
            assertThat(a.listener.refused).isEmpty();
        }
    }

    @Test
    void portInUseIsNamedWithARemedy() {
        try (TestNode a = new TestNode("a", 1);
                NettyTransport second =
                        new NettyTransport(TestNode.settings(a.id.port(), "shop", Limits.DEFAULT), new Counters())) {
            assertThatIllegalStateException()
                    .isThrownBy(second::bind)
                    .withMessageContaining("127.0.0.1:" + a.id.port())
                    .withMessageContaining("ss -ltnp");
        }
    }

    @Test
    void addressThatMakesNoSenseOrDoesNotResolveIsUnreachable() {
        try (TestNode a = new TestNode("a", 1)) {
            a.transport.sendToAddress("nonsense", TestNode.probe(1));
            a.transport.sendToAddress("no-such-host.invalid:7350", TestNode.probe(1));
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(a.listener.unreachable)
                            .extracting(RecordingListener.Notice::address)
                            .containsExactlyInAnyOrder("nonsense", "no-such-host.invalid:7350"));
            assertThat(a.count(Counter.CONTROL_DROPPED)).isEqualTo(2);
        }
    }

    @Test
    void restartedPeerLosesTheOldLinkAndGetsANewOne() {
        try (TestNode a = new TestNode("a", 1)) {
            TestNode b1 = new TestNode("b", 1);
            a.sendData(b1.id, 1);
            b1.sendData(a.id, 1);
            await().atMost(LONG).until(() -> b1.listener.dataCount.get() == 1 && a.listener.dataCount.get() == 1);
            b1.close();
            await().atMost(LONG).until(() -> a.listener.losses.size() == 1);
            try (TestNode b2 = new TestNode("b", 2, b1.id.port(), settings -> settings)) {
                assertThat(a.sendData(b2.id, 2)).isEqualTo(SendResult.QUEUED);
                await().atMost(LONG).until(() -> b2.listener.dataCount.get() == 1);
                // The old incarnation is not there any more, and says so.
                await().atMost(LONG).until(() -> a.sendData(b1.id, 3) == SendResult.QUEUED);
                await().atMost(LONG)
                        .untilAsserted(() -> assertThat(a.listener.unreachable)
                                .anySatisfy(notice -> assertThat(notice.why()).contains("NOT_WANTED")));
                await().atMost(LONG)
                        .untilAsserted(() -> assertThat(a.listener.losses)
                                .anySatisfy(loss -> assertThat(loss.unsent())
                                        .extracting(TestNode::sequenceOf)
                                        .containsExactly(3L)));
                assertThat(b2.listener.data).hasSize(1);
            }
        }
    }

    @Test
    void rebirthClosesEverythingAndNothingCrossesOver() {
        try (TestNode a = new TestNode("a", 1);
                TestNode b = new TestNode("b", 1)) {
            a.sendData(b.id, 1);
            b.sendData(a.id, 1);
            await().atMost(LONG).until(() -> a.listener.dataCount.get() == 1 && b.listener.dataCount.get() == 1);
            RecordingListener second = new RecordingListener();
            NodeId a2 = new NodeId("a", a.id.host(), a.id.port(), 2);
            a.transport.rebirth(a2, second);
            assertThat(a.listener.losses).hasSize(1);
            await().atMost(LONG).until(() -> b.listener.losses.size() == 1);
            assertThat(a.sendData(b.id, 2)).isEqualTo(SendResult.QUEUED);
            await().atMost(LONG).until(() -> b.listener.dataCount.get() == 2);
            assertThat(b.listener.data.get(1).from()).isEqualTo(a2);
            await().atMost(LONG).until(() -> b.sendData(a2, 2) == SendResult.QUEUED);
            await().atMost(LONG).until(() -> second.dataCount.get() == 1);
            assertThat(a.listener.dataCount).hasValue(1);
        }
    }

    @Test
    void idleLinksAreClosedWithoutALossAndOpenedAgain() {
        try (TestNode a = new TestNode("a", 1, 0, NettyTransportTest::soonIdle);
                TestNode b = new TestNode("b", 1)) {
            for (int round = 1; round <= 3; round++) {
                int before = round - 1;
                assertThat(b.listener.dataCount).hasValue(before);
                assertThat(a.sendData(b.id, round)).isEqualTo(SendResult.QUEUED);
                a.transport.send(b.id, TestNode.probe(round));
                int now = round;
                await().atMost(LONG).until(() -> b.listener.dataCount.get() == now);
                await().atMost(LONG).until(() -> b.listener.control.size() == now);
                await().atMost(LONG).until(() -> a.transport.openLinks() == 0);
            }
            assertThat(a.listener.losses).isEmpty();
            assertThat(a.listener.unreachable).isEmpty();
        }
    }

    @Test
    void closeLeavesNoThread() {
        TestNode a = new TestNode("a", 1);
        TestNode b = new TestNode("b", 1);
        a.sendData(b.id, 1);
        a.transport.sendToAddress("localhost:" + b.id.port(), TestNode.probe(1));
        await().atMost(LONG).until(() -> b.listener.dataCount.get() == 1);
        long begin = System.nanoTime();
        a.close();
        b.close();
        a.close();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
        assertThat(a.sendData(b.id, 1)).isEqualTo(SendResult.NO_LINK);
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .extracting(Thread::getName)
                        .noneMatch(name -> name.startsWith("shardhold-")));
    }

    private static NettyTransport.Settings soonIdle(NettyTransport.Settings s) {
        return new NettyTransport.Settings(
                s.bindHost(),
                s.bindPort(),
                s.clusterName(),
                s.limits(),
                s.roles(),
                s.zone(),
                s.version(),
                s.settingsDigest(),
                s.timings(),
                s.connectTimeout(),
                s.handshakeTimeout(),
                s.silenceTimeout(),
                s.backoffMin(),
                s.backoffMax(),
                Duration.ofMillis(1));
    }

    private static List<Long> sequences(TestNode node) {
        return node.listener.data.stream()
                .map(data -> TestNode.sequenceOf(data.message()))
                .toList();
    }

    private static List<Long> probes(TestNode node) {
        return node.listener.control.stream()
                .map(control -> ((SeatMessage.Probe) control.message()).probe())
                .toList();
    }
}
