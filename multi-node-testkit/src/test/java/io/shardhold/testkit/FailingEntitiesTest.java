package io.shardhold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.UndeliveredReason;
import io.shardhold.config.EntitySpec;
import io.shardhold.entity.Entity;
import io.shardhold.entity.EntityFactory;
import io.shardhold.entity.EntityType;
import io.shardhold.entity.MessageCodec;
import io.shardhold.entity.ReplyAddresses;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Entities that fail break no promise of Shardhold: their messages are taken up, and named. */
final class FailingEntitiesTest {
    private static final Duration INTERVAL = Duration.ofMillis(100);

    private static Map<UndeliveredReason, Integer> undelivered(EntityType<String> type, EntityFactory<String> factory) {
        Map<UndeliveredReason, Integer> reasons = new TreeMap<>();
        MultiNodeRun.nodes(3).run(spec -> {
            reasons.clear();
            spec.entity(EntitySpec.of(type, factory).shards(4));
            spec.onEvent((node, event) -> {
                if (event instanceof ClusterEvent.Undelivered lost) {
                    reasons.merge(lost.reason(), 1, Integer::sum);
                }
            });
            spec.start();
            boolean[] sending = {true};
            spec.every(INTERVAL, () -> {
                if (sending[0]) {
                    spec.nodes().forEach(node -> node.entityRef(type, "e").tell("tea"));
                }
            });
            spec.runFor(Duration.ofSeconds(10));
            sending[0] = false;
            spec.awaitConverged(Duration.ofSeconds(30));
        });
        return reasons;
    }

    @Test
    void factoryThatThrowsIsReportedAfterTheMessageWasTakenUp() {
        EntityType<String> type = EntityType.of("unmade", String.class, new Text(false));
        assertThat(undelivered(type, context -> {
                    throw new IllegalStateException("no database");
                }))
                .containsOnlyKeys(UndeliveredReason.FACTORY_FAILED);
    }

    @Test
    void codecThatDoesNotReadIsReportedAfterTheMessageWasTakenUp() {
        EntityType<String> type = EntityType.of("unread", String.class, new Text(true));
        assertThat(undelivered(type, context -> message -> {})).containsOnlyKeys(UndeliveredReason.CODEC_FAILED);
    }

    @Test
    void handlerThatThrowsLosesNoMessage() {
        EntityType<String> type = EntityType.of("unhandled", String.class, new Text(false));
        Entity<String> thrower = message -> {
            throw new IllegalStateException("no tea");
        };
        assertThat(undelivered(type, context -> thrower)).isEmpty();
    }

    private record Text(boolean unreadable) implements MessageCodec<String> {
        @Override
        public byte[] encode(String message) {
            return new byte[] {1};
        }

        @Override
        public String decode(byte[] bytes, ReplyAddresses replies) {
            if (unreadable) {
                throw new IllegalArgumentException("no text");
            }
            return "tea";
        }

        @Override
        public byte[] encodeReply(Object answer) {
            throw new UnsupportedOperationException("never asked");
        }

        @Override
        public Object decodeReply(byte[] bytes, String request) {
            throw new UnsupportedOperationException("never asked");
        }
    }
}
