package io.shardhold.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The figures of several runs, by name, and their spread. */
final class Figures {
    private final Map<String, List<Double>> byName = new LinkedHashMap<>();

    /** Takes the figures of one run. */
    void add(Map<String, Double> run) {
        run.forEach((name, value) ->
                byName.computeIfAbsent(name, n -> new ArrayList<>()).add(value));
    }

    /** Median, least and most of each figure. */
    JsonLine spread(JsonLine line) {
        byName.forEach((name, values) -> {
            List<Double> sorted = values.stream().sorted().toList();
            Map<String, Double> spread = new LinkedHashMap<>();
            spread.put("median", median(sorted));
            spread.put("min", sorted.get(0));
            spread.put("max", sorted.get(sorted.size() - 1));
            line.put(name, spread);
        });
        return line;
    }

    /** The middle of an ascending list; between the two middle ones if their number is even. */
    static double median(List<Double> sorted) {
        int upper = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(upper) : (sorted.get(upper - 1) + sorted.get(upper)) / 2;
    }
}
