package io.shardhold.lease.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import com.hazelcast.client.HazelcastClient;
import com.hazelcast.client.config.ClientConfig;
import com.hazelcast.config.NearCacheConfig;
import com.hazelcast.core.HazelcastInstance;
import io.shardhold.lease.Lease;
import io.shardhold.lease.LeaseAnswer;
import io.shardhold.lease.LeaseRuntime;
import io.shardhold.lease.LeaseSettings;
import io.shardhold.lease.LeaseStore;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the public class refuses. */
class HazelcastLeaseTest {
    private static final HazelcastLeaseConfig LEASES = TestCluster.LEASES;
    private static final LeaseSettings SETTINGS = LeaseSettings.of("shop", "n1");

    private static TestCluster weak;
    private static HazelcastInstance client;

    @BeforeAll
    static void start() {
        weak = TestCluster.start((config, place) -> config);
        client = weak.startClient();
    }

    @AfterAll
    static void stop() {
        weak.close();
    }

    @Test
    void aMemberWithTheDefaultsIsRefusedWithTheXml() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HazelcastLease.onMember(weak.member("n1"), LEASES, SETTINGS))
                .withMessageContaining("6 problems")
                .withMessageContaining("backup-count is 1, wanted 6")
                .withMessageContaining("<map name=\"shardhold-leases\">");
    }

    /** A merge may bring back a record from before a grant. */
    @Test
    void tokensAreAtLeastTheUnixTime() {
        try (LeaseRuntime runtime = LeaseRuntime.system()) {
            LeaseStore store = HazelcastLease.store(client, LEASES, SETTINGS, runtime);
            long before = Instant.now().getEpochSecond();
            assertThat(store.tokenFloor()).isBetween(before, Instant.now().getEpochSecond());
            store.close();
        }
    }

    @Test
    void aClientIsNotAMemberNorAMemberAClient() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HazelcastLease.onMember(client, LEASES, SETTINGS))
                .withMessageContaining("is a client")
                .withMessageContaining("onClient");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        HazelcastLease.onClient(weak.member("n1"), LEASES, ServerConfiguration.CONFIRMED, SETTINGS))
                .withMessageContaining("is a member")
                .withMessageContaining("onMember");
    }

    @Test
    @SuppressWarnings("NullAway")
    void aClientWithoutAWordAboutItsMembersIsRefused() {
        assertThatNullPointerException()
                .isThrownBy(() -> HazelcastLease.onClient(client, LEASES, null, SETTINGS))
                .withMessageContaining("ServerConfiguration.CONFIRMED")
                .withMessageContaining("<split-brain-protection name=\"shardhold-leases\"");
    }

    @Test
    void membersWithoutTheListAreRefusedWhateverIsConfirmed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HazelcastLease.onClient(client, LEASES, ServerConfiguration.CONFIRMED, SETTINGS))
                .withMessageContaining("3 problems")
                .withMessageContaining("shardhold.lease.voters of the member at [127.0.0.1]:")
                .withMessageContaining("is not set, wanted n1,n2,n3");
    }

    @Test
    void aClientThatIsContentWithoutCopiesOrReadsItsOwnIsRefused() {
        ClientConfig config = weak.clientConfig();
        config.setProperty("hazelcast.client.operation.fail.on.indeterminate.state", "false");
        config.addNearCacheConfig(new NearCacheConfig(HazelcastLeaseConfig.MAP));
        HazelcastInstance careless = HazelcastClient.newHazelcastClient(config);
        try {
            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () -> HazelcastLease.onClient(careless, LEASES, ServerConfiguration.CONFIRMED, SETTINGS))
                    .withMessageContaining("fail.on.indeterminate.state is false, wanted true")
                    .withMessageContaining("near cache of shardhold-leases is NearCacheConfig");
        } finally {
            careless.getLifecycleService().terminate();
        }
    }

    @Test
    void theExampleOfTheDocumentationHoldsInTheEnd() {
        try (TestCluster cluster = TestCluster.start()) {
            HazelcastInstance member = cluster.member("n1");
            try (Lease lease = HazelcastLease.onMember(member, LEASES, SETTINGS);
                    Contests contests = new Contests()) {
                Contest contest = contests.begin("example", Contests.SHORT_TTL);
                Contests.addMember(contest, cluster, "n1");
                Contests.addClient(contest, cluster.startClient(), "c1");
                contest.allWant();
                contests.awaitHolders();
                assertThat(lease.acquire(0).toCompletableFuture().join()).isInstanceOf(LeaseAnswer.Held.class);
                contests.assertAtMostOneEverBelieved();
            }
            assertThat(member.getLifecycleService().isRunning())
                    .as("closing a lease leaves the instance")
                    .isTrue();
        }
    }
}
