package io.shardhold.lease.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.shardhold.lease.LeaseAnswer;
import io.shardhold.lease.LeaseHeld;
import io.shardhold.lease.LeaseLost;
import io.shardhold.lease.LeaseRuntime;
import io.shardhold.lease.LeaseSettings;
import io.shardhold.lease.k8s.FakeFaults.Fault;
import io.shardhold.lease.k8s.FakeFaults.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lease as it is used, in real time, over faults of the server. */
class KubernetesLeaseTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final FakeApiServer server = FakeApiServer.plain();
    private final Relay relay = new Relay(server.port());
    private final LeaseRuntime polls = LeaseRuntime.system();
    private final List<KubernetesLease> leases = new ArrayList<>();

    private volatile boolean wanting = true;

    @TempDir
    Path folder;

    /** One that was created beforehand counts as released, so a case need not begin with a wait. */
    @BeforeEach
    void create() {
        server.leases().edit("shop", "shop", tree -> {});
    }

    @AfterEach
    void close() {
        polls.close();
        leases.forEach(KubernetesLease::close);
        relay.close();
        server.close();
        assertThat(server.violations()).isEmpty();
        assertThat(server.leases().recreated()).isZero();
    }

    private static LeaseSettings settings(String owner) {
        return LeaseSettings.of("shop", owner)
                .withTimes(
                        Duration.ofSeconds(2),
                        Duration.ofMillis(300),
                        Duration.ofMillis(200),
                        Duration.ofMillis(50),
                        Duration.ofMillis(700));
    }

    private KubernetesAccess access(int port) {
        try {
            Path config = server.writeKubeconfig(folder.resolve("config"));
            String own = Files.readString(config).replace(":" + server.port(), ":" + port);
            return KubernetesAccess.kubeconfig(Files.writeString(config, own)).withNamespace("shop");
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private KubernetesLease lease(String owner) {
        KubernetesLease lease = new KubernetesLease(access(relay.port()), settings(owner));
        leases.add(lease);
        return lease;
    }

    /** Asks until it is to stop. */
    private void want(KubernetesLease lease) {
        if (wanting) {
            var unused = lease.acquire(0)
                    .thenAccept(answer -> polls.schedule(lease.settings().poll().toNanos(), () -> want(lease)));
        }
    }

    private KubernetesLease holder(String owner) {
        KubernetesLease lease = lease(owner);
        want(lease);
        await().atMost(LONG).until(lease::checkAlive);
        return lease;
    }

    private Map<String, Object> object() {
        return server.leases().object("shop", "shop").orElseThrow();
    }

    private Map<String, Object> spec() {
        return Json.objectIn(object(), "spec");
    }

    @Test
    void theObjectShowsTheHolder() {
        KubernetesLease lease = holder("n1");
        assertThat(spec())
                .containsEntry("holderIdentity", lease.owner())
                .containsEntry("leaseDurationSeconds", Json.Digits.of(2))
                .containsEntry("leaseTransitions", Json.Digits.of(1));
        assertThat(Json.objectIn(Json.objectIn(object(), "metadata"), "annotations"))
                .containsEntry(LeaseObject.TOKEN, Long.toString(lease.fencingToken()));
        assertThat(lease.objectName()).isEqualTo("shop");
        assertThat(lease.namespace()).isEqualTo("shop");
        assertThat(lease.toString()).contains("shop", lease.owner()).doesNotContain(FakeApiServer.TOKEN);
        lease.close();
        await().atMost(LONG).until(() -> spec().get("holderIdentity").equals(""));
    }

    @Test
    void aLabelThatSomebodyAddsStaysAndEndsNothing() {
        KubernetesLease lease = holder("n1");
        long token = lease.fencingToken();
        List<LeaseLost> losses = new CopyOnWriteArrayList<>();
        lease.onLost(losses::add);
        for (String colour : List.of("blue", "red")) {
            server.leases()
                    .edit(
                            "shop",
                            "shop",
                            tree -> Json.objectIn(tree, "metadata").put("labels", Map.of("team", colour)));
            Object before = spec().get("renewTime");
            await().atMost(LONG).until(() -> !spec().get("renewTime").equals(before));
            assertThat(Json.objectIn(object(), "metadata")).containsEntry("labels", Map.of("team", colour));
        }
        assertThat(lease.checkAlive()).isTrue();
        assertThat(lease.fencingToken()).isEqualTo(token);
        assertThat(losses).isEmpty();
    }

    @Test
    void anObjectThatIsDeletedUnderTheHolderIsLostAndMadeAnewWithAHigherToken() {
        KubernetesLease lease = holder("n1");
        long token = lease.fencingToken();
        List<LeaseLost> losses = new CopyOnWriteArrayList<>();
        lease.onLost(losses::add);
        server.leases().delete("shop", "shop");
        await().atMost(LONG).until(() -> !losses.isEmpty());
        assertThat(losses.get(0).reason()).isEqualTo(LeaseLost.Reason.DELETED);
        await().atMost(LONG).until(lease::checkAlive);
        assertThat(lease.fencingToken()).isGreaterThan(token);
    }

    /** As client-go leaves it: without a holder, for one second. */
    @Test
    void aHolderThatAnOperatorTakesOffIsToldSo() {
        KubernetesLease lease = holder("n1");
        List<LeaseLost> losses = new CopyOnWriteArrayList<>();
        lease.onLost(losses::add);
        server.leases().edit("shop", "shop", tree -> {
            Json.objectIn(tree, "spec").put("holderIdentity", "");
            Json.objectIn(tree, "spec").put("leaseDurationSeconds", Json.Digits.of(1));
        });
        await().atMost(LONG).until(() -> !losses.isEmpty());
        assertThat(losses.get(0).reason()).isEqualTo(LeaseLost.Reason.RELEASED);
    }

    @Test
    void aHolderFieldThatIsOnlyEmptiedLetsNobodyIn() {
        KubernetesLease lease = holder("n1");
        KubernetesLease other = lease("n2");
        List<LeaseLost> losses = new CopyOnWriteArrayList<>();
        lease.onLost(losses::add);
        for (int round = 0; round < 3; round++) {
            server.leases()
                    .edit("shop", "shop", tree -> Json.objectIn(tree, "spec").put("holderIdentity", ""));
            assertThat(other.acquire(0).toCompletableFuture().join()).isEqualTo(new LeaseAnswer.Held(lease.owner()));
            await().atMost(LONG).until(() -> lease.owner().equals(spec().get("holderIdentity")));
        }
        assertThat(lease.checkAlive()).isTrue();
        assertThat(losses).isEmpty();
    }

    @Test
    void aServerThatIsRestoredFromABackupEndsTheGrantAndNoTokenComesTwice() {
        KubernetesLease first = holder("n1");
        FakeLeases.Backup backup = server.leases().backup();
        long stale = first.fencingToken();
        first.close();
        KubernetesLease second = holder("n2");
        long token = second.fencingToken();
        assertThat(token).isGreaterThan(stale);
        List<LeaseLost> losses = new CopyOnWriteArrayList<>();
        second.onLost(losses::add);
        server.leases().restore(backup);
        await().atMost(LONG).until(() -> !losses.isEmpty());
        await().atMost(LONG).until(second::checkAlive);
        assertThat(second.fencingToken()).isGreaterThan(token);
    }

    @Test
    void aServerThatIsKilledAndStartedAgainIsUsedAgain() {
        KubernetesLease lease = holder("n1");
        List<LeaseLost> losses = new CopyOnWriteArrayList<>();
        lease.onLost(losses::add);
        server.stop();
        await().atMost(LONG).until(() -> !lease.checkAlive());
        assertThat(losses).hasSizeLessThanOrEqualTo(1);
        wanting = false;
        await().during(lease.settings().requestTimeout().multipliedBy(2))
                .atMost(LONG)
                .until(() -> true);
        server.start();
        LeaseAnswer first = lease.acquire(0).toCompletableFuture().join();
        LeaseAnswer second = lease.acquire(0).toCompletableFuture().join();
        // Its own record needs no watching: the next look grants, or the one after it.
        assertThat(second).as("after %s", first).isInstanceOf(LeaseAnswer.Granted.class);
    }

    @Test
    void aShortStandstillOfTheServerLosesNothing() {
        KubernetesLease lease = holder("n1");
        long token = lease.fencingToken();
        server.faults(request -> Fault.late(Duration.ofMillis(200)));
        await().during(Duration.ofSeconds(2)).atMost(LONG).until(lease::checkAlive);
        assertThat(lease.fencingToken()).isEqualTo(token);
    }

    @Test
    void aWireThatGoesMuteIsLeftForAnother() {
        KubernetesLease lease = holder("n1");
        relay.mute(true);
        await().atMost(LONG).until(() -> !lease.checkAlive());
        relay.mute(false);
        await().atMost(LONG).until(lease::checkAlive);
        assertThat(relay.accepted()).isGreaterThan(1);
    }

    @Test
    void noThreadAndNoConnectionIsLeft() {
        KubernetesLease lease = holder("n1");
        await().atMost(LONG)
                .untilAsserted(() ->
                        assertThat(relay.open()).as("one connection for all").isEqualTo(1));
        polls.close();
        lease.close();
        leases.clear();
        await().atMost(LONG).untilAsserted(() -> assertThat(relay.open()).isZero());
        assertThat(spec()).containsEntry("holderIdentity", "");
        lease = null;
        await().atMost(LONG).untilAsserted(() -> {
            // Before JDK 21 the selector thread of a client ends when the client is collected.
            System.gc();
            assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .noneMatch(name -> name.startsWith("HttpClient-") || name.startsWith("shardhold-lease-k8s"));
        });
    }

    @Test
    void settingsThatAKubernetesLeaseCannotHaveAreRefused() {
        LeaseSettings settings = KubernetesLease.settings("shop", "n1");
        assertThat(settings.ttl()).isEqualTo(Duration.ofSeconds(10));
        KubernetesAccess access = access(server.port());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KubernetesLease(access, settings.withTtl(Duration.ofMillis(9_500))))
                .withMessageContainingAll("whole seconds", "PT9.5S", "PT10S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KubernetesLease(
                        access,
                        KubernetesLease.settings("shop", "n1")
                                .withTimes(
                                        Duration.ofSeconds(1),
                                        Duration.ofMillis(100),
                                        Duration.ofMillis(100),
                                        Duration.ofMillis(100),
                                        Duration.ofMillis(100))))
                .withMessageContainingAll("marks a release", "PT1S", "PT2S");
        try (KubernetesLease odd = new KubernetesLease(access, KubernetesLease.settings("Shop_1", "n1"))) {
            assertThat(odd.objectName()).startsWith("shop-1-");
            assertThat(odd.acquire(0).toCompletableFuture().join()).isEqualTo(new LeaseAnswer.Held(""));
        }
    }

    /** A grant as its holder believes in it, in nanoseconds; what ends it early is what the test or the lease says. */
    private static final class Span {
        final String owner;
        final long token;
        final long from;
        long until;

        Span(String owner, long token, long from, long until) {
            this.owner = owner;
            this.token = token;
            this.from = from;
            this.until = until;
        }

        @Override
        public String toString() {
            return owner + " " + token + " from " + from + " until " + until;
        }
    }

    /** The grants of one run, in the order in which they were told. */
    private static final class Spans {
        private final List<Span> all = new ArrayList<>();

        synchronized void onHeld(KubernetesLease lease, LeaseHeld held) {
            if (held.renewal()) {
                all.stream()
                        .filter(span -> span.token == held.token() && span.until > System.nanoTime())
                        .forEach(span -> span.until = Math.max(span.until, held.deadlineNanos()));
            } else {
                all.add(new Span(lease.owner(), held.token(), System.nanoTime(), held.deadlineNanos()));
            }
        }

        synchronized void onEnd(KubernetesLease lease) {
            long now = System.nanoTime();
            all.stream()
                    .filter(span -> span.owner.equals(lease.owner()))
                    .forEach(span -> span.until = Math.min(span.until, now));
        }

        synchronized int size() {
            return all.size();
        }

        synchronized List<String> overlaps() {
            List<String> wrong = new ArrayList<>();
            for (int i = 1; i < all.size(); i++) {
                Span before = all.get(i - 1);
                Span span = all.get(i);
                if (span.from < before.until || span.token <= before.token) {
                    wrong.add(before + " and then " + span);
                }
            }
            return wrong;
        }
    }

    @Test
    void ofEightContendersOverABadServerAtMostOneHolds() {
        server.forget();
        Random chance = new Random(7);
        server.faults(request -> {
            synchronized (chance) {
                return anyFault(chance);
            }
        });
        Spans spans = new Spans();
        for (int i = 0; i < 8; i++) {
            KubernetesLease lease = lease("n" + i);
            lease.onHeld(held -> spans.onHeld(lease, held));
            lease.onLost(loss -> spans.onEnd(lease));
            want(lease);
        }
        long end = System.nanoTime() + Duration.ofSeconds(6).toNanos();
        await().atMost(LONG).pollInterval(Duration.ofMillis(700)).until(() -> {
            leases.stream().filter(KubernetesLease::checkAlive).forEach(lease -> {
                // Before: it may be granted to another within the call.
                spans.onEnd(lease);
                var unused = lease.release();
            });
            return System.nanoTime() > end && spans.size() >= 3;
        });
        assertThat(spans.overlaps()).isEmpty();
    }

    private static Fault anyFault(Random chance) {
        int dice = chance.nextInt(100);
        if (dice < 8) {
            Kind[] kinds = Kind.values();
            return Fault.of(kinds[chance.nextInt(kinds.length)]).status(503);
        }
        if (dice < 14) {
            return Fault.refuse(new int[] {409, 429, 500}[chance.nextInt(3)]);
        }
        return dice < 24 ? Fault.late(Duration.ofMillis(chance.nextInt(250))) : Fault.NONE;
    }
}
