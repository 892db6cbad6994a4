package io.shardhold.examples.ledger;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where the members of a run, each a process, have the lease of their coordinator; as text for a command line. */
sealed interface LeasePlace {
    /** There is none. */
    record None() implements LeasePlace {
        @Override
        public String toText() {
            return NONE;
        }
    }

    /**
     * In a Hazelcast cluster, of which each node process is a member and the router a client.
     *
     * @param addresses one per node, in their order; the nodes are the voters
     */
    record Hazelcast(List<String> addresses) implements LeasePlace {
        public Hazelcast {
            addresses = List.copyOf(addresses);
        }

        @Override
        public String toText() {
            return HAZELCAST + String.join(",", addresses);
        }
    }

    /**
     * A Lease object.
     *
     * @param namespace empty for that of the kubeconfig
     */
    record Kubernetes(Path kubeconfig, Optional<String> namespace) implements LeasePlace {
        @Override
        public String toText() {
            return KUBERNETES + namespace.orElse("") + ":" + kubeconfig.toAbsolutePath();
        }
    }

    String NONE = "none";
    String HAZELCAST = "hazelcast:";
    String KUBERNETES = "k8s:";

    String toText();

    static LeasePlace parse(String text) {
        if (text.equals(NONE)) {
            return new None();
        }
        if (text.startsWith(HAZELCAST)) {
            return new Hazelcast(List.of(text.substring(HAZELCAST.length()).split(",", -1)));
        }
        if (text.startsWith(KUBERNETES)) {
            String[] parts = text.substring(KUBERNETES.length()).split(":", 2);
            return new Kubernetes(Path.of(parts[1]), parts[0].isEmpty() ? Optional.empty() : Optional.of(parts[0]));
        }
        throw new IllegalArgumentException("no lease is kept at '" + text + "'");
    }
}
