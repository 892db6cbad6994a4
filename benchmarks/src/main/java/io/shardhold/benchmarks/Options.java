package io.shardhold.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a benchmark is asked for.
 *
 * @param shards sizes of the map, measured one after the other
 * @param runs measured runs of each size, each with a cluster of its own
 * @param warmups runs of each size before that, which are printed and do not count
 */
record Options(String benchmark, List<Integer> shards, int runs, int warmups) {
    static final String USAGE = """
            usage: java -jar benchmarks.jar takeover|allocation|growth [--shards 1000,10000,100000] [--runs 5] [--warmups 1]
              takeover    the node that coordinates dies; how long until another does, and what a sender notices
              allocation  one message to each shard of a new cluster; how long until each has a home and is answered
              growth      bytes written for a thousand more shards, as the map grows
              --shards    sizes of the map
              --runs      measured runs of each size
              --warmups   runs of each size that do not count
            """;

    private static final List<String> BENCHMARKS = List.of("takeover", "allocation", "growth");
    private static final List<String> NAMES = List.of("--shards", "--runs", "--warmups");
    private static final int MOST_SHARDS = 1 << 20;

    static Options parse(String... arguments) {
        if (arguments.length == 0 || !BENCHMARKS.contains(arguments[0])) {
            throw new IllegalArgumentException("the first argument is one of " + BENCHMARKS);
        }
        Map<String, String> given = new TreeMap<>();
        for (int i = 1; i < arguments.length; i += 2) {
            if (!NAMES.contains(arguments[i])) {
                throw new IllegalArgumentException("no option '" + arguments[i] + "', only " + NAMES);
            }
            if (i + 1 == arguments.length) {
                throw new IllegalArgumentException("option " + arguments[i] + " lacks its value");
            }
            given.put(arguments[i], arguments[i + 1]);
        }
        List<Integer> shards = new ArrayList<>();
        for (String size : given.getOrDefault("--shards", "1000,10000,100000").split(",", -1)) {
            shards.add(number("--shards", size, 3, MOST_SHARDS));
        }
        return new Options(
                arguments[0],
                List.copyOf(shards),
                number("--runs", given.getOrDefault("--runs", "5"), 1, 1_000),
                number("--warmups", given.getOrDefault("--warmups", "1"), 0, 1_000));
    }

    private static int number(String option, String value, int least, int most) {
        int number;
        try {
            number = Integer.parseInt(value.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(option + " takes numbers, was '" + value + "'", e);
        }
        if (number < least || number > most) {
            throw new IllegalArgumentException(option + " is " + least + " to " + most + ", was " + number);
        }
        return number;
    }
}
