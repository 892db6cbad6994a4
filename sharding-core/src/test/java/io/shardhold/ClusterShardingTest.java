package io.shardhold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardhold.config.EntitySpec;
import io.shardhold.config.ShardingSettings;
import io.shardhold.entity.Entity;
import io.shardhold.entity.EntityRef;
import io.shardhold.entity.EntityType;
import io.shardhold.entity.ReplyTo;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whole nodes over real sockets in one JVM. */
final class ClusterShardingTest {
    sealed interface Cart {
        record Add(String sku, int count) implements Cart {}

        record Get(ReplyTo<Map<String, Integer>> replyTo) implements Cart {}
    }

    private static final EntityType<Cart> CART = EntityType.of("cart", Cart.class);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private final List<ClusterSharding> running = new ArrayList<>();

    private static final class CartEntity implements Entity<Cart> {
        private final Map<String, Integer> lines = new HashMap<>();

        @Override
        public void onMessage(Cart message) {
            if (message instanceof Cart.Add add) {
                lines.merge(add.sku(), add.count(), Integer::sum);
            } else if (message instanceof Cart.Get get) {
                get.replyTo().reply(new HashMap<>(lines));
            }
        }
    }

    @AfterEach
    void stopAll() {
        running.forEach(ClusterSharding::close);
    }

    private ClusterSharding start(int port, String[] seeds) {
        ClusterSharding sharding = ClusterSharding.start(ShardingSettings.builder("shop")
                .bind("127.0.0.1", port)
                .seeds(seeds)
                .entity(EntitySpec.of(CART, context -> new CartEntity()).shards(16))
                .build());
        running.add(sharding);
        return sharding;
    }

    private static Map<String, Integer> get(ClusterSharding sharding, String id) throws Exception {
        return sharding.entityRef(CART, id)
                .ask(Cart.Get::new, Duration.ofSeconds(20))
                .toCompletableFuture()
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void threeNodesServeEachEntityInOnePlaceAndALeaverHandsOver() throws Exception {
        int[] ports = {FreePorts.next(), FreePorts.next(), FreePorts.next()};
        String[] seeds = {"127.0.0.1:" + ports[0], "127.0.0.1:" + ports[1], "127.0.0.1:" + ports[2]};
        for (int port : ports) {
            start(port, seeds);
        }
        running.forEach(sharding -> sharding.awaitUp(PATIENCE));
        for (int i = 0; i < 30; i++) {
            EntityRef<Cart> cart = running.get(i % 3).entityRef(CART, "c-" + i);
            cart.tell(new Cart.Add("tea", 2));
            cart.tell(new Cart.Add("tea", 1));
            assertThat(get(running.get(i % 3), "c-" + i)).containsEntry("tea", 3);
            assertThat(get(running.get((i + 1) % 3), "c-" + i)).containsEntry("tea", 3);
        }
        for (int i = 0; i < 300; i++) {
            running.get(i % 3).entityRef(CART, "d-" + i).tell(new Cart.Add("milk", 1));
        }
        Awaitility.await().atMost(PATIENCE).until(() -> running.stream().allMatch(s -> s.hostedShards(CART) >= 5));
        ClusterSharding leaver = running.remove(2);
        leaver.close();
        for (int i = 0; i < 30; i++) {
            assertThat(get(running.get(i % 2), "c-" + i)).isNotNull();
        }
        assertThat(running.get(0).hostedShards(CART) + running.get(1).hostedShards(CART))
                .isEqualTo(16);
    }

    @Test
    void aPortInUseIsRefusedWithItsNumber() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> start(port, new String[] {"127.0.0.1:" + port}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(String.valueOf(port));
        }
    }

    @Test
    void tellAfterCloseIsRefused() throws Exception {
        int port = FreePorts.next();
        ClusterSharding sharding = start(port, new String[] {"127.0.0.1:" + port});
        sharding.awaitUp(PATIENCE);
        EntityRef<Cart> cart = sharding.entityRef(CART, "c-1");
        cart.tell(new Cart.Add("tea", 1));
        sharding.close();
        assertThatThrownBy(() -> cart.tell(new Cart.Add("tea", 1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }
}
