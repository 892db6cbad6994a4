package io.shardhold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.config.Limits;
import io.shardhold.config.ShardingSettings;
import io.shardhold.config.Timings;
import io.shardhold.entity.AskFailedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Whole nodes over real sockets in one JVM, with what they told; closed together. */
final class LoopbackNodes implements AutoCloseable {
    static final String HOST = "127.0.0.1";
    static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Rights as long as by default, because machines that test are busy; the rest is shorter. */
    static final Timings QUICK = new Timings(
            Duration.ofMillis(200),
            Duration.ofMillis(4_000),
            Duration.ofMillis(1_000),
            Duration.ofMillis(2_000),
            Duration.ofMillis(400),
            Duration.ofMillis(200),
            Duration.ofMillis(1_000),
            Duration.ofMillis(1_000),
            Duration.ofMillis(2_000),
            Duration.ofMillis(6_000),
            Duration.ofMillis(100),
            Duration.ofMillis(200));

    private final List<Node> nodes = new ArrayList<>();

    /** One running node. */
    record Node(ClusterSharding sharding, String address, Queue<ClusterEvent> events) {
        <E extends ClusterEvent> List<E> told(Class<E> kind) {
            return events.stream().filter(kind::isInstance).map(kind::cast).toList();
        }

        /** The first event of the kind that fits, once it is there. */
        <E extends ClusterEvent> E awaitEvent(Class<E> kind, Predicate<E> fits) {
            await().atMost(PATIENCE).until(() -> told(kind).stream().anyMatch(fits));
            return told(kind).stream().filter(fits).findFirst().orElseThrow();
        }

        long count(String counter) {
            return Objects.requireNonNull(sharding.counters().get(counter), counter);
        }

        void awaitCount(String counter, long least) {
            await().atMost(PATIENCE).until(() -> count(counter) >= least);
        }

        /** Waits until {@code awaitUp} fails with a text that has all these parts. */
        void awaitWhyNotUp(String... parts) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThatThrownBy(() -> sharding.awaitUp(Duration.ofMillis(50)))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContainingAll(parts));
        }
    }

    static int freePort() {
        return FreePorts.next();
    }

    static String at(int port) {
        return HOST + ":" + port;
    }

    static Limits frameBytes(int bytes) {
        Limits d = Limits.DEFAULT;
        return new Limits(
                bytes,
                d.parkedPerShard(),
                d.parkedBytes(),
                d.mailbox(),
                d.outboundBytesPerLink(),
                d.entities(),
                d.openAsks(),
                d.members());
    }

    /** Starts a node of cluster "shop" unless the change begins with other settings. */
    Node start(int port, UnaryOperator<ShardingSettings.Builder> change) {
        return start("shop", port, change);
    }

    Node start(String cluster, int port, UnaryOperator<ShardingSettings.Builder> change) {
        Queue<ClusterEvent> events = new ConcurrentLinkedQueue<>();
        ShardingSettings.Builder builder = ShardingSettings.builder(cluster)
                .bind(HOST, port)
                .timings(QUICK)
                .workers(4)
                .onEvent(events::add);
        Node node = new Node(ClusterSharding.start(change.apply(builder).build()), at(port), events);
        nodes.add(node);
        return node;
    }

    /** How an ask fails. */
    static AskFailedException failure(CompletionStage<?> ask) {
        ExecutionException failed = catchThrowableOfType(ExecutionException.class, () -> answer(ask));
        assertThat(failed).hasCauseInstanceOf(AskFailedException.class);
        return (AskFailedException) Objects.requireNonNull(failed.getCause());
    }

    static <R> R answer(CompletionStage<R> ask) throws Exception {
        return ask.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** Closes all nodes at once. */
    @Override
    public void close() {
        nodes.parallelStream().forEach(node -> node.sharding().close());
        nodes.clear();
    }
}
