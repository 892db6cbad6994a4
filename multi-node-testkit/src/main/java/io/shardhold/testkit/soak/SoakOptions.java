package io.shardhold.testkit.soak;

import io.shardhold.testkit.FaultProfile;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a soak is asked for.
 *
 * @param sample one of so many seeds is run again, in this JVM and in another, and its history compared; 0 for none
 */
record SoakOptions(
        long firstSeed,
        long lastSeed,
        int nodes,
        int seedNodes,
        double minutes,
        FaultProfile profile,
        int threads,
        int sample,
        long sendEveryMillis,
        Lease lease) {
    /** Which seeds have a coordinator that needs a lease. */
    enum Lease {
        HALF,
        ALWAYS,
        NEVER
    }

    static final String USAGE = """
            usage: java -jar soak.jar [--seeds 1-100] [--nodes 5] [--seed-nodes 3] [--minutes 10] [--profile cruel]
                                      [--threads 2] [--sample 50] [--send-every 250] [--lease half]
              --seeds      first and last seed, or one
              --nodes      nodes of each cluster, from 1
              --seed-nodes how many of them are seed nodes: 1, 3, 5 or 7
              --minutes    virtual minutes of faults in each run
              --profile    calm, rough or cruel
              --threads    runs at a time; as many as there are cores unless said otherwise
              --sample     one of so many seeds is run again, here and in another JVM, to compare histories; 0 for none
              --send-every virtual milliseconds between two messages of each node
              --lease      which seeds have a coordinator that needs a lease: half (the odd ones), always or never
            """;

    private static final List<String> NAMES = List.of(
            "--seeds",
            "--nodes",
            "--seed-nodes",
            "--minutes",
            "--profile",
            "--threads",
            "--sample",
            "--send-every",
            "--lease");

    static SoakOptions parse(String... arguments) {
        Map<String, String> given = new TreeMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            if (!NAMES.contains(arguments[i])) {
                throw new IllegalArgumentException("no option '" + arguments[i] + "', only " + NAMES);
            }
            if (i + 1 == arguments.length) {
                throw new IllegalArgumentException("option " + arguments[i] + " lacks its value");
            }
            given.put(arguments[i], arguments[i + 1]);
        }
        String seeds = given.getOrDefault("--seeds", "1-100");
        int dash = seeds.indexOf('-', 1);
        long first = number("--seeds", dash < 0 ? seeds : seeds.substring(0, dash));
        long last = dash < 0 ? first : number("--seeds", seeds.substring(dash + 1));
        int nodes = count("--nodes", given.getOrDefault("--nodes", "5"), 1);
        if (last < first) {
            throw new IllegalArgumentException("--seeds goes from the lower to the higher, was " + seeds);
        }
        return new SoakOptions(
                first,
                last,
                nodes,
                count("--seed-nodes", given.getOrDefault("--seed-nodes", nodes < 3 ? "1" : "3"), 1),
                minutes(given.getOrDefault("--minutes", "10")),
                choice("profile", FaultProfile.values(), given.getOrDefault("--profile", "cruel")),
                count(
                        "--threads",
                        given.getOrDefault(
                                "--threads", String.valueOf(Runtime.getRuntime().availableProcessors())),
                        1),
                count("--sample", given.getOrDefault("--sample", "50"), 0),
                count("--send-every", given.getOrDefault("--send-every", "250"), 1),
                choice("lease", Lease.values(), given.getOrDefault("--lease", "half")));
    }

    private static long number(String option, String value) {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(option + " takes a number, was '" + value + "'", e);
        }
    }

    private static int count(String option, String value, int least) {
        long number = number(option, value);
        if (number < least || number > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(option + " is at least " + least + ", was " + value);
        }
        return (int) number;
    }

    private static double minutes(String value) {
        try {
            double minutes = Double.parseDouble(value);
            if (minutes > 0 && minutes < Integer.MAX_VALUE) {
                return minutes;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--minutes takes a number, was '" + value + "'", e);
        }
        throw new IllegalArgumentException("--minutes is more than 0, was " + value);
    }

    private static <E extends Enum<E>> E choice(String what, E[] choices, String value) {
        for (E choice : choices) {
            if (choice.name().equalsIgnoreCase(value)) {
                return choice;
            }
        }
        throw new IllegalArgumentException("no " + what + " '" + value + "', only "
                + Arrays.stream(choices)
                        .map(choice -> choice.name().toLowerCase(Locale.ROOT))
                        .toList());
    }

    /** What makes a run of one seed, as arguments. */
    List<String> arguments() {
        return List.of(
                "--nodes",
                String.valueOf(nodes),
                "--seed-nodes",
                String.valueOf(seedNodes),
                "--minutes",
                String.valueOf(minutes),
                "--profile",
                profile.name().toLowerCase(Locale.ROOT),
                "--send-every",
                String.valueOf(sendEveryMillis),
                "--lease",
                lease.name().toLowerCase(Locale.ROOT));
    }

    /** Whether the run of this seed has a lease. */
    boolean hasLease(long seed) {
        return lease == Lease.ALWAYS || (lease == Lease.HALF && seed % 2 != 0);
    }

    /** The command that runs one seed of this soak. */
    String replay(long seed) {
        return "java -jar multi-node-testkit/target/soak.jar --seeds " + seed + " " + String.join(" ", arguments());
    }
}
