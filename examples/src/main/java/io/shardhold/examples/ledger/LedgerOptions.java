package io.shardhold.examples.ledger;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;

/**
 * What the user asked for.
 *
 * @param input a CSV file; empty for the one that ships
 * @param kill which nodes are killed
 * @param nodes number of node JVMs
 * @param seed decides which nodes are killed, where there is a choice
 * @param help whether the help is all that is wanted
 */
record LedgerOptions(Optional<Path> input, KillSchedule.Victims kill, int nodes, long seed, boolean help) {
    static final String HELP = """
            Usage: ledger [--input FILE] [--kill one|seed|two|none] [--nodes N] [--seed N]

            Starts node JVMs and a router JVM on loopback, sends deposits to accounts, one entity each, kills
            nodes with SIGKILL on the way and starts them again, and compares the sums in the database with
            those in the input.

              --input FILE  CSV with lines of deposit_id,account_id,amount_cents; by default one that ships
                            with the program: 120,000 deposits for 5,000 accounts
              --kill one    half way, one node that is not the first seed (default)
              --kill seed   half way, the first seed
              --kill two    two nodes, the second when the first is back
              --kill none   no node
              --nodes N     3 to 7 nodes; the first 3, 5 or 7 of them are the seeds; 3 by default
              --seed N      a number that decides which nodes are killed; 1 by default
              --help        this text

            The last line of the output is one JSON object:
              lost               deposits of the input that are not in the database
              duplicated         deposits that count more than once there
              staleFenceRefused  writes of instances that had been replaced, refused by the database
              longestGapMillis   the longest time that any deposit waited from its first send to its receipt,
                                 repetitions included: what a client saw of the kill
              seconds            the whole run

            Exit status: 0 nothing lost or duplicated; 1 something was, or the run failed; 2 as 0, but the
            input had bad lines, which were named and skipped; 64 wrong options; 66 unreadable input.
            """;

    /** Options that make no sense; the message says what would. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }
    }

    static LedgerOptions parse(List<String> arguments) throws Refused {
        LedgerOptions options = new LedgerOptions(Optional.empty(), KillSchedule.Victims.ONE, 3, 1, false);
        Queue<String> rest = new ArrayDeque<>(arguments);
        while (!rest.isEmpty()) {
            options = options.with(rest.remove(), rest);
        }
        return options;
    }

    private LedgerOptions with(String option, Queue<String> rest) throws Refused {
        return switch (option) {
            case "--help", "-h" -> new LedgerOptions(input, kill, nodes, seed, true);
            case "--input" -> new LedgerOptions(Optional.of(Path.of(value(option, rest))), kill, nodes, seed, help);
            case "--kill" -> new LedgerOptions(input, victims(value(option, rest)), nodes, seed, help);
            case "--nodes" ->
                new LedgerOptions(input, kill, (int) number(option, value(option, rest), 3, 7), seed, help);
            case "--seed" ->
                new LedgerOptions(input, kill, nodes, number(option, value(option, rest), 0, Long.MAX_VALUE), help);
            default -> throw new Refused("unknown option '" + option + "'");
        };
    }

    private static String value(String option, Queue<String> rest) throws Refused {
        String value = rest.poll();
        if (value == null || value.isEmpty()) {
            throw new Refused("option " + option + " needs a value");
        }
        return value;
    }

    private static KillSchedule.Victims victims(String value) throws Refused {
        for (KillSchedule.Victims victims : KillSchedule.Victims.values()) {
            if (victims.name().toLowerCase(Locale.ROOT).equals(value)) {
                return victims;
            }
        }
        throw new Refused("--kill must be one, seed, two or none, was '" + value + "'");
    }

    private static long number(String option, String value, long least, long most) throws Refused {
        long number = value.matches("[0-9]{1,18}") ? Long.parseLong(value) : -1;
        if (number < least || number > most) {
            throw new Refused(
                    option + " must be a whole number from " + least + " to " + most + ", was '" + value + "'");
        }
        return number;
    }
}
