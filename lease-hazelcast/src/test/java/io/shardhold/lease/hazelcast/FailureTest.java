package io.shardhold.lease.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.shardhold.lease.Lease;
import io.shardhold.lease.LeaseAnswer;
import io.shardhold.lease.LeaseRecord;
import io.shardhold.lease.LeaseSettings;
import io.shardhold.lease.RecordLease;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Members that die, links that hang, clients, and what the matrix shows where nothing protects. */
@Execution(ExecutionMode.CONCURRENT)
class FailureTest {
    @Test
    void theHolderGoesOnWhenAMemberDiesThatIsNotItsOwn() {
        try (TestCluster cluster = TestCluster.start();
                Contests contests = new Contests()) {
            // Once the member that has the record dies, once one that has a copy.
            for (String owner : List.of("n2", "n3")) {
                contests.onMembers(cluster, cluster.nameOwnedBy(owner, "at-" + owner), Contests.LONG_TTL, "n1");
            }
            contests.awaitHolders();
            contests.allWant();
            List<Long> tokens =
                    contests.all().stream().map(Contest::highestToken).toList();
            cluster.kill("n3");
            cluster.awaitSize(2, "n1", "n2");
            awaitRenewals(cluster, contests);
            contests.all().forEach(contest -> assertThat(contest.holder()).contains("n1"));
            assertThat(contests.all().stream().map(Contest::highestToken)).isEqualTo(tokens);
            contests.assertAtMostOneEverBelieved();
        }
    }

    private static void awaitRenewals(TestCluster cluster, Contests contests) {
        IMap<String, Object> map = cluster.member("n1").getMap(HazelcastLeaseConfig.MAP);
        for (Contest contest : contests.all()) {
            long now = RecordText.parse(map.get(contest.name())).record().renewals();
            await(contest.name())
                    .atMost(TestCluster.LIMIT)
                    .ignoreExceptions()
                    .until(() ->
                            RecordText.parse(map.get(contest.name())).record().renewals() > now + 8);
        }
    }

    @Test
    void anotherTakesOverWithAHigherTokenWhenTheHoldersMemberDies() {
        try (TestCluster cluster = TestCluster.start();
                Contests contests = new Contests()) {
            for (String owner : List.of("n1", "n2", "n3")) {
                contests.onMembers(cluster, cluster.nameOwnedBy(owner, "at-" + owner), Contests.SHORT_TTL, "n1");
            }
            contests.awaitHolders();
            contests.allWant();
            List<Long> tokens =
                    contests.all().stream().map(Contest::highestToken).toList();
            cluster.kill("n1");
            contests.all()
                    .forEach(contest -> await(contest.name())
                            .atMost(TestCluster.LIMIT)
                            .until(() -> contest.holder()
                                    .filter(List.of("n2", "n3")::contains)
                                    .isPresent()));
            contests.assertAtMostOneEverBelieved();
            for (int i = 0; i < tokens.size(); i++) {
                assertThat(contests.all().get(i).highestToken()).isGreaterThan(tokens.get(i));
            }
        }
    }

    /**
     * Clients reach both sides. Their records are on the side with the majority: on the other, between the moment
     * that it sees itself alone and the moment that it refuses, a client may be told yes, which is documented.
     */
    @Test
    void clientsContendWithMembersThroughASplit() {
        try (TestCluster cluster = TestCluster.start();
                Contests contests = new Contests()) {
            HazelcastInstance first = cluster.startClient();
            HazelcastInstance second = cluster.startClient();
            for (String holder : List.of("n1", "c1")) {
                for (String owner : List.of("n2", "n3")) {
                    Contest contest = contests.onMembers(
                            cluster,
                            cluster.nameOwnedBy(owner, holder + "-holds-at-" + owner),
                            Contests.SHORT_TTL,
                            holder);
                    Contests.addClient(contest, first, "c1");
                    Contests.addClient(contest, second, "c2");
                }
            }
            contests.awaitHolders();
            contests.allWant();
            cluster.split(List.of("n1"), List.of("n2", "n3"));
            cluster.awaitSize(1, "n1");
            cluster.awaitSize(2, "n2", "n3");
            contests.awaitHolders();
            cluster.heal();
            cluster.awaitSize(3, "n1", "n2", "n3");
            contests.awaitSteady();
            contests.assertAtMostOneEverBelieved();
        }
    }

