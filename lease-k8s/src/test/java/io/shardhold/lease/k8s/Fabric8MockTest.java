package io.shardhold.lease.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.shardhold.lease.LeaseAnswer;
import io.shardhold.lease.LeaseRecord;
import io.shardhold.lease.LeaseRuntime;
import io.shardhold.lease.LeaseSettings;
import io.shardhold.lease.LeaseStore;
import io.shardhold.lease.ReleaseAnswer;
import io.shardhold.lease.StoreAnswer.Absent;
import io.shardhold.lease.StoreAnswer.Conflict;
import io.shardhold.lease.StoreAnswer.Found;
import io.shardhold.lease.StoreAnswer.Stored;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Conformance with a server that others wrote: the mock of fabric8's client, which knows optimistic locking. Whatever of
 * ours is only understood by our own fake would show here.
 */
class Fabric8MockTest {
    private static final Duration TTL = Duration.ofSeconds(2);

    @TempDir
    Path folder;

    private final KubernetesMockServer server = new KubernetesMockServer(
            new Context(), new MockWebServer(), new HashMap<>(), new KubernetesCrudDispatcher(), false);
    private final LeaseRuntime runtime = LeaseRuntime.system();

    @BeforeEach
    void start() {
        server.start();
    }

    @AfterEach
    void stop() {
        runtime.close();
        server.shutdown();
    }

    private KubernetesAccess access() throws IOException {
        Path config = Files.writeString(
                folder.resolve("config"),
                "current-context: c\ncontexts:\n- name: c\n  context:\n    cluster: c\n    namespace: shop\nclusters:\n"
                        + "- name: c\n  cluster:\n    server: http://localhost:" + server.getPort() + "\n");
        return KubernetesAccess.kubeconfig(config);
    }

    private LeaseStore connect() throws IOException {
        return new KubernetesLeaseStore(access().endpoint(), Duration.ofSeconds(20), runtime);
    }

    @Test
    void aRecordGoesThereAndBackAndAnOldVersionConflicts() throws Exception {
        LeaseStore store = connect();
        LeaseRecord first = new LeaseRecord("n1#1", 7, TTL, 0, false);
        LeaseRecord second = new LeaseRecord("n2#1", 8, TTL, 0, false);
        assertThat(store.read("a").toCompletableFuture().join()).isEqualTo(new Absent());
        Stored stored = (Stored)
                store.compareAndSet("a", null, first).toCompletableFuture().join();
        assertThat(store.compareAndSet("a", null, second).toCompletableFuture().join())
                .isEqualTo(new Conflict());
        Found found = (Found) store.read("a").toCompletableFuture().join();
        assertThat(found.record()).isEqualTo(first);
        assertThat(found.version()).isEqualTo(stored.version());
        assertThat(store.compareAndSet("a", stored.version(), second)
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Stored.class);
        assertThat(store.compareAndSet("a", stored.version(), first)
                        .toCompletableFuture()
                        .join())
                .isEqualTo(new Conflict());
        store.close();
    }

    @Test
    void leasesHoldOneAfterTheOther() throws Exception {
        LeaseSettings settings = LeaseSettings.of("Shop_1", "n1")
                .withTimes(
                        TTL,
                        Duration.ofMillis(150),
                        Duration.ofMillis(100),
                        Duration.ofMillis(50),
                        Duration.ofMillis(300));
        try (KubernetesLease first = new KubernetesLease(access(), settings);
                KubernetesLease second = new KubernetesLease(access(), settings.withOwner("n2"))) {
            long token = hold(first);
            assertThat(second.acquire(0).toCompletableFuture().join()).isEqualTo(new LeaseAnswer.Held(first.owner()));
            assertThat(first.release().toCompletableFuture().join()).isEqualTo(new ReleaseAnswer.Released());
            assertThat(hold(second)).isGreaterThan(token);
        }
    }

    private static long hold(KubernetesLease lease) {
        org.awaitility.Awaitility.await()
                .pollInterval(lease.settings().poll())
                .atMost(Duration.ofSeconds(60))
                .until(() -> lease.acquire(0).toCompletableFuture().join() instanceof LeaseAnswer.Granted);
        return lease.fencingToken();
    }
}
