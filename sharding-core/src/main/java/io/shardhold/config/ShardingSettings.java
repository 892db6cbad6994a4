package io.shardhold.config;

import io.shardhold.allocation.AllocationStrategy;
import io.shardhold.allocation.LeastShards;
import io.shardhold.cluster.ClusterEvent;
import io.shardhold.lease.Lease;
import io.shardhold.lease.LeaseSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a node needs to know before it starts. Immutable; checked as a whole by {@link Builder#build()}.
 *
 * <pre>{@code
 * ShardingSettings settings = ShardingSettings.builder("shop")
 *     .bind("10.0.0.1", 7350)
 *     .seeds("10.0.0.1:7350", "10.0.0.2:7350", "10.0.0.3:7350")
 *     .entity(EntitySpec.of(CART, context -> new CartEntity()))
 *     .build();
 * }</pre>
 *
 * <p>Hosts are names or addresses; an IPv6 address stands in brackets wherever it is given, {@code [::1]}. Names are
 * compared as text, in lower case: a node that advertises {@code 127.0.0.1} is not the seed {@code localhost}.
 */
public final class ShardingSettings {
    /** The port that is used unless there is a reason for another. */
    public static final int DEFAULT_PORT = 7350;

    private static final Pattern CLUSTER_NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
    private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "[::]", "::", "[0:0:0:0:0:0:0:0]", "*");

    private final String clusterName;
    private final String bindHost;
    private final int bindPort;
    private final String advertisedHost;
    private final int advertisedPort;
    private final String name;
    private final List<String> seeds;
    private final List<EntitySpec<?>> entities;
    private final SortedSet<String> roles;
    private final String zone;
    private final int weight;
    private final String version;
    private final Timings timings;
    private final Limits limits;
    private final List<Consumer<ClusterEvent>> listeners;
    private final int workers;
    private final AllocationStrategy allocation;
    private final @Nullable Lease lease;

    private ShardingSettings(Builder from, String bindHost, String advertisedHost, List<String> seeds) {
        this.clusterName = from.clusterName;
        this.bindHost = bindHost;
        this.bindPort = from.bindPort;
        this.advertisedHost = advertisedHost;
        this.advertisedPort = from.advertisedPort();
        this.name = from.name == null ? advertisedHost + ":" + advertisedPort : from.name;
        this.seeds = List.copyOf(seeds);
        this.entities = List.copyOf(from.entities);
        this.roles = Collections.unmodifiableSortedSet(new TreeSet<>(from.roles));
        this.zone = from.zone;
        this.weight = from.weight;
        this.version = from.version;
        this.timings = from.timings;
        this.limits = from.limits;
        this.listeners = List.copyOf(from.listeners);
        this.workers = from.workers;
        this.allocation = from.allocation;
        this.lease = from.lease;
    }

    /**
     * Begins the settings of a node of this cluster.
     *
     * @param clusterName 1 to 64 of a-z, 0-9, '.', '_', '-', beginning with a letter or digit; nodes of clusters with
     *     different names never mix
     */
    public static Builder builder(String clusterName) {
        return new Builder(clusterName);
    }

    public String clusterName() {
        return clusterName;
    }

    public String bindHost() {
        return bindHost;
    }

    public int bindPort() {
        return bindPort;
    }

    public String advertisedHost() {
        return advertisedHost;
    }

    public int advertisedPort() {
        return advertisedPort;
    }

    /** The advertised {@code host:port}: how others reach this node and how it appears among the seeds. */
    public String address() {
        return advertisedHost + ":" + advertisedPort;
    }

    /** How operators call the node. */
    public String name() {
        return name;
    }

    /** The seeds as {@code host:port}, in the order given: 1, 3, 5 or 7, without duplicates. */
    public List<String> seeds() {
        return seeds;
    }

    /** Whether this node is one of the seeds, so that it may hold a seat: its advertised address is in the list. */
    public boolean isSeed() {
        return seeds.contains(address());
    }

    /** The entity types that this node hosts or routes to, in the order given. */
    public List<EntitySpec<?>> entities() {
        return entities;
    }

    public SortedSet<String> roles() {
        return roles;
    }

    /** Where the node runs; empty if nothing was said. */
    public String zone() {
        return zone;
    }

    public int weight() {
        return weight;
    }

    /** Version of the application; empty if nothing was said. */
    public String version() {
        return version;
    }

    public Timings timings() {
        return timings;
    }

    public Limits limits() {
        return limits;
    }

    /** Receivers of events, in the order given. */
    public List<Consumer<ClusterEvent>> listeners() {
        return listeners;
    }

    /** Threads that run entities of types without threads of their own. */
    public int workers() {
        return workers;
    }

    /** Where shards go. */
    public AllocationStrategy allocation() {
        return allocation;
    }

    /** The lease that a coordinator of this cluster must hold; empty if a quorum of the seeds is all it needs. */
    public Optional<Lease> lease() {
        return Optional.ofNullable(lease);
    }

    /**
     * Longest time from the death of the coordinator's node to its shards being placed again, besides a promise round: while
     * the trouble has to last, whoever takes over waits for the lease as well.
     */
    public Duration coordinatorBound() {
        Duration leaseWait = lease == null ? Duration.ZERO : lease.settings().leaseWait();
        Duration lasting = leaseWait.compareTo(timings.stable()) > 0 ? leaseWait : timings.stable();
        return timings.detection().plus(lasting).plus(timings.verdictWait());
    }

    /** How long the shards of a node that dies can be without a home, as two sums in seconds; printed at start. */
    public String describeBounds() {
        Timings t = timings;
        String wait = " + consent " + SettingsCheck.text(t.consent()) + " + margin " + SettingsCheck.text(t.margin());
        String silence =
                "detection " + SettingsCheck.text(t.detection()) + " + stable " + SettingsCheck.text(t.stable());
        String lasting = silence;
        if (lease != null) {
            LeaseSettings l = lease.settings();
            lasting = "detection " + SettingsCheck.text(t.detection()) + " + max(stable "
                    + SettingsCheck.text(t.stable()) + ", lease wait " + SettingsCheck.text(l.leaseWait()) + " = ttl "
                    + SettingsCheck.text(l.ttl()) + " + margin " + SettingsCheck.text(l.margin()) + " + poll "
                    + SettingsCheck.text(l.poll()) + ")";
        }
        return "takeover bound: a member dies: " + silence + wait + " = " + SettingsCheck.text(t.memberBound())
                + "; the coordinator dies: " + lasting + " + promise round" + wait + " = "
                + SettingsCheck.text(coordinatorBound()) + " + promise round";
    }

    @Override
    public String toString() {
        return "ShardingSettings[cluster " + clusterName + ", node " + name + " at " + address() + ", seeds " + seeds
                + ", entities " + entities.stream().map(e -> e.type().name()).toList() + "]";
    }

    /** Collects settings. Not for several threads. What it takes is judged by {@link #build()}, all at once. */
    public static final class Builder {
        private final String clusterName;
        private @Nullable String bindHost;
        private int bindPort = DEFAULT_PORT;
        private @Nullable String advertisedHost;
        private int advertisedPort;
        private @Nullable String name;
        private final List<String> seeds = new ArrayList<>();
        private final List<EntitySpec<?>> entities = new ArrayList<>();
        private final Set<String> roles = new TreeSet<>();
        private String zone = "";
        private int weight = 100;
        private String version = "";
        private Timings timings = Timings.DEFAULT;
        private Limits limits = Limits.DEFAULT;
        private final List<Consumer<ClusterEvent>> listeners = new ArrayList<>();
        private int workers = Runtime.getRuntime().availableProcessors();
        private AllocationStrategy allocation = new LeastShards();
        private @Nullable Lease lease;

        private Builder(String clusterName) {
            this.clusterName = Objects.requireNonNull(clusterName, "clusterName");
        }

        /** Where the node listens; must be given. Port 1 to 65535, as a rule {@value #DEFAULT_PORT}. */
        public Builder bind(String host, int port) {
            this.bindHost = Objects.requireNonNull(host, "host");
            this.bindPort = port;
            return this;
        }

        /** Where others reach the node, if it is not where it listens: behind an address translation, or a wildcard. */
        public Builder advertise(String host, int port) {
            this.advertisedHost = Objects.requireNonNull(host, "host");
            this.advertisedPort = port;
            return this;
        }

        /** How operators call the node, 1 to 255 characters; by default its advertised address. Unique in the cluster. */
        public Builder name(String name) {
            this.name = Objects.requireNonNull(name, "name");
            return this;
        }

        /** The addresses of 1, 3, 5 or 7 nodes, the same list on every node; it founds the cluster and holds its map. */
        public Builder seeds(String... hostPort) {
            seeds.addAll(List.of(hostPort));
            return this;
        }

        /** A type that this node hosts or routes to. May be called for each of several types. */
        public Builder entity(EntitySpec<?> spec) {
            entities.add(Objects.requireNonNull(spec, "spec"));
            return this;
        }

        /** Free labels of 1 to 64 characters, at most 64. */
        public Builder roles(String... labels) {
            roles.addAll(List.of(labels));
            return this;
        }

        /** Where the node runs, up to 255 characters. */
        public Builder zone(String zone) {
            this.zone = Objects.requireNonNull(zone, "zone");
            return this;
        }

        /** Capacity relative to the other nodes, 1 to 1000; 100 by default: leaves room below and above. */
        public Builder weight(int weight) {
            this.weight = weight;
            return this;
        }

        /** Version of the application, up to 255 characters. */
        public Builder version(String version) {
            this.version = Objects.requireNonNull(version, "version");
            return this;
        }

        public Builder timings(Timings timings) {
            this.timings = Objects.requireNonNull(timings, "timings");
            return this;
        }

        public Builder limits(Limits limits) {
            this.limits = Objects.requireNonNull(limits, "limits");
            return this;
        }

        /** Receives every event of the node, on a thread of the sharding: must not block. May be called repeatedly. */
        public Builder onEvent(Consumer<ClusterEvent> listener) {
            listeners.add(Objects.requireNonNull(listener, "listener"));
            return this;
        }

        /** Threads for entities, 1 to 1024; by default one per processor, since handlers should not block. */
        public Builder workers(int threads) {
            this.workers = threads;
            return this;
        }

        /** Where shards go, if this node coordinates; all nodes should have the same. {@link LeastShards} by default. */
        public Builder allocation(AllocationStrategy strategy) {
            this.allocation = Objects.requireNonNull(strategy, "strategy");
            return this;
        }

        /**
         * The lease that the coordinator must hold, besides its quorum of seeds: on every node or on none, the same name and
         * times everywhere. Each node is given an object of its own, which belongs to the application: it is released when
         * the node ends, and closed by whoever made it.
         */
        public Builder lease(Lease lease) {
            this.lease = Objects.requireNonNull(lease, "lease");
            return this;
        }

        /**
         * Checks everything and makes the settings.
         *
         * @throws InvalidSettingsException naming every problem, with value, allowed range and remedy
         */
        public ShardingSettings build() {
            SettingsCheck check = new SettingsCheck();
            if (!CLUSTER_NAME.matcher(clusterName).matches()) {
                check.problem(
                        "cluster name must be 1 to 64 of a-z, 0-9, '.', '_', '-' and begin with a letter or digit,"
                                + " was '" + clusterName + "': choose such a name, the same on every node");
            }
            String bind = checkBind(check);
            String advertised = checkAdvertised(check, bind);
            List<String> addresses = checkSeeds(check);
            checkTypes(check);
            checkDeclarations(check);
            check.timings(timings);
            if (lease != null) {
                check.lease(lease.settings(), timings);
            }
            check.limits(limits, addresses.size());
            check.throwIfAny();
            return new ShardingSettings(this, bind, advertised, addresses);
        }

        private int advertisedPort() {
            return advertisedHost == null ? bindPort : advertisedPort;
        }

        private String checkBind(SettingsCheck check) {
            if (bindHost == null) {
                check.problem("no address to listen on: call bind(host, port), for example bind(\"10.0.0.1\", "
                        + DEFAULT_PORT + ")");
                return "";
            }
            checkPort(check, "bind port", bindPort);
            return checkHost(check, "bind host", bindHost);
        }

        private String checkAdvertised(SettingsCheck check, String bind) {
            if (advertisedHost == null) {
                if (WILDCARDS.contains(bind)) {
                    check.problem("bind host '" + bind + "' means every interface, and others cannot connect to that:"
                            + " call advertise(host, port) with the address under which they reach this node");
                }
                return bind;
            }
            checkPort(check, "advertised port", advertisedPort);
            String host = checkHost(check, "advertised host", advertisedHost);
            if (WILDCARDS.contains(host)) {
                check.problem("advertised host '" + host + "' means every interface, and others cannot connect to that:"
                        + " give the address under which they reach this node");
            }
            return host;
        }

        private static void checkPort(SettingsCheck check, String what, int port) {
            if (port == 0) {
                check.problem(
                        what + " must be 1 to 65535, was 0: a port that the system chooses at each start cannot be"
                                + " in the list of seeds and would change a node's address; choose one, as a rule "
                                + DEFAULT_PORT);
            } else {
                check.range(what, port, 1, 65_535, "as a rule " + DEFAULT_PORT);
            }
        }

        private static String checkHost(SettingsCheck check, String what, String host) {
            if (host.isBlank() || host.length() > 255 || !host.equals(host.strip())) {
                check.problem(what + " must have 1 to 255 characters and no space around it, was '" + host
                        + "': give a name or an address");
            } else if (host.indexOf(':') >= 0 && !isBracketed(host) && !WILDCARDS.contains(host)) {
                check.problem(
                        what + " '" + host + "' has a ':': give the port as a number of its own, and an IPv6 address"
                                + " in brackets, [::1]");
            }
            return host.toLowerCase(Locale.ROOT);
        }

        private static boolean isBracketed(String host) {
            return host.startsWith("[") && host.endsWith("]");
        }

        private List<String> checkSeeds(SettingsCheck check) {
            Set<String> addresses = new LinkedHashSet<>();
            for (String seed : seeds) {
                String address = seedAddress(check, seed);
                if (!addresses.add(address)) {
                    check.problem("seed '" + seed + "' is listed twice: each seed holds one seat; list it once");
                }
            }
            int count = seeds.size();
            if (count == 0) {
                check.problem(
                        "no seeds: call seeds(\"host:port\", ...) with the same 1, 3, 5 or 7 addresses on every node;"
                                + " for a single node its own address");
            } else if (count > 7 || count % 2 == 0) {
                check.problem("the number of seeds must be 1, 3, 5 or 7, was " + count + " " + seeds
                        + ": more than half of them must agree, so an even one adds nothing; add or remove one, on every"
                        + " node");
            }
            return List.copyOf(addresses);
        }

        private static String seedAddress(SettingsCheck check, String seed) {
            int colon = seed.lastIndexOf(':');
            String host = colon < 0 ? "" : seed.substring(0, colon).toLowerCase(Locale.ROOT);
            int port = colon < 0 ? -1 : port(seed.substring(colon + 1));
            boolean oneHost = !host.isBlank()
                    && host.equals(host.strip())
                    && host.length() <= 255
                    && (host.indexOf(':') < 0 || isBracketed(host));
            if (!oneHost || port < 1 || port > 65_535) {
                check.problem("seed '" + seed + "' is not host:port with a port of 1 to 65535: write it like 10.0.0.1:"
                        + DEFAULT_PORT + " or [::1]:" + DEFAULT_PORT);
                return seed;
            }
            if (WILDCARDS.contains(host)) {
                check.problem("seed '" + seed + "' names every interface, and nobody can connect to that: give the"
                        + " address that the node advertises");
            }
            return host + ":" + port;
        }

        /** The port, or -1 if the text is none. */
        private static int port(String digits) {
            return digits.matches("[0-9]{1,5}") ? Integer.parseInt(digits) : -1;
        }

        private void checkTypes(SettingsCheck check) {
            Set<String> names = new LinkedHashSet<>();
            for (EntitySpec<?> spec : entities) {
                String type = spec.type().name();
                if (!names.add(type)) {
                    check.problem("entity type '" + type + "' is declared twice: declare it once, or give one of them"
                            + " another name");
                }
            }
        }

        private void checkDeclarations(SettingsCheck check) {
            if (name != null && (name.isBlank() || name.length() > 255)) {
                check.problem("node name must have 1 to 255 characters, was '" + name
                        + "': choose one, or leave it out for host:port");
            }
            check.range("number of roles", roles.size(), 0, 64, "use fewer");
            for (String role : roles) {
                if (role.isBlank() || role.length() > 64) {
                    check.problem("role must have 1 to 64 characters, was '" + role + "': shorten it or leave it out");
                }
            }
            check.range("length of zone", zone.length(), 0, 255, "shorten it");
            check.range("length of version", version.length(), 0, 255, "shorten it");
            check.range("weight", weight, 1, 1000, "100 is ordinary; a node without entity types hosts nothing");
            check.range("workers", workers, 1, 1024, "one per processor as a rule; blocking types use threads(n)");
        }
    }
}
