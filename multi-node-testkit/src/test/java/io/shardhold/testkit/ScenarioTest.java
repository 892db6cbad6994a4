package io.shardhold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.config.Timings;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.testkit.fault.LinkRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plain stories of whole clusters in virtual time: one fault each, and what users see of it. */
class ScenarioTest {
    private static final Timings TIMINGS = Timings.DEFAULT;
    private static final int SHARDS = 12;
    /** Two write rounds, and messages that came back and wait for half a retry. */
    private static final Duration ALLOWANCE = TIMINGS.retry();

    // ---- same seed, same history -------------------------------------------------------------------------------

    private static long fiveNodesWithLossAPartitionAndACrash(long seed) {
        MultiNodeSpec cluster = Specs.of(seed, 5, 3);
        cluster.keepSending(Duration.ofMillis(50));
        cluster.network(LinkRule.CLEAR.loss(0.05));
        cluster.runFor(Duration.ofSeconds(12));
        cluster.partition("n1", "n4");
        cluster.partition("n2", "n4");
        cluster.runFor(Duration.ofSeconds(6));
        cluster.node("n3").crash();
        cluster.runFor(Duration.ofSeconds(10));
        cluster.healAll();
        cluster.node("n3").start();
        cluster.awaitConverged(Duration.ofSeconds(60));
        assertThat(cluster.handled()).isGreaterThan(1_000);
        return Specs.traceHash(cluster);
    }

    @Test
    void fiveNodesWithLossAPartitionAndACrashHaveOneHistoryPerSeed() {
        long first = fiveNodesWithLossAPartitionAndACrash(42);
        assertThat(fiveNodesWithLossAPartitionAndACrash(42)).as("seed 42 again").isEqualTo(first);
        assertThat(fiveNodesWithLossAPartitionAndACrash(43)).as("seed 43").isNotEqualTo(first);
    }

