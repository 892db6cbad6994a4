package io.shardhold.lease.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.lease.LeaseRecord;
import io.shardhold.lease.LeaseRuntime;
import io.shardhold.lease.LeaseStore;
import io.shardhold.lease.StoreAnswer;
import io.shardhold.lease.StoreAnswer.Absent;
import io.shardhold.lease.StoreAnswer.Conflict;
import io.shardhold.lease.StoreAnswer.Failed;
import io.shardhold.lease.StoreAnswer.Found;
import io.shardhold.lease.StoreAnswer.Stored;
import io.shardhold.lease.StoreAnswer.Unknown;
import io.shardhold.lease.k8s.FakeFaults.Fault;
import io.shardhold.lease.k8s.FakeFaults.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of each answer, and of none. */
class KubernetesLeaseStoreTest {
    private static final Duration TIMEOUT = Duration.ofMillis(500);
    private static final Duration PATIENT = Duration.ofSeconds(20);
    private static final Duration TTL = Duration.ofSeconds(10);

    private final FakeApiServer server = FakeApiServer.plain();
    private final LeaseRuntime runtime = LeaseRuntime.system();
    private final List<LeaseStore> stores = new ArrayList<>();
    private final LeaseStore store = connect(PATIENT);

    private LeaseStore connect(Duration timeout) {
        LeaseStore connected = new KubernetesLeaseStore(LeasesUnderTest.endpoint(server), timeout, runtime);
        stores.add(connected);
        return connected;
    }

    @AfterEach
    void close() {
        stores.forEach(LeaseStore::close);
        server.close();
        runtime.close();
        assertThat(server.violations()).isEmpty();
        assertThat(server.leases().recreated()).isZero();
    }

