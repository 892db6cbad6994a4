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
 * @param kill which nodes are killed; empty for what the mode does by itself
 * @param nodes number of nodes
 * @param seed decides which nodes are killed, where there is a choice
 * @param lease what the coordinator must hold besides its quorum
 * @param help whether the help is all that is wanted
 */
record LedgerOptions(
        Optional<Path> input, Optional<KillSchedule.Victims> kill, int nodes, long seed, Lease lease, boolean help) {
    static final String HELP = """
            Usage: ledger [--input FILE] [--kill one|seed|two|none] [--nodes N] [--seed N] [--lease none|memory]

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
              --lease none  a quorum of the seeds decides alone (default)
              --lease memory
                            who coordinates must hold a lease as well. Its store is the memory of one process,
                            so all nodes and the router run in one JVM, and nobody can be killed: half way the
                            node that coordinates leaves in order and comes back, under load. Later the store
                            of the lease is taken away for 8 seconds: nobody coordinates, but what has its
                            place goes on. Takes no --kill but none: then no node leaves, the store is taken
                            away all the same. A lease between processes comes with Hazelcast or Kubernetes,
                            which do not exist yet.
              --help        this text

            The last line of the output is one JSON object:
              lost               deposits of the input that are not in the database
              duplicated         deposits that count more than once there
              staleFenceRefused  writes of instances that had been replaced, refused by the database
              longestGapMillis   the longest time that any deposit waited from its first send to its receipt,
                                 repetitions included: what a client saw of the kill, or of the move
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

    /** Where the lease of the coordinator is kept. */
    enum Lease {
        /** There is none. */
        NONE,
        /** In the one process that then runs all nodes. */
        MEMORY
    }

    private static final LedgerOptions DEFAULT =
            new LedgerOptions(Optional.empty(), Optional.empty(), 3, 1, Lease.NONE, false);

    static LedgerOptions parse(List<String> arguments) throws Refused {
        LedgerOptions options = DEFAULT;
        Queue<String> rest = new ArrayDeque<>(arguments);
        while (!rest.isEmpty()) {
            options = options.with(rest.remove(), rest);
        }
        options.checkTogether();
        return options;
    }

    private void checkTogether() throws Refused {
        if (lease == Lease.MEMORY && kill.isPresent() && kill.get() != KillSchedule.Victims.NONE) {
            throw new Refused("--kill " + text(kill.get()) + " does not go with --lease memory, where all nodes are in"
                    + " one process: leave --kill out to have the node that coordinates leave and come back, or give"
                    + " --kill none to have none leave");
        }
    }

    /** Which nodes are killed where each is a process. */
    KillSchedule.Victims victims() {
        return kill.orElse(KillSchedule.Victims.ONE);
    }

    /** Whether, where all are in one process, the node that coordinates leaves and comes back. */
    boolean oneLeaves() {
        return kill.isEmpty();
    }

    private LedgerOptions with(String option, Queue<String> rest) throws Refused {
        return switch (option) {
            case "--help", "-h" -> new LedgerOptions(input, kill, nodes, seed, lease, true);
            case "--input" ->
                new LedgerOptions(Optional.of(Path.of(value(option, rest))), kill, nodes, seed, lease, help);
            case "--kill" ->
                new LedgerOptions(input, Optional.of(victims(value(option, rest))), nodes, seed, lease, help);
            case "--nodes" ->
                new LedgerOptions(input, kill, (int) number(option, value(option, rest), 3, 7), seed, lease, help);
            case "--seed" ->
                new LedgerOptions(
                        input, kill, nodes, number(option, value(option, rest), 0, Long.MAX_VALUE), lease, help);
            case "--lease" -> new LedgerOptions(input, kill, nodes, seed, lease(value(option, rest)), help);
            default -> throw new Refused("unknown option '" + option + "'");
        };
    }

    private static Lease lease(String value) throws Refused {
        return switch (value) {
            case "none" -> Lease.NONE;
            case "memory" -> Lease.MEMORY;
            case "hazelcast", "k8s", "kubernetes" ->
                throw new Refused("--lease " + value + " is not there yet: a lease between processes waits for the"
                        + " implementations on Hazelcast and Kubernetes; give --lease memory, which runs all"
                        + " nodes in one process, or --lease none");
            default -> throw new Refused("--lease must be none or memory, was '" + value + "'");
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
            if (text(victims).equals(value)) {
                return victims;
            }
        }
        throw new Refused("--kill must be one, seed, two or none, was '" + value + "'");
    }

    private static String text(KillSchedule.Victims victims) {
        return victims.name().toLowerCase(Locale.ROOT);
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
