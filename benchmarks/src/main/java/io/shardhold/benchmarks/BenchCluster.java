package io.shardhold.benchmarks;

import io.shardhold.internal.protocol.ShardKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Three nodes, each a seed that hosts, in this JVM; with the default settings. */
final class BenchCluster implements AutoCloseable {
    static final int NODES = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final long LOOK_NANOS = 1_000_000L;

    /** Below the range of outgoing connections. */
    private static final int FIRST_PORT = 15_000;

    private static final int PORTS = 15_000;

    private final List<BenchNode> nodes = new ArrayList<>();
    private final int shards;
    private final String[] ids;

    private BenchCluster(int shards) {
        this.shards = shards;
        this.ids = ids(shards);
    }

    /** Starts three nodes and waits until all may serve and one coordinates. */
    static BenchCluster start(int shards, boolean countsBytes) {
        BenchCluster cluster = new BenchCluster(shards);
        List<Integer> ports = freePorts();
        String[] seeds = ports.stream().map(port -> "127.0.0.1:" + port).toArray(String[]::new);
        ports.forEach(port -> cluster.nodes.add(new BenchNode(port, seeds, shards, countsBytes)));
        cluster.nodes.forEach(node -> node.running().awaitUp(PATIENCE));
        await("a coordinator", () -> cluster.nodes.stream().anyMatch(node -> node.activeNanos() != 0));
        return cluster;
    }

    /** Waits until shards may be placed: rights that an earlier cluster may have given must have ended. */
    void awaitPlacing() {
        sleep(nodes.get(0)
                .running()
                .clusterNode()
                .settings()
                .timings()
                .verdictWait()
                .plusMillis(500));
    }

    int shards() {
        return shards;
    }

    List<BenchNode> nodes() {
        return nodes;
    }

    BenchNode leader() {
        return nodes.stream()
                .filter(node -> node.activeNanos() != 0)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("nobody coordinates"));
    }

    List<BenchNode> others(BenchNode node) {
        return nodes.stream().filter(other -> other != node).toList();
    }

    /** Sends one message to each of the shards from..to - 1, from one node, so that each is given a home. */
    void touch(BenchNode from, int first, int behind) {
        for (int shard = first; shard < behind; shard++) {
            from.entity(ids[shard]).tell(Call.TELL);
        }
    }

    /** An id whose shard is this. */
    String id(int shard) {
        return ids[shard];
    }

    int hosted() {
        return nodes.stream().mapToInt(BenchNode::hosted).sum();
    }

    long handled() {
        return nodes.stream().mapToLong(BenchNode::handled).sum();
    }

    /** One id for each shard. */
    private static String[] ids(int shards) {
        String[] ids = new String[shards];
        int missing = shards;
        for (int i = 0; missing > 0; i++) {
            String id = "e" + i;
            int shard = ShardKey.shardOf(id, shards);
            if (ids[shard] == null) {
                ids[shard] = id;
                missing--;
            }
        }
        return ids;
    }

    static void await(String what, BooleanSupplier condition) {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - until > 0) {
                throw new IllegalStateException("no " + what + " within " + PATIENCE.toSeconds() + " s");
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    static void sleep(Duration duration) {
        long until = System.nanoTime() + duration.toNanos();
        for (long left = duration.toNanos(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private static List<Integer> freePorts() {
        List<Integer> ports = new ArrayList<>();
        int start = ThreadLocalRandom.current().nextInt(PORTS);
        for (int i = 0; i < PORTS && ports.size() < NODES; i++) {
            int port = FIRST_PORT + (start + i) % PORTS;
            if (isFree(port)) {
                ports.add(port);
            }
        }
        if (ports.size() < NODES) {
            throw new UncheckedIOException(new IOException("no free ports on 127.0.0.1"));
        }
        return ports;
    }

    private static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return probe.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    /** Ends the nodes as the death of their processes would: a benchmark has nothing to hand over. */
    @Override
    public void close() {
        nodes.forEach(node -> node.running().kill());
    }
}