    // ---- static stability --------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void minoritySuspendsAndGoesOnWhereItWasIfThePartitionHealsBeforeTheVerdict(long seed) {
        Post post = new Post(seed, SHARDS, 3, 3).settled();
        TestNode minority = post.follower();
        TestNode other = post.any(n -> n != minority);
        List<Integer> before = post.shardsOf(minority);
        assertThat(before).isNotEmpty();
        post.forgetEvents();
        post.cluster().isolate(minority.name());
        post.cluster().runFor(TIMINGS.consent().plus(TIMINGS.probe()));
        assertThat(minority.isServing()).isFalse();
        assertThat(post.shardsOf(minority)).as("may take up nothing").isEmpty();
        long waiting = post.send(minority, before.get(0));
        long late = post.send(other, before.get(0));
        post.cluster().runFor(Duration.ofSeconds(1));
        assertThat(post.isHandled(waiting)).isFalse();
        post.cluster().healAll();
        post.cluster().runFor(Duration.ofSeconds(5));
        assertThat(minority.isServing()).isTrue();
        assertThat(post.shardsOf(minority)).isEqualTo(before);
        assertThat(post.isHandled(waiting)).isTrue();
        assertThat(post.isHandled(late)
                        || !post.events(ClusterEvent.LinkLost.class).isEmpty())
                .as("sent over the cut: it is handled now, or its connection died with it in doubt")
                .isTrue();
        assertThat(post.events(ClusterEvent.Verdict.class)).isEmpty();
        assertThat(post.events(ClusterEvent.ShardsHere.class))
                .as("nothing was stopped or started")
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void deadCoordinatorDisturbsNoMessageToAShardThatLivesElsewhere(long seed) {
        Post post = new Post(seed, SHARDS, 3, 3).settled();
        TestNode coordinator = post.coordinator();
        List<TestNode> survivors =
                post.cluster().nodes().stream().filter(n -> n != coordinator).toList();
        List<Integer> theirs = new ArrayList<>();
        survivors.forEach(n -> theirs.addAll(post.shardsOf(n)));
        assertThat(theirs).hasSize(SHARDS - post.shardsOf(coordinator).size());
        coordinator.crash();
        List<Long> numbers = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            for (TestNode survivor : survivors) {
                numbers.add(post.send(survivor, theirs.get(i % theirs.size())));
            }
            post.cluster().runFor(Duration.ofMillis(20));
        }
        post.cluster().runFor(Duration.ofMillis(10));
        assertThat(post.cluster().findCoordinator())
                .as("another one coordinates by now")
                .isPresent();
        for (long number : numbers) {
            assertThat(post.isHandled(number))
                    .as("message %s, seed %s", number, seed)
                    .isTrue();
            assertThat(post.took(number))
                    .as("message %s, seed %s: 2 ms of network, and handlers of 1 ms before it", number, seed)
                    .isLessThan(Duration.ofMillis(6));
        }
    }

    // ---- the printed bounds ------------------------------------------------------------------------------------

    /** From the crash to the first answer of the last of its shards; what is sent to a dead home may be lost. */
    private static Duration timeToReplace(Post post, TestNode victim) {
        TestNode sender = post.any(n -> n != victim);
        Map<Integer, List<Long>> numbers = new TreeMap<>();
        post.shardsOf(victim).forEach(shard -> numbers.put(shard, new ArrayList<>()));
        assertThat(numbers).isNotEmpty();
        victim.crash();
        Duration crashed = post.cluster().elapsed();
        while (!numbers.isEmpty() && post.cluster().elapsed().minus(crashed).toSeconds() < 30) {
            numbers.forEach((shard, sent) -> sent.add(post.send(sender, shard)));
            post.cluster().runFor(Duration.ofMillis(10));
            numbers.values().removeIf(sent -> sent.stream().anyMatch(post::isHandled));
        }
        return post.cluster().elapsed().minus(crashed);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void lossOfAMemberIsAnsweredWithinThePrintedBound(long seed) {
        Post post = new Post(seed, SHARDS, 5, 3).settled();
        TestNode coordinator = post.coordinator();
        for (TestNode victim : List.of(
                post.any(n -> n != coordinator && n.name().equals("n5")),
                post.any(n -> n != coordinator && n.name().compareTo("n3") <= 0))) {
            assertThat(timeToReplace(post, victim))
                    .as("seed %s, %s", seed, victim)
                    .isLessThanOrEqualTo(TIMINGS.memberBound().plus(ALLOWANCE));
            victim.start();
            post.cluster().runFor(Duration.ofSeconds(15));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void lossOfTheCoordinatorIsAnsweredWithinThePrintedBoundAndAPromiseRound(long seed) {
        Post post = new Post(seed, SHARDS, 5, 3).settled();
        Duration promiseRound = Duration.ofMillis(500);
        assertThat(timeToReplace(post, post.coordinator()))
                .as("seed %s", seed)
                .isLessThanOrEqualTo(TIMINGS.memberBound().plus(promiseRound).plus(ALLOWANCE));
    }

    // ---- founding again ----------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void clusterThatLostTwoOfThreeSeatsIsFoundedAgainByTwoSeeds(long seed) {
        Post post = new Post(seed, SHARDS, 3, 3).settled();
        MultiNodeSpec cluster = post.cluster();
        TestNode first = post.coordinator();
        first.crash();
        cluster.runFor(Duration.ofSeconds(12));
        TestNode second = post.any(TestNode::isRunning);
        second.crash();
        TestNode last = post.any(TestNode::isRunning);
        long before = last.view().clusterId();
        cluster.runFor(Duration.ofSeconds(20));
        assertThat(last.isServing()).as("one of three seats is no quorum").isFalse();
        assertThat(last.view().clusterId()).as("and founds nothing alone").isEqualTo(before);
        post.forgetEvents();
        first.start();
        cluster.await("two seeds serve again", Duration.ofSeconds(40), () -> last.isServing() && first.isServing());
        assertThat(post.events(ClusterEvent.Founded.class)).hasSize(1);
        assertThat(last.view().clusterId())
                .isNotEqualTo(before)
                .isEqualTo(first.view().clusterId());
        List<Long> numbers = new ArrayList<>();
        for (int shard = 0; shard < SHARDS; shard++) {
            numbers.add(post.send(last, shard));
        }
        cluster.await(
                "every shard answers",
                Duration.ofSeconds(20),
                () -> numbers.stream().allMatch(post::isHandled));
    }

    // ---- two clusters ------------------------------------------------------------------------------------------

    @Test
    void clustersOfDifferentSeedsOnOneNetworkNeverMix() {
        List<String> names = List.of("a1", "a2", "a3", "b1", "b2", "b3");
        MultiNodeSpec cluster = Specs.of(5, names, 3, Guards.STRICT);
        for (String name : names.subList(3, 6)) {
            cluster.node(name).seedNodes("b1", "b2", "b3");
        }
        cluster.start();
        cluster.node("a1").crash();
        cluster.runFor(Duration.ofSeconds(10));
        cluster.node("a1").start();
        cluster.runFor(Duration.ofSeconds(20));
        for (TestNode node : cluster.nodes()) {
            assertThat(node.view().members())
                    .extracting(m -> m.id().name().substring(0, 1))
                    .hasSize(3)
                    .containsOnly(node.name().substring(0, 1));
        }
        assertThat(cluster.node("a2").view().clusterId())
                .isNotEqualTo(cluster.node("b2").view().clusterId());
    }
}
