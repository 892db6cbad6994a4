package io.shardhold.examples.ledger;

import java.util.List;

/**
 * What the supervisor tells a child process on its command line.
 *
 * @param name of the node, for people
 * @param port on loopback
 * @param seeds of the cluster
 * @param lease where the lease of the coordinator is kept
 * @param file a node's database; a router's input, empty for the one that ships
 */
record ChildArguments(String name, int port, List<String> seeds, LeasePlace lease, String file) {
    static final String HOST = "127.0.0.1";
    static final String CLUSTER = "ledger";

    ChildArguments {
        seeds = List.copyOf(seeds);
    }

    List<String> toCommandLine() {
        return List.of(name, Integer.toString(port), String.join(",", seeds), lease.toText(), file);
    }

    static ChildArguments parse(String[] arguments) {
        if (arguments.length != 5) {
            throw new IllegalArgumentException("expected name, port, seeds, lease and file, got " + List.of(arguments)
                    + ": this program is started by the supervisor; run ./ledger");
        }
        return new ChildArguments(
                arguments[0],
                Integer.parseInt(arguments[1]),
                List.of(arguments[2].split(",", -1)),
                LeasePlace.parse(arguments[3]),
                arguments[4]);
    }

    String[] seedArray() {
        return seeds.toArray(String[]::new);
    }
}
