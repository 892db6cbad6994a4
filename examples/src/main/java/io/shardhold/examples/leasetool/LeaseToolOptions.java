package io.shardhold.examples.leasetool;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;

/**
 * What the user asked for.
 *
 * @param store where the lease is
 * @param lease its name
 * @param owner who asks
 * @param ttl of the lease
 * @param hold how long a contender keeps a grant
 * @param runFor after which the program stops by itself; empty: when it is told to
 * @param command what to do
 * @param contenders how many ask, for the command that contends; else 1
 * @param help whether the help is all that is wanted
 */
record LeaseToolOptions(
        Store store,
        String lease,
        String owner,
        Duration ttl,
        Duration hold,
        Optional<Duration> runFor,
        Command command,
        int contenders,
        boolean help) {
    static final String HELP = """
            Usage: lease-tool STORE [OPTIONS] hold | watch | contend K

            Holds, watches or contends for one lease on a real store, and prints one JSON line per event, so that you
            can see what a Shardhold coordinator would have believed. Stops with SIGTERM or Ctrl-C, and releases.

              hold          asks for the lease until it is granted, renews it, asks again when it is lost
              watch         asks for nothing; prints each change of the record that it sees
              contend K     K contenders in this process, 1 to 64: each holds a grant for a while, releases it and asks
                            again; says if two of them ever believed at once. Contenders in other processes are
                            welcome: compare the lines

            STORE
              --kubeconfig FILE [--context C] [--namespace N]
                            a Lease object of Kubernetes
              --in-cluster [--namespace N]
                            the same, from within a pod
              --hazelcast HOST:PORT,... --voters NAME,... [--as NAME] [--cluster-name C]
                            a record in the map shardhold-leases of a Hazelcast cluster with these voters; the
                            first address is that of the first voter, and so on. As a client, which takes your word
                            that the members are configured as docs/leases.md says, and waits until one of them
                            is there; with --as, as the member of that name

            OPTIONS
              --name L      name of the lease; lease-tool by default
              --owner O     who asks, for people; host and process by default
              --ttl S       whole seconds, 2 to 3600; 10 by default. Margin and poll are a tenth of it, a renewal
                            comes every quarter, a request is given up after a fifth
              --hold S      seconds for which a contender keeps a grant; half a ttl by default
              --seconds S   stop by itself after so long, from when the store is open
              --help        this text

            Events: granted, renewed, lost, refused (somebody else holds it), unavailable, unknown (whether a request
            was carried out), releasing, released; overlap and summary for contend; record and absent for watch.
            Each has the time on the wall (at) and monoNanos, a clock that all processes of one Linux machine share.
            granted and renewed say with deadlineMonoNanos until when the grant is believed if no renewal follows.
            A belief ends at the latest deadline of its token, or at its line lost or releasing if that is earlier.

            A belief begins before its line granted: at the earliest when the request left, which is
            deadlineMonoNanos less nine tenths of the ttl.

            Exit status: 0 stopped as told; 1 two contenders believed at once, or the run failed; 64 wrong options;
            69 the store cannot be used; 143 stopped by SIGTERM.
            """;

    /** Options that make no sense; the message says what would. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }
    }

    enum Command {
        HOLD,
        WATCH,
        CONTEND
    }

    /** Where the lease is. */
    sealed interface Store {
        /**
         * An API server.
         *
         * @param kubeconfig empty from within a pod
         */
        record Kubernetes(Optional<Path> kubeconfig, Optional<String> context, Optional<String> namespace)
                implements Store {}

        /**
         * A Hazelcast cluster.
         *
         * @param as the voter that this process is; empty for a client
         */
        record Hazelcast(List<String> addresses, List<String> voters, Optional<String> as, String clusterName)
                implements Store {
            public Hazelcast {
                addresses = List.copyOf(addresses);
                voters = List.copyOf(voters);
            }
        }
    }

    private static final Set<String> WITH_VALUE = Set.of(
            "--kubeconfig",
            "--context",
            "--namespace",
            "--hazelcast",
            "--voters",
            "--as",
            "--cluster-name",
            "--name",
            "--owner",
            "--ttl",
            "--hold",
            "--seconds");
    private static final Set<String> FLAGS = Set.of("--in-cluster", "--help", "-h");
    private static final int MOST_CONTENDERS = 64;

    static LeaseToolOptions parse(List<String> arguments) throws Refused {
        Queue<String> rest = new ArrayDeque<>(arguments);
        Map<String, String> given = new LinkedHashMap<>();
        Command command = null;
        int contenders = 1;
        while (!rest.isEmpty()) {
            String next = rest.remove();
            if (WITH_VALUE.contains(next)) {
                put(given, next, value(next, rest));
            } else if (FLAGS.contains(next)) {
                put(given, next, "");
            } else if (command != null) {
                throw new Refused("'" + next + "' is one too many: the command is "
                        + command.name().toLowerCase(Locale.ROOT));
            } else {
                command = command(next);
                contenders = command == Command.CONTEND ? contenders(rest) : 1;
            }
        }
        if (given.containsKey("--help") || given.containsKey("-h")) {
            return help(command == null ? Command.HOLD : command);
        }
        if (command == null) {
            throw new Refused("a command is missing: hold, watch or contend K");
        }
        Duration ttl = Duration.ofSeconds(number(given, "--ttl", 10, 2, 3600));
        return new LeaseToolOptions(
                store(given),
                given.getOrDefault("--name", "lease-tool"),
                given.getOrDefault("--owner", defaultOwner()),
                ttl,
                given.containsKey("--hold")
                        ? Duration.ofSeconds(number(given, "--hold", 0, 1, 86_400))
                        : ttl.dividedBy(2),
                given.containsKey("--seconds")
                        ? Optional.of(Duration.ofSeconds(number(given, "--seconds", 0, 1, 86_400)))
                        : Optional.empty(),
                command,
                contenders,
                false);
    }

    private static LeaseToolOptions help(Command command) {
        Store none = new Store.Kubernetes(Optional.empty(), Optional.empty(), Optional.empty());
        return new LeaseToolOptions(none, "", "", Duration.ZERO, Duration.ZERO, Optional.empty(), command, 1, true);
    }

    private static void put(Map<String, String> given, String option, String value) throws Refused {
        if (given.put(option, value) != null) {
            throw new Refused(option + " is given twice");
        }
    }

    private static String value(String option, Queue<String> rest) throws Refused {
        String value = rest.poll();
        if (value == null || value.isEmpty()) {
            throw new Refused("option " + option + " needs a value");
        }
        return value;
    }

    private static Command command(String word) throws Refused {
        return switch (word) {
            case "hold" -> Command.HOLD;
            case "watch" -> Command.WATCH;
            case "contend" -> Command.CONTEND;
            default ->
                throw new Refused(
                        word.startsWith("-")
                                ? "unknown option '" + word + "'"
                                : "the command must be hold, watch or contend K, was '" + word + "'");
        };
    }

    private static int contenders(Queue<String> rest) throws Refused {
        String value = rest.poll();
        if (value == null || !value.matches("[0-9]{1,3}")) {
            throw new Refused("contend needs the number of contenders, 1 to " + MOST_CONTENDERS
                    + (value == null ? "" : ", was '" + value + "'"));
        }
        int count = Integer.parseInt(value);
        if (count < 1 || count > MOST_CONTENDERS) {
            throw new Refused("contend takes 1 to " + MOST_CONTENDERS + " contenders, was " + count);
        }
        return count;
    }

    private static Store store(Map<String, String> given) throws Refused {
        List<String> kinds = List.of("--kubeconfig", "--in-cluster", "--hazelcast").stream()
                .filter(given::containsKey)
                .toList();
        if (kinds.size() != 1) {
            throw new Refused(
                    kinds.isEmpty()
                            ? "a store is missing: --kubeconfig FILE, --in-cluster or --hazelcast HOST:PORT,..."
                            : String.join(" and ", kinds) + " exclude each other");
        }
        return kinds.get(0).equals("--hazelcast") ? hazelcast(given) : kubernetes(given);
    }

    private static Store kubernetes(Map<String, String> given) throws Refused {
        refuse(given, "Kubernetes", "--voters", "--as", "--cluster-name");
        if (given.containsKey("--in-cluster")) {
            refuse(given, "--in-cluster", "--context");
        }
        return new Store.Kubernetes(
                Optional.ofNullable(given.get("--kubeconfig")).map(Path::of),
                Optional.ofNullable(given.get("--context")),
                Optional.ofNullable(given.get("--namespace")));
    }

    private static Store hazelcast(Map<String, String> given) throws Refused {
        refuse(given, "Hazelcast", "--context", "--namespace");
        List<String> addresses = List.of(given.getOrDefault("--hazelcast", "").split(",", -1));
        for (String address : addresses) {
            if (!address.matches("[^:\\s]+:[0-9]{1,5}")) {
                throw new Refused("--hazelcast must be HOST:PORT,..., but one of them is '" + address + "'");
            }
        }
        if (!given.containsKey("--voters")) {
            throw new Refused("--hazelcast needs --voters, the names of the voters of the cluster, in the order of the"
                    + " addresses");
        }
        List<String> voters = List.of(given.getOrDefault("--voters", "").split(",", -1));
        Optional<String> as = Optional.ofNullable(given.get("--as"));
        if (as.isPresent() && !voters.contains(as.get())) {
            throw new Refused("--as must be one of the voters " + voters + ", was '" + as.get() + "'");
        }
        if (as.isPresent() && addresses.size() < voters.size()) {
            throw new Refused(
                    "--as needs an address for each voter, got " + addresses.size() + " for " + voters.size());
        }
        return new Store.Hazelcast(addresses, voters, as, given.getOrDefault("--cluster-name", "dev"));
    }

    private static void refuse(Map<String, String> given, String with, String... options) throws Refused {
        for (String option : options) {
            if (given.containsKey(option)) {
                throw new Refused(option + " does not go with " + with + ": leave it out");
            }
        }
    }

    private static long number(Map<String, String> given, String option, long otherwise, long least, long most)
            throws Refused {
        String value = given.get(option);
        if (value == null) {
            return otherwise;
        }
        long number = value.matches("[0-9]{1,9}") ? Long.parseLong(value) : -1;
        if (number < least || number > most) {
            throw new Refused(
                    option + " must be a whole number from " + least + " to " + most + ", was '" + value + "'");
        }
        return number;
    }

    private static String defaultOwner() {
        String process = Long.toString(ProcessHandle.current().pid());
        try {
            return InetAddress.getLocalHost().getHostName() + "-" + process;
        } catch (UnknownHostException nameless) {
            return "lease-tool-" + process;
        }
    }
}
