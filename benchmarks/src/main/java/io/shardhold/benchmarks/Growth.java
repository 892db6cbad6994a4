package io.shardhold.benchmarks;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Bytes of control messages, on all connections of the cluster, for each of the thousand shards that bring the map to a size:
 * queries, writes, copies, directives, answers, and a second of repetitions after that. What the cluster says anyway is
 * measured before and taken off.
 */
final class Growth implements Benchmark {
    private static final int BLOCK = 1_000;
    private static final Duration QUIET = Duration.ofSeconds(1);

    @Override
    public Map<String, Double> run(int shards) {
        Map<String, Double> figures = new LinkedHashMap<>();
        try (BenchCluster cluster = BenchCluster.start(Math.max(shards, BLOCK), true)) {
            cluster.awaitPlacing();
            BenchNode sender = cluster.others(cluster.leader()).get(0);
            int there = 0;
            for (int size = BLOCK; size <= cluster.shards(); size *= 10) {
                allocate(cluster, sender, there, size - BLOCK);
                BenchCluster.sleep(QUIET.multipliedBy(3));
                double idle = bytesPerSecond(cluster);
                final long before = bytes(cluster);
                final long began = System.nanoTime();
                allocate(cluster, sender, size - BLOCK, size);
                BenchCluster.sleep(QUIET);
                double seconds = (System.nanoTime() - began) / 1e9;
                figures.put("bytes_per_shard_at_" + size, (bytes(cluster) - before - idle * seconds) / BLOCK);
                figures.put("idle_bytes_per_s_at_" + size, idle);
                there = size;
            }
        }
        return new TreeMap<>(figures);
    }

    private static void allocate(BenchCluster cluster, BenchNode sender, int first, int behind) {
        cluster.touch(sender, first, behind);
        BenchCluster.await("home for each shard", () -> cluster.hosted() >= behind && cluster.handled() >= behind);
    }

    private static double bytesPerSecond(BenchCluster cluster) {
        long before = bytes(cluster);
        long began = System.nanoTime();
        BenchCluster.sleep(QUIET.multipliedBy(2));
        return (bytes(cluster) - before) / ((System.nanoTime() - began) / 1e9);
    }

    private static long bytes(BenchCluster cluster) {
        return cluster.nodes().stream().mapToLong(BenchNode::controlBytes).sum();
    }
}
