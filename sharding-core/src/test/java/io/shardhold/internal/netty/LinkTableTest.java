package io.shardhold.internal.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.shardhold.cluster.NodeId;
import io.shardhold.config.Limits;
import io.shardhold.internal.kernel.Counters;
import io.shardhold.internal.wire.WireCodec;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LinkTableTest {
    @Test
    void fullTableRefusesTheNewestUntilOthersAreOver() throws Exception {
        Loops loops = new Loops();
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Resolver resolver = new Resolver()) {
            Environment env = new Environment(
                    TestNode.settings(0, "shop", Limits.DEFAULT),
                    new Counters(),
                    new WireCodec(),
                    loops,
                    resolver,
                    new Incarnations());
            Session session = new Session(env, new NodeId("a", "10.0.0.1", 7350, 1), () -> 1, new RecordingListener());
            String address = TestNode.HOST + ":" + silent.getLocalPort();
            LinkTable<String, ControlLink> table = new LinkTable<>(2);

            Link first = obtain(table, session, "first", address);
            assertThat(first).isNotNull().isSameAs(obtain(table, session, "first", address));
            assertThat(obtain(table, session, "second", address)).isNotNull();
            assertThat(obtain(table, session, "third", address)).isNull();
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() ->
                            assertThat(obtain(table, session, "third", address)).isNotNull());

            CompletableFuture.allOf(table.close("test").toArray(CompletableFuture[]::new))
                    .get(10, TimeUnit.SECONDS);
            assertThat(table.open()).isZero();
            assertThat(obtain(table, session, "fourth", address)).isNull();
        } finally {
            loops.close(1_000);
        }
    }

    private static @Nullable Link obtain(
            LinkTable<String, ControlLink> table, Session session, String key, String address) {
        return table.obtain(key, failures -> new ControlLink(session, address, null, failures));
    }
}
