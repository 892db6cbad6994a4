package io.shardhold.internal.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.shardhold.ClusterSharding;
import io.shardhold.FreePorts;
import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import io.shardhold.cluster.UndeliveredReason;
import io.shardhold.config.EntitySpec;
import io.shardhold.config.Limits;
import io.shardhold.config.ShardingSettings;
import io.shardhold.entity.EntityType;
import io.shardhold.internal.kernel.Counters;
import io.shardhold.internal.protocol.DataMessage;
import io.shardhold.internal.protocol.Envelope;
import io.shardhold.internal.protocol.ShardKey;
import io.shardhold.internal.wire.Handshake;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** A whole node and a peer that was set up otherwise. */
final class BadInputPeerTest {
    record Note(String text) {}

    private static final Duration LONG = Duration.ofSeconds(30);

    @Test
    void anAskForATypeThatTheFarNodeDoesNotKnowFailsWithItsName() throws Exception {
        CompletableFuture<Handshake.Hello> hello = new CompletableFuture<>();
        Queue<ClusterEvent> events = new ConcurrentLinkedQueue<>();
        try (RawPeer seed = new RawPeer(connection -> hello.complete(connection.accept()));
                ClusterSharding node = ClusterSharding.start(ShardingSettings.builder("shop")
                        .bind(TestNode.HOST, FreePorts.next())
                        .seeds(seed.id.address())
                        .entity(EntitySpec.route(EntityType.of("cart", Note.class)))
                        .onEvent(events::add)
                        .build())) {
            Handshake.Hello said = hello.get();
            RecordingListener listener = new RecordingListener();
            try (NettyTransport asker = new NettyTransport(
                    TestNode.settings(
                            0, "shop", Limits.DEFAULT, said.settingsDigest(), said.timings(), Duration.ofSeconds(3)),
                    new Counters())) {
                asker.start(new NodeId("asker", TestNode.HOST, asker.bind(), 1), () -> 0L, listener);
                ShardKey unknown = new ShardKey("dart", 1);
                asker.sendData(said.self(), new Envelope(unknown, "d-1", 1, 77, null, new byte[10]));
                await().atMost(LONG).until(() -> !listener.data.isEmpty());
                assertThat(listener.data.get(0).message())
                        .isInstanceOfSatisfying(DataMessage.AskFailure.class, failure -> {
                            assertThat(failure.askId()).isEqualTo(77);
                            assertThat(failure.reason()).isEqualTo(UndeliveredReason.UNKNOWN_TYPE);
                            assertThat(failure.detail())
                                    .contains("'dart'", said.self().toString(), "settings");
                        });
            }
            assertThat(events)
                    .anySatisfy(event -> assertThat(event)
                            .isInstanceOfSatisfying(
                                    ClusterEvent.Undelivered.class,
                                    undelivered -> assertThat(undelivered.type() + "/" + undelivered.entityId())
                                            .isEqualTo("dart/d-1")));
            assertThat(node.counters()).containsEntry("MESSAGES_UNDELIVERED", 1L);
        }
    }
}
