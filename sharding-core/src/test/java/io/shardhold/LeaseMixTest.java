package io.shardhold;

import static io.shardhold.LoopbackNodes.at;
import static io.shardhold.LoopbackNodes.freePort;
import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.config.ShardingSettings;
import io.shardhold.internal.node.FakeLease;
import io.shardhold.lease.LeaseSettings;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nodes of one cluster go by the same lease or by none: else one would act without what another waits for. */
final class LeaseMixTest {
    private static final LeaseSettings LEASE = LeaseSettings.of("shop", "n1");
    private static final String TEXT = "lease shop, ttl 5.0 s, lease margin 0.5 s";

    private final LoopbackNodes nodes = new LoopbackNodes();

    @AfterEach
    void close() {
        nodes.close();
    }

    private static UnaryOperator<ShardingSettings.Builder> leased(LeaseSettings settings) {
        return builder -> builder.lease(new FakeLease(settings));
    }

    @Test
    void nodesWithAndWithoutALeaseOrWithAnotherRefuseEachOtherNamingBoth() {
        int port = freePort();
        LoopbackNodes.Node seed = nodes.start(port, builder -> leased(LEASE).apply(builder.seeds(at(port))));
        Map<String, UnaryOperator<ShardingSettings.Builder>> others = new TreeMap<>();
        others.put("no lease", builder -> builder);
        others.put("lease bank, ttl 5.0 s, lease margin 0.5 s", leased(LeaseSettings.of("bank", "n2")));
        others.put("lease shop, ttl 6.0 s, lease margin 0.5 s", leased(LEASE.withTtl(Duration.ofSeconds(6))));
        others.put("lease shop, ttl 5.0 s, lease margin 0.6 s", leased(LEASE.withMargin(Duration.ofMillis(600))));
        others.put(
                "lease shop, ttl 5.0 s, lease margin 0.5 s, poll 0.4 s",
                leased(LEASE.withPoll(Duration.ofMillis(400))));
        others.forEach((text, other) -> {
            int own = freePort();
            LoopbackNodes.Node node = nodes.start(own, builder -> other.apply(builder.seeds(at(port))));
            node.awaitWhyNotUp(TEXT, text, "must agree");
            ClusterEvent.PeerRefused told = seed.awaitEvent(
                    ClusterEvent.PeerRefused.class, e -> e.address().equals(at(own)));
            assertThat(told.reason()).contains(TEXT, text, "must agree");
        });
    }

    @Test
    void howOftenTheLeaseIsRenewedMayDiffer() {
        int port = freePort();
        int own = freePort();
        LoopbackNodes.Node seed = nodes.start(port, builder -> leased(LEASE).apply(builder.seeds(at(port))));
        LeaseSettings other = LEASE.withOwner("n2").withRenew(Duration.ofSeconds(1));
        LoopbackNodes.Node node = nodes.start(own, builder -> leased(other).apply(builder.seeds(at(port))));
        node.awaitEvent(ClusterEvent.SeedsUnanswered.class, e -> e.detail().contains("belongs to no cluster either"));
        assertThat(seed.told(ClusterEvent.PeerRefused.class)).isEmpty();
    }
}