    /** Shows that the matrix can fail: the same split, a map as it comes, and nobody who looks at the view. */
    @Test
    void withoutProtectionTwoBelieve() {
        try (TestCluster cluster = TestCluster.start((config, place) -> config);
                Contests contests = new Contests()) {
            Contest contest = contests.begin(cluster.nameOwnedBy("n1", "weak"), Contests.SHORT_TTL);
            for (String place : cluster.places()) {
                contest.add(place, settings -> weak(cluster.member(place), settings));
            }
            contest.want("n1");
            contests.awaitHolders();
            contests.allWant();
            cluster.split(List.of("n1"), List.of("n2", "n3"));
            await().atMost(TestCluster.LIMIT).until(contest::sawTwo);
        }
    }

    private static RecordLease weak(HazelcastInstance member, LeaseSettings settings) {
        ClusterView careless = new ClusterView() {
            @Override
            public Look look(String name) {
                return new Look(null, null, null, Set.of());
            }

            @Override
            public String problemSince(Look before) {
                return null;
            }
        };
        return new RecordLease(
                new HazelcastLeaseStore(
                        member.getMap(HazelcastLeaseConfig.MAP),
                        careless,
                        new BlockingCalls(settings.owner()),
                        () -> 0),
                settings);
    }

    @Test
    void callsThatHangKeepNobodyFromAskingAgain() {
        try (TestCluster cluster = TestCluster.start();
                Contests contests = new Contests()) {
            Contest contest = contests.onMembers(cluster, cluster.nameOwnedBy("n2", "hung"), Contests.LONG_TTL, "n1");
            contests.awaitHolders();
            long token = contest.highestToken();
            // Shorter than it takes to be taken for gone; what was sent meanwhile is lost for good.
            cluster.split(List.of("n1"), List.of("n2", "n3"));
            IMap<String, Object> map = cluster.member("n2").getMap(HazelcastLeaseConfig.MAP);
            Object before = map.get(contest.name());
            await().atMost(TestCluster.LIMIT)
                    .during(Duration.ofMillis(1_500))
                    .until(() -> before.equals(map.get(contest.name())));
            cluster.heal();
            await().atMost(TestCluster.LIMIT).ignoreExceptions().until(() -> !before.equals(map.get(contest.name())));
            assertThat(contest.holder()).isEqualTo(Optional.of("n1"));
            assertThat(contest.highestToken()).isEqualTo(token);
        }
    }

    @Test
    void whatIsNoRecordIsNamedAndAClosedInstanceIsUnavailable() {
        try (TestCluster cluster = TestCluster.start()) {
            HazelcastInstance member = cluster.member("n2");
            IMap<String, Object> map = member.getMap(HazelcastLeaseConfig.MAP);
            await().atMost(TestCluster.LIMIT).ignoreExceptions().until(() -> map.put("foreign", 7) == null);
            LeaseSettings settings = LeaseSettings.of("foreign", "n2");
            try (Lease lease = HazelcastLease.onMember(member, TestCluster.LEASES, settings)) {
                assertThat(unavailable(lease)).contains("java.lang.Integer").contains(HazelcastLeaseConfig.MAP);
                map.set("foreign", "1|2|3");
                assertThat(unavailable(lease)).contains("'1|2|3'").contains("remove the value");
                LeaseRecord released = new LeaseRecord("x#1", 5, settings.ttl(), 1, true);
                map.set("foreign", RecordText.first(released).text());
                // The members have just come into sight of this lease: too early to take it, but nothing is wrong.
                assertThat(lease.acquire(0).toCompletableFuture().join()).isEqualTo(new LeaseAnswer.Held(""));
                member.getLifecycleService().terminate();
                assertThat(unavailable(lease)).isNotEmpty();
            }
        }
    }

    private static String unavailable(Lease lease) {
        LeaseAnswer answer = lease.acquire(0).toCompletableFuture().join();
        assertThat(answer).isInstanceOf(LeaseAnswer.Unavailable.class);
        return ((LeaseAnswer.Unavailable) answer).why();
    }
}
