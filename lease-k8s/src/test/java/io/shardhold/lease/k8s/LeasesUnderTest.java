package io.shardhold.lease.k8s;

import io.shardhold.lease.LeaseRecord;
import io.shardhold.lease.LeaseRuntime;
import io.shardhold.lease.LeaseStore;
import io.shardhold.lease.contract.StoreUnderTest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A fake API server for the contract test. */
final class LeasesUnderTest implements StoreUnderTest {
    /** Real time; the contract has timeouts of its own, in virtual time. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final String NAMESPACE = "shop";

    private final FakeApiServer server;
    private final List<LeaseStore> connections = new CopyOnWriteArrayList<>();

    LeasesUnderTest() {
        server = FakeApiServer.plain();
        server.forget();
    }

    FakeApiServer server() {
        return server;
    }

    static Endpoint endpoint(FakeApiServer server) {
        return new Endpoint(
                server.url(), NAMESPACE, TlsSource.NONE, BearerToken.fixed("the test", FakeApiServer.TOKEN));
    }

    @Override
    public LeaseStore connect(String contender, LeaseRuntime runtime) {
        LeaseStore connection = new KubernetesLeaseStore(endpoint(server), PATIENCE, runtime);
        connections.add(connection);
        return connection;
    }

    @Override
    public Optional<LeaseRecord> record(String name) {
        String object = ObjectName.of(name);
        return server.leases().object(NAMESPACE, object).map(tree -> {
            try {
                return LeaseObject.read(Json.write(tree), object).record();
            } catch (Json.Malformed e) {
                throw new AssertionError(e);
            }
        });
    }

    @Override
    public void delete(String name) {
        server.leases().delete(NAMESPACE, ObjectName.of(name));
    }

    @Override
    public void put(String name, LeaseRecord record) {
        server.leases().edit(NAMESPACE, ObjectName.of(name), tree -> {
            Map<String, Object> annotations = new LinkedHashMap<>();
            annotations.put(LeaseObject.TOKEN, Long.toString(record.token()));
            annotations.put(LeaseObject.OWNER, record.owner());
            annotations.put(LeaseObject.RENEWALS, Long.toString(record.renewals()));
            Json.objectIn(tree, "metadata").put("annotations", annotations);
            Map<String, Object> spec = Json.objectIn(tree, "spec");
            spec.put("holderIdentity", record.released() ? "" : record.owner());
            spec.put(
                    "leaseDurationSeconds",
                    Json.Digits.of(
                            record.released()
                                    ? LeaseObject.RELEASED_SECONDS
                                    : record.ttl().toSeconds()));
            spec.put("leaseTransitions", Json.Digits.of(0));
        });
    }

    @Override
    public void close() {
        connections.forEach(LeaseStore::close);
        server.close();
        if (!server.violations().isEmpty()) {
            throw new AssertionError(server.violations());
        }
    }
}