    private static StoreAnswer now(CompletionStage<StoreAnswer> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    private static LeaseRecord held(String owner, long token, long renewals) {
        return new LeaseRecord(owner, token, TTL, renewals, false);
    }

    private LeaseStore.Version stored(LeaseStore.Version expected, LeaseRecord record) {
        StoreAnswer answer = now(store.compareAndSet("a", expected, record));
        assertThat(answer).isInstanceOf(Stored.class);
        return ((Stored) answer).version();
    }

    private void faults(Fault fault) {
        server.faults(request -> fault);
    }

    private Found found() {
        return (Found) now(store.read("a"));
    }

    private Map<String, Object> object() {
        return server.leases().object("shop", "a").orElseThrow();
    }

    @Test
    void aRecordGoesThereAndBack() {
        assertThat(now(store.read("a"))).isEqualTo(new Absent());
        LeaseStore.Version first = stored(null, held("n1#1", 7, 0));
        assertThat(found().record()).isEqualTo(held("n1#1", 7, 0));
        assertThat(found().version()).isEqualTo(first);
        assertThat(now(store.compareAndSet("a", null, held("n2#1", 8, 0)))).isEqualTo(new Conflict());
        LeaseStore.Version second = stored(first, held("n1#1", 7, 1));
        assertThat(second).isNotEqualTo(first);
        assertThat(now(store.compareAndSet("a", first, held("n2#1", 8, 0)))).isEqualTo(new Conflict());
        stored(second, new LeaseRecord("n1#1", 7, TTL, 2, true));
        assertThat(found().record()).isEqualTo(new LeaseRecord("n1#1", 7, Duration.ofSeconds(1), 2, true));
    }

    @Test
    void aDeletedObjectIsNotBroughtBack() {
        LeaseStore.Version version = stored(null, held("n1#1", 7, 0));
        server.leases().delete("shop", "a");
        assertThat(now(store.compareAndSet("a", version, held("n1#1", 7, 1)))).isEqualTo(new Conflict());
        assertThat(now(store.read("a"))).isEqualTo(new Absent());
    }

    @ParameterizedTest
    @ValueSource(ints = {307, 400, 401, 403, 413, 422, 429})
    void whatIsRefusedIsCertainlyNotDone(int status) {
        LeaseStore.Version version = stored(null, held("n1#1", 7, 0));
        faults(Fault.refuse(status));
        assertThat(now(store.compareAndSet("a", version, held("n1#1", 7, 1))))
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed -> assertThat(failed.why())
                                .contains(String.valueOf(status), "ordered by the test")
                                .doesNotContain(FakeApiServer.TOKEN));
        assertThat(now(store.compareAndSet("a", null, held("n1#1", 7, 1)))).isInstanceOf(Failed.class);
        assertThat(now(store.read("a"))).isInstanceOf(Failed.class);
        faults(Fault.NONE);
        assertThat(found().version()).isEqualTo(version);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 500, 502, 503, 504})
    void whatTheServerFailedAtNobodyKnows(int status) {
        LeaseStore.Version version = stored(null, held("n1#1", 7, 0));
        faults(Fault.doneBut(status));
        assertThat(now(store.compareAndSet("a", version, held("n1#1", 7, 1)))).isInstanceOf(Unknown.class);
        faults(Fault.refuse(status));
        assertThat(now(store.compareAndSet("a", version, held("n1#1", 7, 1)))).isInstanceOf(Unknown.class);
        assertThat(now(store.read("a"))).isNotInstanceOf(Absent.class).isNotInstanceOf(Found.class);
        faults(Fault.NONE);
        assertThat(found().record().renewals()).as("done all the same").isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"DROP_AFTER", "SILENT_AFTER", "STALL_BODY", "CUT_BODY", "LONG_BODY", "GARBAGE"})
    void aLostAnswerIsUnknownAndTheNextRequestFindsOut(Kind kind) {
        LeaseStore.Version version = stored(null, held("n1#1", 7, 0));
        LeaseStore hasty = connect(TIMEOUT);
        now(hasty.read("a"));
        long before = server.requests();
        faults(Fault.of(kind));
        assertThat(now(hasty.compareAndSet("a", version, held("n1#1", 7, 1)))).isInstanceOf(Unknown.class);
        assertThat(server.requests() - before).as("sent once").isEqualTo(1);
        faults(Fault.NONE);
        assertThat(((Found) now(hasty.read("a"))).record().renewals()).isEqualTo(1);
        assertThat(now(hasty.compareAndSet("a", version, held("n1#1", 7, 1)))).isEqualTo(new Conflict());
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"DROP_BEFORE", "SILENT_BEFORE"})
    void aRequestThatDoesNotArriveIsUnknownToo(Kind kind) {
        LeaseStore.Version version = stored(null, held("n1#1", 7, 0));
        LeaseStore hasty = connect(TIMEOUT);
        faults(Fault.of(kind));
        assertThat(now(hasty.compareAndSet("a", version, held("n1#1", 7, 1)))).isInstanceOf(Unknown.class);
        faults(Fault.NONE);
        assertThat(found().version()).isEqualTo(version);
    }

    @Test
    void aStatusThatComesAfterTheTimeoutIsNotWaitedFor() {
        LeaseStore hasty = connect(TIMEOUT);
        faults(Fault.refuse(504).after(Duration.ofSeconds(34)));
        assertThat(now(hasty.compareAndSet("a", null, held("n1#1", 7, 0))))
                .isInstanceOfSatisfying(
                        Unknown.class, unknown -> assertThat(unknown.why()).contains("no answer within PT0.5S"));
    }

    @Test
    void aRequestThatIsGivenUpMayArriveLaterAndCanOnlyConflict() {
        LeaseStore.Version version = stored(null, held("n1#1", 7, 0));
        LeaseStore hasty = connect(TIMEOUT);
        server.faults(request -> request.isWrite() ? Fault.late(TIMEOUT.multipliedBy(2)) : Fault.NONE);
        assertThat(now(hasty.compareAndSet("a", version, held("n1#1", 7, 1)))).isInstanceOf(Unknown.class);
        server.faults(FakeFaults.NONE);
        LeaseStore.Version other = stored(version, held("n2#1", 8, 0));
        org.awaitility.Awaitility.await()
                .during(TIMEOUT.multipliedBy(2))
                .atMost(Duration.ofSeconds(20))
                .until(() -> found().version().equals(other));
    }

    @Test
    void aServerThatClosesItsConnectionsLosesNoAnswer() {
        faults(Fault.of(Kind.LAST_ANSWER));
        LeaseStore.Version version = stored(null, held("n1#1", 7, 0));
        for (int i = 1; i <= 50; i++) {
            version = stored(version, held("n1#1", 7, i));
        }
        assertThat(found().record().renewals()).isEqualTo(50);
    }

    @Test
    void absenceIsToldFromAServerOrNamespaceThatIsNotThere() {
        LeaseStore elsewhere = new KubernetesLeaseStore(
                new Endpoint(
                        java.net.URI.create(server.url() + "/prefix"),
                        "shop",
                        TlsSource.NONE,
                        BearerToken.fixed("the test", FakeApiServer.TOKEN)),
                PATIENT,
                runtime);
        stores.add(elsewhere);
        assertThat(now(elsewhere.read("a")))
                .isInstanceOfSatisfying(
                        Failed.class, failed -> assertThat(failed.why()).contains("404", "path of the server"));
        LeaseStore nowhere = new KubernetesLeaseStore(
                new Endpoint(
                        server.url(), "nowhere", TlsSource.NONE, BearerToken.fixed("the test", FakeApiServer.TOKEN)),
                PATIENT,
                runtime);
        stores.add(nowhere);
        assertThat(now(nowhere.compareAndSet("a", null, held("n1#1", 7, 0))))
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed -> assertThat(failed.why())
                                .contains("namespaces \"nowhere\"", "create namespace nowhere"));
    }

    @Test
    void withoutRightsTheRemedyIsNamed() {
        server.grant(FakeApiServer.TOKEN, (verb, name) -> !verb.equals("update"));
        LeaseStore.Version version = stored(null, held("n1#1", 7, 0));
        assertThat(now(store.compareAndSet("a", version, held("n1#1", 7, 1))))
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed -> assertThat(failed.why())
                                .contains("403", "cannot update", "rbac.yaml", "namespace shop"));
    }

    @Test
    void aRestoredServerFoolsNobodyThoughItCountsAgain() {
        LeaseStore.Version first = stored(null, held("n1#1", 7, 0));
        FakeLeases.Backup backup = server.leases().backup();
        LeaseStore.Version lost = stored(first, held("n1#1", 7, 1));
        server.leases().restore(backup);
        assertThat(found().version()).as("what is seen again is the same").isEqualTo(first);
        LeaseStore.Version again = stored(first, held("n2#1", 8, 0));
        assertThat(again.toString()).as("the same number once more").isEqualTo(lost.toString());
        assertThat(again).isNotEqualTo(lost);
    }

    @Test
    void aServerWhoseClockIsFarOffIsNoMatter() {
        server.leases().clockError(Duration.ofDays(4_000));
        LeaseStore.Version version = stored(null, held("n1#1", 7, 0));
        server.leases().clockError(Duration.ofDays(-9_000));
        stored(version, held("n1#1", 7, 1));
        assertThat(found().record()).isEqualTo(held("n1#1", 7, 1));
    }

    @Test
    void anEditByAnotherIsAnotherVersion() {
        LeaseStore.Version version = stored(null, held("n1#1", 7, 0));
        server.leases()
                .edit("shop", "a", tree -> Json.objectIn(tree, "metadata").put("labels", Map.of("team", "blue")));
        assertThat(now(store.compareAndSet("a", version, held("n1#1", 7, 1)))).isEqualTo(new Conflict());
        stored(found().version(), held("n1#1", 7, 1));
        assertThat(Json.objectIn(object(), "metadata")).containsEntry("labels", Map.of("team", "blue"));
    }

    @Test
    void aSuccessThatShowsSomethingElseIsNotBelieved() {
        LeaseStore.Version version = stored(null, held("n1#1", 7, 0));
        // As a webhook that changes what is written.
        faults(Fault.doneBut(200));
        assertThat(now(store.compareAndSet("a", version, held("n1#1", 7, 1)))).isInstanceOf(Unknown.class);
    }
}
