package io.shardhold.lease.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.shardhold.lease.LeaseRecord;
import io.shardhold.lease.LeaseRuntime;
import io.shardhold.lease.LeaseStore;
import io.shardhold.lease.contract.StoreUnderTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;

/** The map of a real cluster of three for the contract test: one for all classes of this JVM. */
final class HazelcastStoreUnderTest implements StoreUnderTest {
    private static TestCluster shared;
    private static HazelcastInstance sharedClient;

    private final List<HazelcastInstance> instances;
    private final IMap<String, Object> map;
    private final List<LeaseStore> connections = new ArrayList<>();

    private HazelcastStoreUnderTest(List<HazelcastInstance> instances) {
        this.instances = instances;
        this.map = instances.get(0).getMap(HazelcastLeaseConfig.MAP);
        map.clear();
    }

    private static synchronized TestCluster shared() {
        if (shared == null) {
            shared = TestCluster.start();
            // The protection is up some moments after the member.
            Awaitility.await().atMost(TestCluster.LIMIT).ignoreExceptions().until(() -> {
                for (String place : shared.places()) {
                    shared.member(place).getMap(HazelcastLeaseConfig.MAP).clear();
                }
                return true;
            });
        }
        return shared;
    }

    /** Contenders on three members. */
    static HazelcastStoreUnderTest onMembers() {
        TestCluster cluster = shared();
        return new HazelcastStoreUnderTest(List.of(cluster.member("n1"), cluster.member("n2"), cluster.member("n3")));
    }

    /** Contenders on one client. */
    static synchronized HazelcastStoreUnderTest onClient() {
        if (sharedClient == null) {
            sharedClient = shared().startClient();
        }
        return new HazelcastStoreUnderTest(List.of(sharedClient));
    }

    @Override
    public LeaseStore connect(String contender, LeaseRuntime runtime) {
        HazelcastInstance instance = instances.get(connections.size() % instances.size());
        IMap<String, Object> own = instance.getMap(HazelcastLeaseConfig.MAP);
        LeaseStore connection = new HazelcastLeaseStore(
                own,
                // The contract begins with records that may be taken at once.
                new VoterView(
                        instance.getCluster(), TestCluster.LEASES.voters(), Copies.of(own), runtime, Duration.ZERO),
                new BlockingCalls(contender),
                // The contract counts from what the record says.
                () -> 0);
        connections.add(connection);
        return connection;
    }

    @Override
    public Optional<LeaseRecord> record(String name) {
        return Optional.ofNullable(map.get(name))
                .map(value -> RecordText.parse(value).record());
    }

    @Override
    public void delete(String name) {
        map.delete(name);
    }

    @Override
    public void put(String name, LeaseRecord record) {
        map.set(name, RecordText.first(record).text());
    }

    @Override
    public void close() {
        connections.forEach(LeaseStore::close);
    }
}
