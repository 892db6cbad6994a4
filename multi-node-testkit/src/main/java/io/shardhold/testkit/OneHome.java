package io.shardhold.testkit;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One home: checked when a node begins to serve a shard, or may again.
 *
 * <p>What a node hosts changes in its own events only, and its right to serve begins in its own events only, though it ends
 * by itself. So after an event it is enough to look at this node's shards, and only if something began. Whoever begins
 * to serve a shard has all other hosts of it looked at again at their next event.
 */
final class OneHome implements Check {
    private record Shard(String type, int number) {}

    private record EntityName(String type, String id) {}

    private record Highest(long epoch, long cluster) {}

    private static final class Host {
        private final TestNode node;
        private List<Home> homes = List.of();
        private long version = -1;
        private int process;
        private boolean served;

        Host(TestNode node) {
            this.node = node;
        }
    }

    private final MultiNodeSpec spec;
    private final Map<String, Host> hosts = new HashMap<>();
    private final Map<Shard, List<Host>> byShard = new HashMap<>();
    /** An entity is in one shard: who divides its type otherwise sends to another instance. */
    private final Map<EntityName, Integer> shardOf = new HashMap<>();

    /** Of each shard, the highest epoch that was served, and in which cluster. */
    private final Map<Shard, Highest> highest = new HashMap<>();

    /** Processes that have belonged to a cluster. */
    private final Map<Long, Set<Integer>> processes = new HashMap<>();

    /** Processes that hold the first seats of a cluster. */
    private final Map<Long, Set<Integer>> founders = new HashMap<>();

    OneHome(MultiNodeSpec spec) {
        this.spec = spec;
    }

    @Override
    public void afterEvent(TestNode node) {
        Host host = hosts.computeIfAbsent(node.name(), name -> new Host(node));
        long version = node.hostedVersion();
        boolean changed = version != host.version || host.process != node.process();
        if (changed) {
            host.version = version;
            host.process = node.process();
            replace(host, node.homes());
        }
        boolean serves = node.mayTakeUp();
        boolean begins = serves && (changed || !host.served);
        host.served = serves;
        if (begins) {
            host.homes.forEach(home -> onServed(host, home));
        }
    }

    private void replace(Host host, List<Home> homes) {
        for (Home home : host.homes) {
            at(home).remove(host);
        }
        host.homes = homes;
        for (Home home : homes) {
            at(home).add(host);
        }
    }

    private List<Host> at(Home home) {
        return byShard.computeIfAbsent(shard(home), s -> new ArrayList<>(2));
    }

    private static Shard shard(Home home) {
        return new Shard(home.type(), home.shard());
    }

    private void onServed(Host host, Home home) {
        checkEpoch(host.node, home, "may serve ");
        List<Host> others = at(home);
        for (int i = 0; i < others.size(); i++) {
            Host other = others.get(i);
            if (other != host) {
                other.served = false;
                if (other.node.mayTakeUp() && host.node.mayTakeUp()) {
                    spec.violated(
                            Invariants.ONE_HOME_PER_ENTITY.name(),
                            host.node + " may serve " + home + " while " + other.node + " may serve "
                                    + other.homes.stream()
                                            .filter(h -> shard(h).equals(shard(home)))
                                            .findFirst()
                                            .orElseThrow());
                }
            }
        }
    }

    private void checkEpoch(TestNode node, Home home, String what) {
        long cluster = node.view().clusterId();
        Highest before = highest.get(shard(home));
        if (before == null || before.epoch <= home.epoch() || isForgotten(before.cluster, cluster)) {
            highest.put(shard(home), new Highest(home.epoch(), cluster));
        } else {
            spec.violated(
                    Invariants.ONE_HOME_PER_ENTITY.name(),
                    node + " " + what + home + " after somebody was allowed to serve "
                            + new Home(home.type(), home.shard(), before.epoch));
        }
    }

    @Override
    public void onEvent(TestNode node, ClusterEvent event) {
        if (event instanceof ClusterEvent.Joined joined) {
            members(joined.clusterId()).add(node.process());
        } else if (event instanceof ClusterEvent.Founded founded) {
            for (NodeId seat : founded.seats()) {
                founders.computeIfAbsent(founded.clusterId(), id -> new HashSet<>())
                        .add(spec.processOf(seat));
            }
        }
    }

    private Set<Integer> members(long cluster) {
        return processes.computeIfAbsent(cluster, id -> new HashSet<>());
    }

    /**
     * Whether those who founded a cluster had never been members of the other. Nodes keep no disk: when a majority of the seeds has
     * died, those that found again know nothing of earlier numbers, and theirs rise above them only as far as clocks
     * agree, or when a survivor joins.
     */
    private boolean isForgotten(long cluster, long successor) {
        Set<Integer> known = founders.getOrDefault(successor, Set.of());
        return cluster != successor && known.stream().noneMatch(members(cluster)::contains);
    }

    @Override
    public void onTakenUp(TestNode node, UserMessage message, Home home) {
        checkEpoch(node, home, "took up " + message + " under ");
        Integer before = shardOf.putIfAbsent(new EntityName(message.type(), message.entityId()), home.shard());
        if (before != null && before != home.shard()) {
            spec.violated(
                    Invariants.ONE_HOME_PER_ENTITY.name(),
                    node + " took up " + message + " in shard " + home.shard() + " after it was in shard " + before);
        }
    }
}
