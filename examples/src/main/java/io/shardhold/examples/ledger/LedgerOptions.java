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
 * @param kubeconfig how the API server is reached, for a lease on Kubernetes
 * @param namespace of the Lease object; empty for that of the kubeconfig
 * @param help whether the help is all that is wanted
 */
record LedgerOptions(
        Optional<Path> input,
        Optional<KillSchedule.Victims> kill,
        int nodes,
        long seed,
        Lease lease,
        Optional<Path> kubeconfig,
        Optional<String> namespace,
        boolean help) {
    static final String HELP = """
            Usage: ledger [--input FILE] [--kill one|seed|two|none] [--nodes N] [--seed N]
                          [--lease none|memory|hazelcast|k8s] [--kubeconfig FILE] [--namespace N]

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
                            away all the same
              --lease hazelcast
                            the same in a Hazelcast cluster: each node JVM is a member of it, the router a client;
                            who is killed takes the member along
              --lease k8s   the same as a Lease object called ledger on an API server
              --kubeconfig FILE
                            how to reach that server; needed with --lease k8s
              --namespace N of the object; by default that of the kubeconfig
              --help        this text

            The last line of the output is one JSON object:
              lost               deposits of the input that are not in the database
              duplicated         deposits that count more than once there
              staleFenceRefused  writes of instances that had been replaced, refused by the database
              longestGapMillis   the longest time that any deposit waited from its first send to its receipt,
                                 repetitions included: what a client saw of the kill, or of the move
              seconds            the whole run

            Exit status: 0 nothing lost or duplicated; 1 something was, or the run failed; 2 as 0, but the
            input had bad lines, which were named and skipped; 64 wrong options; 66 unreadable input;
            69 the kubeconfig cannot be used.
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
        MEMORY,
        /** In a cluster of Hazelcast members, one in each node process. */
        HAZELCAST,
        /** On an API server. */
        KUBERNETES
    }

    static LedgerOptions parse(List<String> arguments) throws Refused {
        LedgerOptions options = new Reading(new ArrayDeque<>(arguments)).read();
        options.checkTogether();
        return options;
    }

    private void checkTogether() throws Refused {
        if (lease == Lease.MEMORY && kill.isPresent() && kill.get() != KillSchedule.Victims.NONE) {
            throw new Refused("--kill " + text(kill.get()) + " does not go with --lease memory, where all nodes are in"
                    + " one process: leave --kill out to have the node that coordinates leave and come back, or give"
                    + " --kill none to have none leave");
        }
        if (lease == Lease.KUBERNETES && kubeconfig.isEmpty() && !help) {
            throw new Refused("--lease k8s needs --kubeconfig FILE");
        }
        if (lease != Lease.KUBERNETES && (kubeconfig.isPresent() || namespace.isPresent())) {
            throw new Refused((kubeconfig.isPresent() ? "--kubeconfig" : "--namespace")
                    + " goes with --lease k8s only: give that too, or leave it out");
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

    /** Reads one option after the other; what is given twice counts as given last. */
    private static final class Reading {
        private final Queue<String> rest;
        private Optional<Path> input = Optional.empty();
        private Optional<KillSchedule.Victims> kill = Optional.empty();
        private int nodes = 3;
        private long seed = 1;
        private Lease lease = Lease.NONE;
        private Optional<Path> kubeconfig = Optional.empty();
        private Optional<String> namespace = Optional.empty();
        private boolean help;

        Reading(Queue<String> arguments) {
            this.rest = arguments;
        }

        LedgerOptions read() throws Refused {
            while (!rest.isEmpty()) {
                read(rest.remove());
            }
            return new LedgerOptions(input, kill, nodes, seed, lease, kubeconfig, namespace, help);
        }

        private void read(String option) throws Refused {
            switch (option) {
                case "--help", "-h" -> help = true;
                case "--input" -> input = Optional.of(Path.of(value(option, rest)));
                case "--kill" -> kill = Optional.of(victims(value(option, rest)));
                case "--nodes" -> nodes = (int) number(option, value(option, rest), 3, 7);
                case "--seed" -> seed = number(option, value(option, rest), 0, Long.MAX_VALUE);
                case "--lease" -> lease = lease(value(option, rest));
                case "--kubeconfig" -> kubeconfig = Optional.of(Path.of(value(option, rest)));
                case "--namespace" -> namespace = Optional.of(value(option, rest));
                default -> throw new Refused("unknown option '" + option + "'");
            }
        }
    }

    private static Lease lease(String value) throws Refused {
        return switch (value) {
            case "none" -> Lease.NONE;
            case "memory" -> Lease.MEMORY;
            case "hazelcast" -> Lease.HAZELCAST;
            case "k8s", "kubernetes" -> Lease.KUBERNETES;
            default -> throw new Refused("--lease must be none, memory, hazelcast or k8s, was '" + value + "'");
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
