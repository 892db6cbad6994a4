package io.shardhold;

import static io.shardhold.LoopbackNodes.PATIENCE;
import static io.shardhold.LoopbackNodes.QUICK;
import static io.shardhold.LoopbackNodes.answer;
import static io.shardhold.LoopbackNodes.at;
import static io.shardhold.LoopbackNodes.failure;
import static io.shardhold.LoopbackNodes.freePort;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.UndeliveredReason;
import io.shardhold.config.EntitySpec;
import io.shardhold.config.InvalidSettingsException;
import io.shardhold.config.ShardingSettings;
import io.shardhold.config.Timings;
import io.shardhold.entity.AskFailedException;
import io.shardhold.entity.EntityRef;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Nodes that are started with what cannot work, or closed, beside a cluster that goes on. */
final class BadInputStartTest {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final int SHARDS = 4;

    private static final LoopbackNodes HEALTHY = new LoopbackNodes();
    private static LoopbackNodes.Node member;
    private static int port;
    private static int asked;

    private final LoopbackNodes nodes = new LoopbackNodes();

    @BeforeAll
    static void startACluster() {
        port = freePort();
        member = HEALTHY.start(
                port, builder -> builder.name("first").seeds(at(port)).entity(desks()));
        member.sharding().awaitUp(PATIENCE);
    }

    @AfterAll
    static void stop() {
        HEALTHY.close();
    }

    private static EntitySpec<Desk.Request> desks() {
        return EntitySpec.of(Desk.TYPE, context -> Desk.open(context, "x")).shards(SHARDS);
    }

    @AfterEach
    void theHealthyClusterGoesOn() throws Exception {
        nodes.close();
        EntityRef<Desk.Request> desk = member.sharding().entityRef(Desk.TYPE, "ongoing");
        assertThat(answer(desk.ask(Desk.Request.Count::new, Duration.ofSeconds(20))))
                .isEqualTo("x ongoing " + ++asked);
        assertThat(member.told(ClusterEvent.JoinRefused.class)).isEmpty();
        assertThat(member.told(ClusterEvent.MachineFault.class)).isEmpty();
    }

    // ---- the node itself ---------------------------------------------------------------------------------------

