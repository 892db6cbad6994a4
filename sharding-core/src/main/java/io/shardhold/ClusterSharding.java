package io.shardhold;

import io.shardhold.cluster.ClusterView;
import io.shardhold.config.ShardingSettings;
import io.shardhold.entity.EntityRef;
import io.shardhold.entity.EntityType;
import io.shardhold.internal.driver.RunningNode;
import java.time.Duration;
import java.util.SortedMap;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One node of a cluster that serves entities, each on exactly one node at a time. Safe for any thread.
 *
 * <pre>{@code
 * ShardingSettings settings = ShardingSettings.builder("shop")
 *     .bind("10.0.0.1", 7350).seeds("10.0.0.1:7350", "10.0.0.2:7350", "10.0.0.3:7350")
 *     .entity(EntitySpec.of(CART, context -> new CartEntity()))
 *     .build();
 * try (ClusterSharding sharding = ClusterSharding.start(settings)) {
 *   sharding.entityRef(CART, "c-42").tell(new Cart.Add("tea", 2));
 * }
 * }</pre>
 */
public final class ClusterSharding implements AutoCloseable {
    private final RunningNode node;

    private ClusterSharding(RunningNode node) {
        this.node = node;
    }

    /**
     * Binds the port and starts a node, which looks for its cluster from then on. Does not wait: messages that are sent
     * before the node is a member are parked.
     *
     * @throws IllegalStateException if the port cannot be bound; the message names it and what to do
     */
    public static ClusterSharding start(ShardingSettings settings) {
        return new ClusterSharding(RunningNode.start(settings));
    }

    /**
     * Waits until this node is a member with the right to serve.
     *
     * @throws IllegalStateException if the cluster refuses the node, or the limit passes; the message names the reason
     */
    public void awaitUp(Duration limit) {
        node.awaitUp(limit);
    }

    /**
     * A reference to an entity.
     *
     * @throws IllegalArgumentException if the settings do not declare the type, or the id is empty or longer than 1024
     */
    public <M> EntityRef<M> entityRef(EntityType<M> type, String id) {
        return node.entityRef(type, id);
    }

    /** What this node knows of its cluster at this moment. */
    public ClusterView view() {
        return node.view();
    }

    /** Everything that this node counts, by name. */
    public SortedMap<String, Long> counters() {
        return node.counters();
    }

    /** Everything that this node measures, by name, as of its last look: the term and the lease held here, what is not on a quorum. */
    public SortedMap<String, Long> gauges() {
        return node.gauges();
    }

    /** Number of shards of the type that this node hosts at this moment. */
    public int hostedShards(EntityType<?> type) {
        return node.hostedShards(type);
    }

    /**
     * Hands over what this node hosts, then says goodbye. Completes when that is done or the shutdown timeout has passed;
     * the node is to be closed afterwards.
     */
    public CompletionStage<@Nullable Void> leave() {
        return node.leave();
    }

    /**
     * Leaves, waiting no longer than the shutdown timeout, and frees sockets and threads. Twice does no harm. On a thread
     * of the sharding, in a listener or a handler, it does not wait: the node is closed meanwhile.
     */
    @Override
    public void close() {
        node.close();
    }
}
