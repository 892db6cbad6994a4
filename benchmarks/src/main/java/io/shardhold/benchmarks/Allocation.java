package io.shardhold.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One message to each shard of a new cluster, all from one node.
 *
 * <ul>
 *   <li>{@code hosted_ms}: from the first message to the last shard being open
 *   <li>{@code handled_ms}: to the last of the messages having been handled by its entity
 *   <li>{@code sent_ms}: to the sender having handed over all of them
 *   <li>{@code cpu_ms}: time of processors that this JVM has used until {@code handled_ms}, whatever else the machine does
 * </ul>
 */
final class Allocation implements Benchmark {
    @Override
    public Map<String, Double> run(int shards) {
        try (BenchCluster cluster = BenchCluster.start(shards, false)) {
            cluster.awaitPlacing();
            BenchNode sender = cluster.others(cluster.leader()).get(0);
            final long cpu = Benchmarks.processorNanos();
            final long began = System.nanoTime();
            cluster.touch(sender, 0, shards);
            final long sent = System.nanoTime();
            BenchCluster.await("home for each shard", () -> cluster.hosted() == shards);
            final long hosted = System.nanoTime();
            BenchCluster.await("handling of each message", () -> cluster.handled() == shards);
            final long handled = System.nanoTime();
            final long cpuHandled = Benchmarks.processorNanos();
            Map<String, Double> figures = new LinkedHashMap<>();
            figures.put("hosted_ms", Takeover.millis(began, hosted));
            figures.put("handled_ms", Takeover.millis(began, handled));
            figures.put("sent_ms", Takeover.millis(began, sent));
            figures.put("cpu_ms", Takeover.millis(cpu, cpuHandled));
            figures.put("moved", (double)
                    cluster.nodes().stream().mapToInt(BenchNode::moved).sum());
            return figures;
        }
    }
}