    @Test
    void aPortInUseIsNamedAndNothingIsLeftOfTheNode() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int used = taken.getLocalPort();
            assertThatThrownBy(() -> nodes.start(used, builder -> builder.seeds(at(used))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContainingAll(at(used), "in use", "bind another port");
        }
        long before = networkThreads();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int used = taken.getLocalPort();
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> nodes.start(used, builder -> builder.seeds(at(used))))
                        .isInstanceOf(IllegalStateException.class);
            }
        }
        await().atMost(PATIENCE).until(() -> networkThreads() <= before);
    }

    private static long networkThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("shardhold-net"))
                .count();
    }

    @Test
    void aBindHostThatIsNoneOfThisMachineIsNamed() {
        int free = freePort();
        for (String host : new String[] {"no-such-host.invalid", "192.0.2.1"}) {
            assertThatThrownBy(() -> nodes.start(
                            free, builder -> builder.bind(host, free).seeds(host + ":" + free)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContainingAll(host + ":" + free, "address of this machine")
                    .hasMessageNotContaining("null");
        }
    }

    @Test
    void noSeedsIsAProblemOfTheSettings() {
        assertThatThrownBy(() -> nodes.start(freePort(), builder -> builder))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContainingAll("no seeds", "1, 3, 5 or 7", "its own address");
    }

    // ---- seeds -------------------------------------------------------------------------------------------------

    @Test
    void aSeedThatNobodyAnswersIsNamed() {
        int nobody = freePort();
        LoopbackNodes.Node node = nodes.start(freePort(), builder -> builder.seeds(at(nobody)));
        node.awaitWhyNotUp(at(nobody), "refused", "not up within 0.05 s");
        ClusterEvent.SeedsUnanswered told = node.awaitEvent(ClusterEvent.SeedsUnanswered.class, e -> true);
        assertThat(told.detail()).contains(at(nobody), "refused");
    }

    @Test
    void aSeedNameThatDoesNotResolveIsNamed() {
        LoopbackNodes.Node node = nodes.start(freePort(), builder -> builder.seeds("no-such-host.invalid:7350"));
        node.awaitWhyNotUp("no-such-host.invalid:7350", "does not resolve");
    }

    @Test
    void theOwnAddressWrittenInAnotherWayIsExplained() {
        int own = freePort();
        LoopbackNodes.Node node = nodes.start(own, builder -> builder.seeds("localhost:" + own));
        node.awaitWhyNotUp("localhost:" + own, "itself", "advertises " + at(own));
    }

    @Test
    void seedListsThatDifferAreBothNamedOnBothNodes() {
        int one = freePort();
        int two = freePort();
        int three = freePort();
        int four = freePort();
        LoopbackNodes.Node a = nodes.start(one, builder -> builder.seeds(at(one), at(two), at(three)));
        LoopbackNodes.Node b = nodes.start(two, builder -> builder.seeds(at(one), at(two), at(four)));
        for (LoopbackNodes.Node node : new LoopbackNodes.Node[] {a, b}) {
            node.awaitWhyNotUp(
                    "[" + at(one) + ", " + at(two) + ", " + at(three) + "]",
                    "[" + at(one) + ", " + at(two) + ", " + at(four) + "]",
                    "the same list");
        }
    }

    @Test
    void aNewcomerWithAnotherSeedListIsNotAdmittedAndTheClusterSaysSo() {
        int own = freePort();
        int nobody = freePort();
        LoopbackNodes.Node node = nodes.start(
                own, builder -> builder.seeds(at(port), at(own), at(nobody)).entity(desks()));
        node.awaitWhyNotUp("[" + at(port) + "]", "[" + at(port) + ", " + at(own) + ", " + at(nobody) + "]");
        ClusterEvent.PeerRefused told = member.awaitEvent(
                ClusterEvent.PeerRefused.class, e -> e.address().equals(at(own)));
        assertThat(told.reason()).contains("[" + at(port) + "]", at(nobody), "the same list");
        assertThat(node.told(ClusterEvent.Joined.class)).isEmpty();
        assertThat(member.sharding().view().members()).hasSize(1);
    }

    // ---- who else is there -------------------------------------------------------------------------------------

    @Test
    void aNameInUseIsRefusedWithBothAddresses() {
        int own = freePort();
        LoopbackNodes.Node node = nodes.start(
                own, builder -> builder.name("first").seeds(at(port)).entity(desks()));
        node.awaitWhyNotUp("'first'", at(port), at(own), "a name of its own");
    }

    @Test
    void twoSeedsOfOneNameAreRefusedWithBothAddresses() {
        int one = freePort();
        int two = freePort();
        int three = freePort();
        LoopbackNodes.Node a = nodes.start(one, builder -> builder.name("twin").seeds(at(one), at(two), at(three)));
        LoopbackNodes.Node b = nodes.start(two, builder -> builder.name("twin").seeds(at(one), at(two), at(three)));
        b.awaitWhyNotUp("'twin'", at(one), at(two));
        a.awaitWhyNotUp("'twin'", at(one), at(two));
    }

    @Test
    void anotherNumberOfShardsIsRefusedWithBothNumbers() {
        int own = freePort();
        LoopbackNodes.Node node =
                nodes.start(own, builder -> builder.seeds(at(port)).entity(desks().shards(16)));
        node.awaitWhyNotUp("'desk'", " 4 ", " 16 ", at(own));
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(node.told(ClusterEvent.JoinRefused.class)).isNotEmpty());
    }

    @Test
    void seedsThatDisagreeOnTheNumberOfShardsSayBothNumbers() {
        int one = freePort();
        int two = freePort();
        int three = freePort();
        String[] seeds = {at(one), at(two), at(three)};
        LoopbackNodes.Node a = nodes.start(one, builder -> builder.seeds(seeds).entity(desks()));
        LoopbackNodes.Node b = nodes.start(two, builder -> builder.seeds(seeds).entity(desks()));
        LoopbackNodes.Node c =
                nodes.start(three, builder -> builder.seeds(seeds).entity(desks().shards(16)));
        a.sharding().awaitUp(PATIENCE);
        b.sharding().awaitUp(PATIENCE);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(c.told(ClusterEvent.JoinRefused.class))
                        .anyMatch(e ->
                                e.reason().contains("'desk' has 4 shards in the cluster, and 16 on " + at(three))));
        c.awaitWhyNotUp("'desk'", " 4 ", " 16 ", at(three));
    }

    @Test
    void anotherClusterNameNeverMixesAndBothNamesAreSaid() {
        int own = freePort();
        LoopbackNodes.Node node =
                nodes.start("shed", own, builder -> builder.seeds(at(port)).entity(desks()));
        node.awaitWhyNotUp("\"shop\"", "\"shed\"", at(port));
        ClusterEvent.PeerRefused told = member.awaitEvent(
                ClusterEvent.PeerRefused.class, e -> e.reason().contains("\"shed\""));
        assertThat(told.reason()).contains("\"shop\"", "must differ");
        assertThat(told.address()).isEqualTo(at(own));
        assertThat(node.sharding().view().clusterId()).isZero();
        assertThat(member.sharding().view().members()).hasSize(1);
    }

    @Test
    void timingsThatDifferAreRefusedWithBoth() {
        Timings q = QUICK;
        Timings other = new Timings(
                q.probe(),
                q.detection(),
                q.stable(),
                Duration.ofMillis(1_800),
                q.margin(),
                q.handlerBudget(),
                q.founding(),
                q.stop(),
                q.handOff(),
                q.shutdown(),
                q.retry(),
                q.rebalance());
        LoopbackNodes.Node node =
                nodes.start(freePort(), builder -> builder.timings(other).seeds(at(port)));
        node.awaitWhyNotUp("consent 1.8 s", "consent 2.0 s", "must agree");
    }

    @Test
    void framesOfAnotherSizeAreRefusedWithBoth() {
        LoopbackNodes.Node node = nodes.start(
                freePort(),
                builder -> builder.limits(LoopbackNodes.frameBytes(1 << 19)).seeds(at(port)));
        node.awaitWhyNotUp("524288", "1048576", "must agree");
    }

    // ---- after the end, and before the beginning ---------------------------------------------------------------

    @Test
    void aClosedNodeRefusesTellAskAndWaiting() {
        int own = freePort();
        LoopbackNodes.Node node =
                nodes.start(own, builder -> builder.seeds(at(own)).entity(desks()));
        EntityRef<Desk.Request> desk = node.sharding().entityRef(Desk.TYPE, "d-1");
        CompletionStage<String> early = desk.ask(Desk.Request.Count::new, Duration.ofMinutes(10));
        node.sharding().close();
        AskFailedException failed = failure(early);
        assertThat(failed.reason()).isEqualTo(UndeliveredReason.CLOSED);
        assertThat(failed).hasMessageContainingAll("desk 'd-1'", "closed");
        assertThatThrownBy(() -> desk.tell(new Desk.Request.Note("late")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("closed", "start another");
        assertThatThrownBy(() -> desk.ask(Desk.Request.Count::new, SOON))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("closed", "start another");
        node.awaitWhyNotUp("has left");
        node.sharding().close();
        assertThat(node.sharding().leave().toCompletableFuture()).isCompleted();
    }

    @Test
    void anAskOfATypeThatNobodyHostsSaysSo() {
        int own = freePort();
        LoopbackNodes.Node node = nodes.start(
                own,
                builder -> builder.seeds(at(own))
                        .entity(EntitySpec.route(Desk.TYPE).shards(SHARDS)));
        node.sharding().awaitUp(PATIENCE);
        AskFailedException failed = failure(
                node.sharding().entityRef(Desk.TYPE, "d-1").ask(Desk.Request.Count::new, Duration.ofMillis(400)));
        assertThat(failed.reason()).isEqualTo(UndeliveredReason.TIMED_OUT);
        assertThat(failed).hasMessageContainingAll("0.4 s", "desk/", "no home", "EntitySpec.of");
    }

    @Test
    void aListenerThatThrowsHarmsNobody() throws Exception {
        int own = freePort();
        AtomicInteger thrown = new AtomicInteger();
        LoopbackNodes.Node node = nodes.start(
                own,
                builder -> builder.seeds(at(own)).entity(desks()).onEvent(event -> {
                    if (thrown.incrementAndGet() % 2 == 0) {
                        throw new IllegalStateException("the listener does not like " + event);
                    }
                    throw new AssertionError("the listener does not like " + event);
                }));
        node.sharding().awaitUp(PATIENCE);
        EntityRef<Desk.Request> desk = node.sharding().entityRef(Desk.TYPE, "d-1");
        assertThat(answer(desk.ask(Desk.Request.Count::new, PATIENCE))).isEqualTo("x d-1 1");
        assertThat(thrown.get()).isGreaterThan(2);
    }

    @Test
    void aListenerThatClosesTheNodeDoesNotWaitForItself() throws Exception {
        int own = freePort();
        CompletableFuture<ClusterSharding> self = new CompletableFuture<>();
        CountDownLatch closed = new CountDownLatch(1);
        LoopbackNodes.Node node = nodes.start(
                own,
                builder -> builder.seeds(at(own)).entity(desks()).onEvent(event -> {
                    if (event instanceof ClusterEvent.RightGained) {
                        self.join().close();
                        closed.countDown();
                    }
                }));
        self.complete(node.sharding());
        assertThat(closed.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        node.awaitEvent(ClusterEvent.Left.class, e -> true);
        await().atMost(PATIENCE).until(() -> {
            try (ServerSocket again = new ServerSocket(own, 1, InetAddress.getLoopbackAddress())) {
                return again.isBound();
            } catch (IOException e) {
                return false;
            }
        });
    }

    @Test
    void settingsThatAreWrongInManyWaysAreRefusedAtOnce() {
        assertThatThrownBy(() -> ShardingSettings.builder("Shop!")
                        .bind("0.0.0.0", 0)
                        .seeds("here", "localhost:99999")
                        .build())
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContainingAll("'Shop!'", "0.0.0.0", "'here'", "99999", "was 2");
    }
}
