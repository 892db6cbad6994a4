package io.shardhold.internal.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.wire.FrameKind;
import io.shardhold.internal.wire.Handshake;
import io.shardhold.internal.wire.Handshake.Plane;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Peers that go away, say too much or are replaced at any moment of their handshake, a control connection's way from one
 * loop to the other included: none is left behind, and none is counted twice.
 */
@Timeout(120)
class InboundStressTest {
    private static final int THREADS = 4;
    private static final int CONNECTIONS = 400;

    @Test
    void noConnectionIsLeftBehind() throws Exception {
        ExecutorService peers = Executors.newFixedThreadPool(THREADS);
        try (TestNode node = new TestNode("b", 1)) {
            List<Future<?>> ends = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                SplittableRandom random = new SplittableRandom(thread);
                // Two threads to a name, so that they replace each other.
                String name = "peer-" + thread % 2;
                ends.add(peers.submit(() -> {
                    for (int i = 1; i <= CONNECTIONS; i++) {
                        connect(node, new NodeId(name, TestNode.HOST, 1_000 + name.charAt(5), i), random);
                    }
                    return null;
                }));
            }
            for (Future<?> end : ends) {
                end.get(60, TimeUnit.SECONDS);
            }
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() ->
                            assertThat(node.transport.inboundConnections()).isZero());
        } finally {
            peers.shutdownNow();
        }
    }

    private static void connect(TestNode node, NodeId self, SplittableRandom random) throws IOException {
        Plane plane = random.nextInt(4) == 0 ? Plane.DATA : Plane.CONTROL;
        byte[] hello = RawPeer.Connection.frame(
                FrameKind.HELLO, Handshake.encode(TestNode.hello(node, self, plane, "shop", Handshake.PROTOCOL_MAJOR)));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.id.port())) {
            RawPeer.Connection connection = new RawPeer.Connection(self, socket);
            connection.write(hello);
            if (random.nextInt(3) == 0) {
                connection.writeFrame(FrameKind.PING, new byte[0]);
            }
            int spins = 1 << random.nextInt(14);
            for (int i = 0; i < spins; i++) {
                Thread.onSpinWait();
            }
            switch (random.nextInt(3)) {
                case 0 -> socket.setSoLinger(true, 0);
                case 1 -> socket.shutdownOutput();
                default -> connection.readFrame();
            }
        } catch (IOException e) {
            // The node has ended the connection first.
        }
    }
}
