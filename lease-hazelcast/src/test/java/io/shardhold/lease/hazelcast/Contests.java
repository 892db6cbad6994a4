package io.shardhold.lease.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hazelcast.core.HazelcastInstance;
import io.shardhold.lease.LeaseSettings;
import io.shardhold.lease.RecordLease;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Contests that go on by themselves: everybody polls, and every millisecond somebody looks who believes. */
final class Contests implements AutoCloseable {
    /** Over before Hazelcast takes a member for gone. */
    static final Duration SHORT_TTL = Duration.ofMillis(1_500);

    /** Not over by then. */
    static final Duration LONG_TTL = Duration.ofSeconds(TestCluster.NO_HEARTBEAT_SECONDS + 2);

    private final List<Contest> contests = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2);
    private final Future<?> polling;
    private final Future<?> looking;

    Contests() {
        polling = threads.scheduleWithFixedDelay(() -> contests.forEach(Contest::poll), 0, 100, TimeUnit.MILLISECONDS);
        looking = threads.scheduleWithFixedDelay(() -> contests.forEach(Contest::look), 0, 1, TimeUnit.MILLISECONDS);
    }

    static LeaseSettings settings(String name, Duration ttl) {
        return LeaseSettings.of(name, "owner")
                .withTimes(
                        ttl, Duration.ofMillis(250), ttl.dividedBy(10), Duration.ofMillis(100), Duration.ofMillis(400));
    }

    Contest begin(String name, Duration ttl) {
        Contest contest = new Contest(settings(name, ttl));
        contests.add(contest);
        return contest;
    }

    /** A contest on all members; one of them comes first. */
    Contest onMembers(TestCluster cluster, String name, Duration ttl, String first) {
        Contest contest = begin(name, ttl);
        cluster.places().forEach(place -> addMember(contest, cluster, place));
        contest.want(first);
        return contest;
    }

    static void addMember(Contest contest, TestCluster cluster, String place) {
        contest.add(place, settings -> onMember(cluster, place, settings));
    }

    /** The client's view and its word. */
    static void addClient(Contest contest, HazelcastInstance client, String owner) {
        contest.add(
                owner,
                settings ->
                        HazelcastLease.onClient(client, TestCluster.LEASES, ServerConfiguration.CONFIRMED, settings));
    }

    private static RecordLease onMember(TestCluster cluster, String place, LeaseSettings settings) {
        return HazelcastLease.onMember(cluster.member(place), TestCluster.LEASES, settings);
    }

    List<Contest> all() {
        return contests;
    }

    void awaitHolders() {
        contests.forEach(contest -> await(contest.name())
                .atMost(TestCluster.LIMIT)
                .until(() -> contest.holder().isPresent()));
    }

    /** Somebody holds each, and goes on to when it would have run out. */
    void awaitSteady() {
        await().atMost(TestCluster.LIMIT)
                .during(SHORT_TTL)
                .until(() ->
                        contests.stream().allMatch(contest -> contest.holder().isPresent()));
    }

    void allWant() {
        contests.forEach(Contest::allWant);
    }

    void assertAtMostOneEverBelieved() {
        assertThat(polling).as("still polling").isNotDone();
        assertThat(looking).as("still looking").isNotDone();
        contests.forEach(Contest::assertAtMostOneEverBelieved);
    }

    @Override
    public void close() {
        threads.shutdownNow();
        contests.forEach(Contest::close);
    }
}
