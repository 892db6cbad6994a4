package io.shardhold.internal.kernel;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** The counters and gauges of one node. Any thread; each sum is exact once writers are quiet. */
public final class Counters {
    private final Map<Counter, LongAdder> adders = new EnumMap<>(Counter.class);
    private final Map<Gauge, AtomicLong> gauges = new EnumMap<>(Gauge.class);

    public Counters() {
        for (Gauge gauge : Gauge.values()) {
            gauges.put(gauge, new AtomicLong());
        }
        for (Counter counter : Counter.values()) {
            adders.put(counter, new LongAdder());
        }
    }

    public void increment(Counter counter) {
        adder(counter).increment();
    }

    public void add(Counter counter, long amount) {
        adder(counter).add(amount);
    }

    public long get(Counter counter) {
        return adder(counter).sum();
    }

    public void set(Gauge gauge, long value) {
        Objects.requireNonNull(gauges.get(gauge)).set(value);
    }

    /** All gauges by name, sorted. */
    public SortedMap<String, Long> gauges() {
        SortedMap<String, Long> all = new TreeMap<>();
        gauges.forEach((gauge, value) -> all.put(gauge.name(), value.get()));
        return Collections.unmodifiableSortedMap(all);
    }

    private LongAdder adder(Counter counter) {
        return Objects.requireNonNull(adders.get(counter));
    }

    /** All counters by name, sorted. */
    public SortedMap<String, Long> snapshot() {
        SortedMap<String, Long> all = new TreeMap<>();
        for (Counter counter : Counter.values()) {
            all.put(counter.name(), get(counter));
        }
        return Collections.unmodifiableSortedMap(all);
    }
}
