package io.shardhold.lease.hazelcast;

import static org.awaitility.Awaitility.await;

import com.hazelcast.client.HazelcastClient;
import com.hazelcast.client.config.ClientConfig;
import com.hazelcast.cluster.Member;
import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;

/** Members of one cluster in this JVM, over real sockets on free ports, with a firewall between them. */
final class TestCluster implements AutoCloseable {
    static final HazelcastLeaseConfig LEASES = HazelcastLeaseConfig.forVoters("n1", "n2", "n3");
    static final Duration LIMIT = Duration.ofSeconds(60);

    /** After how long a member is taken for gone. */
    static final int NO_HEARTBEAT_SECONDS = 4;

    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();
    private static final AtomicInteger CLUSTERS = new AtomicInteger();

    private final String clusterName = "cluster-" + ProcessHandle.current().pid() + '-' + CLUSTERS.incrementAndGet();
    private final BiFunction<Config, String, Config> leases;
    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private final Map<String, HazelcastInstance> members = new LinkedHashMap<>();
    private final List<HazelcastInstance> clients = new ArrayList<>();
    private final Firewall firewall = new Firewall();

    private TestCluster(BiFunction<Config, String, Config> leases, String... places) {
        this.leases = leases;
        for (String place : places) {
            ports.put(place, freePort());
        }
    }

    /** Members n1 to n3 run, d and e have a place. */
    static TestCluster start() {
        return start(LEASES::applyTo);
    }

    static TestCluster start(BiFunction<Config, String, Config> leases) {
        TestCluster cluster = new TestCluster(leases, "n1", "n2", "n3", "d", "e");
        cluster.startMember("n1");
        cluster.startMember("n2");
        cluster.startMember("n3");
        cluster.awaitSize(3, "n1", "n2", "n3");
        return cluster;
    }

    /**
     * Below the ports that systems give to outgoing connections: a place that is kept for later must not be taken by
     * one of those meanwhile.
     */
    private static int freePort() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(15_000, 32_000);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                if (GIVEN.add(port)) {
                    return socket.getLocalPort();
                }
            } catch (IOException taken) {
                // Another, then.
            }
        }
    }

    HazelcastInstance startMember(String place) {
        int port = ports.get(place);
        HazelcastInstance member = HazelcastInstanceFactory.newHazelcastInstance(
                leases.apply(config(place), place), clusterName + '-' + place, firewall.context(port));
        members.put(place, member);
        return member;
    }

    /** Without anything for leases. */
    Config config(String place) {
        Config config = new Config().setClusterName(clusterName);
        config.getNetworkConfig().setPort(ports.get(place)).setPortAutoIncrement(false);
        JoinConfig join = config.getNetworkConfig().getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(true);
        ports.values().forEach(port -> join.getTcpIpConfig().addMember("127.0.0.1:" + port));
        config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
        config.getMetricsConfig().setEnabled(false);
        Map.of(
                        "hazelcast.phone.home.enabled", "false",
                        "hazelcast.logging.type", "none",
                        "hazelcast.shutdownhook.enabled", "false",
                        "hazelcast.partition.count", "31",
                        "hazelcast.heartbeat.interval.seconds", "1",
                        "hazelcast.max.no.heartbeat.seconds", Integer.toString(NO_HEARTBEAT_SECONDS),
                        "hazelcast.merge.first.run.delay.seconds", "2",
                        "hazelcast.merge.next.run.delay.seconds", "1",
                        "hazelcast.operation.backup.timeout.millis", "1000")
                .forEach(config::setProperty);
        config.setProperty("hazelcast.wait.seconds.before.join", "0");
        config.setProperty("hazelcast.operation.thread.count", "2");
        config.setProperty("hazelcast.io.thread.count", "1");
        return config;
    }

    ClientConfig clientConfig() {
        ClientConfig config = new ClientConfig().setClusterName(clusterName);
        ports.values().forEach(port -> config.getNetworkConfig().addAddress("127.0.0.1:" + port));
        config.setProperty("hazelcast.logging.type", "none");
        config.setProperty("hazelcast.client.operation.fail.on.indeterminate.state", "true");
        config.getMetricsConfig().setEnabled(false);
        return config;
    }

    HazelcastInstance startClient() {
        HazelcastInstance client = HazelcastClient.newHazelcastClient(clientConfig());
        clients.add(client);
        return client;
    }

    HazelcastInstance member(String place) {
        return members.get(place);
    }

    Set<String> places() {
        return members.keySet();
    }

    /** As when a process dies. */
    void kill(String place) {
        members.get(place).getLifecycleService().terminate();
    }

    /** Nothing passes between the two sides from now on, also for who is not there yet. */
    void split(List<String> one, List<String> other) {
        one.forEach(here -> other.forEach(there -> firewall.cut(ports.get(here), ports.get(there))));
    }

    void heal() {
        firewall.healAll();
    }

    void awaitSize(int size, String... places) {
        for (String place : places) {
            await().atMost(LIMIT).until(() -> {
                HazelcastInstance member = members.get(place);
                return member.getCluster().getMembers().size() == size
                        && member.getPartitionService().isClusterSafe();
            });
        }
    }

    /** A name of a lease whose record is kept by this member first. */
    String nameOwnedBy(String place, String prefix) {
        Member owner = members.get(place).getCluster().getLocalMember();
        for (int i = 0; ; i++) {
            String name = prefix + '-' + i;
            if (owner.equals(
                    members.get("n1").getPartitionService().getPartition(name).getOwner())) {
                return name;
            }
        }
    }

    @Override
    public void close() {
        clients.forEach(client -> client.getLifecycleService().terminate());
        // All at once: each waits for its threads for seconds.
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        for (String place : members.keySet()) {
            ends.add(CompletableFuture.runAsync(() -> kill(place), task -> new Thread(task, "end-" + place).start()));
        }
        ends.forEach(CompletableFuture::join);
    }
}
