package io.shardhold.lease.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.hazelcast.config.Config;
import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MapStoreConfig;
import com.hazelcast.config.NearCacheConfig;
import com.hazelcast.config.PartitionGroupConfig;
import com.hazelcast.config.PartitioningAttributeConfig;
import com.hazelcast.config.PartitioningStrategyConfig;
import com.hazelcast.config.SplitBrainProtectionConfig;
import com.hazelcast.config.WanReplicationRef;
import com.hazelcast.splitbrainprotection.SplitBrainProtectionOn;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HazelcastLeaseConfigTest {
    private static final HazelcastLeaseConfig LEASES = HazelcastLeaseConfig.forVoters("n1", "n2", "n3");

    private static Config strict() {
        return LEASES.applyTo(new Config(), "n1");
    }

    private static void check(Config config) {
        StrictCheck.checkMember(LEASES, config);
    }

    @Test
    void whatIsAppliedIsAccepted() {
        assertThatCode(() -> check(strict())).doesNotThrowAnyException();
        assertThat(LEASES.majority()).isEqualTo(2);
        assertThat(HazelcastLeaseConfig.forVoters("a", "b", "c", "d").majority())
                .isEqualTo(3);
    }

    @Test
    void theXmlSaysTheSame() {
        Config read = Config.loadFromString(LEASES.xml("n1"));
        assertThatCode(() -> check(read)).doesNotThrowAnyException();
        assertThat(read.getMemberAttributeConfig().getAttribute(HazelcastLeaseConfig.VOTER_ATTRIBUTE))
                .isEqualTo("n1");
        assertThat(read.getSplitBrainProtectionConfigs().get(HazelcastLeaseConfig.MAP))
                .isEqualTo(strict().getSplitBrainProtectionConfigs().get(HazelcastLeaseConfig.MAP));
    }

    @Test
    void theRemedyMendsWhatItIsSaidAbout() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> check(new Config()))
                .satisfies(refused -> {
                    String message = refused.getMessage();
                    Config mended = Config.loadFromString(message.substring(message.indexOf("<hazelcast")));
                    assertThatCode(() -> check(mended)).doesNotThrowAnyException();
                });
    }

    @Test
    void theDefaultsAreRefusedWithEverythingThatIsWeak() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> check(new Config()))
                .withMessageContaining("6 problems")
                .withMessageContaining("the attribute shardhold.lease.voter is not set, wanted the name of this member")
                .withMessageContaining("the attribute shardhold.lease.voters is not set, wanted n1,n2,n3")
                .withMessageContaining("hazelcast.operation.fail.on.indeterminate.state is not set, wanted true")
                .withMessageContaining("split-brain-protection-ref of the map is not set, wanted shardhold-leases")
                .withMessageContaining("backup-count is 1, wanted 6")
                .withMessageContaining("PutIfAbsentMergePolicy, wanted " + LaterViewWins.class.getName())
                .withMessageContaining("HazelcastLeaseConfig.applyTo")
                .withMessageContaining("<minimum-cluster-size>2</minimum-cluster-size>");
    }

    private record Weakness(String named, Consumer<Config> weaken) {
        @Override
        public String toString() {
            return named;
        }
    }

    private static Weakness inMap(String named, Consumer<MapConfig> weaken) {
        return new Weakness(named, config -> weaken.accept(config.getMapConfig(HazelcastLeaseConfig.MAP)));
    }

    private static Weakness inProtection(String named, Consumer<SplitBrainProtectionConfig> weaken) {
        return new Weakness(
                named,
                config -> weaken.accept(config.getSplitBrainProtectionConfigs().get(HazelcastLeaseConfig.MAP)));
    }

    static Stream<Weakness> weaknesses() {
        return Stream.of(
                inMap("backup-count is 5, wanted 6", map -> map.setBackupCount(5)),
                inMap("time-to-live-seconds is 60, wanted 0", map -> map.setTimeToLiveSeconds(60)),
                inMap("max-idle-seconds is 60, wanted 0", map -> map.setMaxIdleSeconds(60)),
                inMap(
                        "eviction-policy is LRU, wanted NONE",
                        map -> map.getEvictionConfig().setEvictionPolicy(EvictionPolicy.LRU)),
                inMap("read-backup-data is true, wanted false", map -> map.setReadBackupData(true)),
                inMap(
                        "merge-policy is DiscardMergePolicy",
                        map -> map.getMergePolicyConfig().setPolicy("DiscardMergePolicy")),
                inMap("near-cache is NearCacheConfig", map -> map.setNearCacheConfig(new NearCacheConfig())),
                inMap(
                        "map-store enabled is true",
                        map -> map.setMapStoreConfig(
                                new MapStoreConfig().setEnabled(true).setClassName("x"))),
                inMap(
                        "wan-replication-ref is WanReplicationRef",
                        map -> map.setWanReplicationRef(
                                new WanReplicationRef("x", "y", Collections.emptyList(), false))),
                inMap(
                        "partition-strategy is x, wanted not set",
                        map -> map.setPartitioningStrategyConfig(new PartitioningStrategyConfig("x"))),
                inMap(
                        "partition-attributes is [PartitioningAttributeConfig{attributeName='x'}], wanted []",
                        map -> map.setPartitioningAttributeConfigs(List.of(new PartitioningAttributeConfig("x")))),
                inMap(
                        "split-brain-protection-ref of the map is other",
                        map -> map.setSplitBrainProtectionName("other")),
                inProtection("enabled is false, wanted true", protection -> protection.setEnabled(false)),
                inProtection(
                        "protect-on of shardhold-leases is WRITE",
                        protection -> protection.setProtectOn(SplitBrainProtectionOn.WRITE)),
                inProtection(
                        "function-class-name of shardhold-leases is x",
                        protection -> protection.setFunctionClassName("x")),
                new Weakness(
                        "minimum-cluster-size of shardhold-leases is 2, wanted 3",
                        config -> HazelcastLeaseConfig.forVoters("a", "b", "c").applyTo(config, "a")),
                new Weakness(
                        "shardhold.lease.voters is a,b,c, wanted n1,n2,n3,n4,n5",
                        config -> HazelcastLeaseConfig.forVoters("c", "b", "a").applyTo(config, "a")),
                new Weakness(
                        "fail.on.indeterminate.state is false, wanted true",
                        config -> config.setProperty("hazelcast.operation.fail.on.indeterminate.state", "false")),
                new Weakness(
                        "partition-group is HOST_AWARE, wanted disabled",
                        config -> config.getPartitionGroupConfig()
                                .setEnabled(true)
                                .setGroupType(PartitionGroupConfig.MemberGroupType.HOST_AWARE)));
    }

    @ParameterizedTest
    @MethodSource("weaknesses")
    void eachWeakPointIsRefusedAndNamed(Weakness weakness) {
        HazelcastLeaseConfig five = HazelcastLeaseConfig.forVoters("n1", "n2", "n3", "n4", "n5");
        Config config = five.applyTo(new Config(), "n1");
        weakness.weaken().accept(config);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StrictCheck.checkMember(five, config))
                .withMessageContaining(weakness.named());
    }

    @Test
    void votersAreThreeToSevenNamesOfTheirOwn() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HazelcastLeaseConfig.forVoters("a", "b"))
                .withMessageContaining("3 to 7, were 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HazelcastLeaseConfig.forVoters("a", "b", "c", "d", "e", "f", "g", "h"))
                .withMessageContaining("3 to 7, were 8");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HazelcastLeaseConfig.forVoters("a", "b", "b"))
                .withMessageContaining("names of their own, were [a, b, b]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HazelcastLeaseConfig.forVoters("a", "b", "c,d"))
                .withMessageContaining("was 'c,d'");
    }
}
