package io.shardhold.benchmarks;

import io.shardhold.internal.protocol.ShardEpoch;
import io.shardhold.internal.protocol.ShardKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The node that coordinates dies, with its share of the shards.
 *
 * <ul>
 *   <li>{@code active_ms}: from the first request for a promise, when a node may begin to take over, to it being active
 *   <li>{@code answering_ms}: from that request to the moment at which the other survivor has been told that its registration,
 *       which lists all that it hosts, is taken
 *   <li>{@code cpu_ms}: time of processors that this JVM has used meanwhile, whatever else the machine does
 *   <li>{@code kill_to_answering_ms}: the same from the kill on, detection and what else is waited for included
 *   <li>{@code kill_to_recovered_ms}: to all shards of the dead node being open elsewhere
 *   <li>{@code reallocated}: shards of survivors whose home or epoch changed, and placements not adopted
 *   <li>{@code gap_calm_ms, gap_kill_ms}: longest time between two answers to a sender on one survivor from a shard on the
 *       other, during so many seconds without and with the kill
 *   <li>{@code wait_calm_ms, wait_kill_ms}: the longest that one answer took; {@code hiccup_calm_ms, hiccup_kill_ms}: the
 *       longest that a thread which does nothing woke up late meanwhile, which no cluster can be better than
 *   <li>{@code lost}: asks of that sender without an answer, and messages in doubt or undelivered on survivors
 * </ul>
 */
final class Takeover implements Benchmark {
    private static final Duration SETTLING = Duration.ofSeconds(2);
    private static final Duration WATCHED = Duration.ofSeconds(9);
    private static final List<String> LOSSES = List.of("MESSAGES_UNDELIVERED", "MESSAGES_IN_DOUBT", "ASKS_FAILED");

    @Override
    public Map<String, Double> run(int shards) {
        try (BenchCluster cluster = BenchCluster.start(shards, false)) {
            cluster.awaitPlacing();
            cluster.touch(cluster.nodes().get(0), 0, shards);
            BenchCluster.await("home for each shard", () -> cluster.hosted() == shards && cluster.handled() == shards);
            BenchCluster.sleep(SETTLING);
            BenchNode leader = cluster.leader();
            List<BenchNode> survivors = cluster.others(leader);
            BenchNode asking = survivors.get(0);
            BenchNode answering = survivors.get(1);
            ShardEpoch target = answering.hostedEpochs().get(0);
            try (SteadySender sender = new SteadySender(
                            asking.entity(cluster.id(target.shard().shard())));
                    Hiccups hiccups = new Hiccups()) {
                return measure(cluster, leader, new Watched(survivors, sender, hiccups));
            }
        }
    }

    /** Who survives, and who looks. */
    private record Watched(List<BenchNode> survivors, SteadySender sender, Hiccups hiccups) {
        private void take(String when, Map<String, Double> figures) {
            figures.put("gap_" + when + "_ms", sender.takeLongestGapMillis());
            figures.put("wait_" + when + "_ms", sender.takeLongestWaitMillis());
            figures.put("hiccup_" + when + "_ms", hiccups.takeMillis());
        }
    }

    private static Map<String, Double> measure(BenchCluster cluster, BenchNode leader, Watched watched) {
        List<BenchNode> survivors = watched.survivors();
        BenchCluster.sleep(SETTLING);
        watched.take("before", new LinkedHashMap<>());
        BenchCluster.sleep(WATCHED);
        final Map<String, Double> gaps = new LinkedHashMap<>();
        watched.take("calm", gaps);
        final List<Map<ShardKey, ShardEpoch>> before =
                survivors.stream().map(Takeover::byShard).toList();
        survivors.forEach(BenchNode::forget);

        long killed = System.nanoTime();
        leader.running().kill();
        BenchCluster.await("successor", () -> survivors.stream().anyMatch(n -> n.activeNanos() != 0));
        BenchNode successor =
                survivors.stream().filter(n -> n.activeNanos() != 0).findFirst().orElseThrow();
        BenchNode other = survivors.get(1 - survivors.indexOf(successor));
        BenchCluster.await("registration", () -> other.registeredNanos() != 0);
        BenchCluster.await(
                "recovery", () -> survivors.stream().mapToInt(BenchNode::hosted).sum() == cluster.shards());
        long recovered = System.nanoTime();
        BenchCluster.sleep(WATCHED.minusNanos(Math.min(recovered - killed, WATCHED.toNanos())));

        watched.take("kill", gaps);

        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("active_ms", millis(successor.candidateNanos(), successor.activeNanos()));
        figures.put("answering_ms", millis(successor.candidateNanos(), other.registeredNanos()));
        figures.put("cpu_ms", millis(successor.candidateProcessorNanos(), other.registeredProcessorNanos()));
        figures.put("candidacies", (double) successor.candidacies());
        figures.put("kill_to_answering_ms", millis(killed, other.registeredNanos()));
        figures.put("kill_to_recovered_ms", millis(killed, recovered));
        figures.put("adopted", (double) successor.adopted());
        double changed = cluster.shards() - successor.adopted();
        for (int i = 0; i < survivors.size(); i++) {
            changed += changes(before.get(i), byShard(survivors.get(i)));
        }
        figures.put("reallocated", changed);
        figures.putAll(gaps);
        figures.put("lost", watched.sender().stop() + losses(survivors));
        return figures;
    }

    private static double losses(List<BenchNode> survivors) {
        return survivors.stream()
                .flatMap(node ->
                        LOSSES.stream().map(name -> node.running().counters().getOrDefault(name, 0L)))
                .mapToDouble(Long::doubleValue)
                .sum();
    }

    private static Map<ShardKey, ShardEpoch> byShard(BenchNode node) {
        Map<ShardKey, ShardEpoch> byShard = new HashMap<>();
        node.hostedEpochs().forEach(epoch -> byShard.put(epoch.shard(), epoch));
        return byShard;
    }

    private static double changes(Map<ShardKey, ShardEpoch> before, Map<ShardKey, ShardEpoch> after) {
        return before.entrySet().stream()
                .filter(entry -> !entry.getValue().equals(after.get(entry.getKey())))
                .count();
    }

    static double millis(long fromNanos, long toNanos) {
        return (toNanos - fromNanos) / 1e6;
    }
}
