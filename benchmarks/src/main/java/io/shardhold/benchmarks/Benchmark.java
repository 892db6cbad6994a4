package io.shardhold.benchmarks;

import java.util.Map;

/** Something that is measured, one run at a time. */
@FunctionalInterface
interface Benchmark {
    /** One run with a cluster of its own; its figures by name. */
    Map<String, Double> run(int shards);
}
