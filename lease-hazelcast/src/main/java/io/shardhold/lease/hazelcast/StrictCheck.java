package io.shardhold.lease.hazelcast;

import static io.shardhold.lease.hazelcast.HazelcastLeaseConfig.BACKUPS;
import static io.shardhold.lease.hazelcast.HazelcastLeaseConfig.CLIENT_INDETERMINATE;
import static io.shardhold.lease.hazelcast.HazelcastLeaseConfig.INDETERMINATE;
import static io.shardhold.lease.hazelcast.HazelcastLeaseConfig.MAP;
import static io.shardhold.lease.hazelcast.HazelcastLeaseConfig.VOTERS_ATTRIBUTE;
import static io.shardhold.lease.hazelcast.HazelcastLeaseConfig.VOTER_ATTRIBUTE;

import com.hazelcast.client.config.ClientConfig;
import com.hazelcast.cluster.Member;
import com.hazelcast.config.Config;
import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.PartitionGroupConfig;
import com.hazelcast.config.PartitioningStrategyConfig;
import com.hazelcast.config.SplitBrainProtectionConfig;
import com.hazelcast.splitbrainprotection.SplitBrainProtectionOn;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Everything that is weak in a configuration, each with what it is and what it should be. */
final class StrictCheck {
    private final HazelcastLeaseConfig wanted;
    private final List<String> problems = new ArrayList<>();

    private StrictCheck(HazelcastLeaseConfig wanted) {
        this.wanted = wanted;
    }

    /** @throws IllegalArgumentException with every problem and the remedy */
    static void checkMember(HazelcastLeaseConfig wanted, Config config) {
        StrictCheck check = new StrictCheck(wanted);
        String self = config.getMemberAttributeConfig().getAttribute(VOTER_ATTRIBUTE);
        if (self == null) {
            check.problem(
                    "the attribute " + VOTER_ATTRIBUTE, null, "the name of this member, one of " + wanted.voters());
        }
        check.want(
                "the attribute " + VOTERS_ATTRIBUTE,
                config.getMemberAttributeConfig().getAttribute(VOTERS_ATTRIBUTE),
                wanted.voters().text());
        check.wantTrue("the property " + INDETERMINATE, config.getProperty(INDETERMINATE));
        check.checkGroups(config.getPartitionGroupConfig());
        MapConfig map = config.findMapConfig(MAP);
        check.checkProtection(config, map.getSplitBrainProtectionName());
        check.checkMap(map);
        check.refuse(
                self == null ? "NAME-OF-THIS-MEMBER" : self,
                "HazelcastLeaseConfig.applyTo(config, \"n1\") on the configuration of every member, or this XML");
    }

    /**
     * @param config of the client, if it could be seen
     * @throws IllegalArgumentException with every problem and the remedy
     */
    static void checkClient(
            HazelcastLeaseConfig wanted, @Nullable ClientConfig config, Collection<? extends Member> members) {
        StrictCheck check = new StrictCheck(wanted);
        if (config == null) {
            check.problem(
                    "the instance", "of a kind whose configuration cannot be read", "a client of Hazelcast's own");
        } else {
            check.wantTrue("the client's property " + CLIENT_INDETERMINATE, config.getProperty(CLIENT_INDETERMINATE));
            check.want("the client's near cache of " + MAP, config.getNearCacheConfig(MAP), null);
        }
        for (Member member : members) {
            if (!member.isLiteMember()) {
                check.want(
                        "the attribute " + VOTERS_ATTRIBUTE + " of the member at " + member.getAddress(),
                        member.getAttribute(VOTERS_ATTRIBUTE),
                        wanted.voters().text());
            }
        }
        check.refuse(
                "NAME-OF-THE-MEMBER",
                "clientConfig.setProperty(\"" + CLIENT_INDETERMINATE
                        + "\", \"true\") here, and this XML on every member");
    }

    private void checkGroups(PartitionGroupConfig groups) {
        if (groups.isEnabled() && groups.getGroupType() != PartitionGroupConfig.MemberGroupType.PER_MEMBER) {
            problem("partition-group", groups.getGroupType(), "disabled: a group has one copy, not one on each member");
        }
    }

    private void checkProtection(Config config, @Nullable String name) {
        SplitBrainProtectionConfig protection =
                name == null ? null : config.getSplitBrainProtectionConfigs().get(name);
        if (protection == null) {
            problem("split-brain-protection-ref of the map", name, MAP + ", with a protection of that name");
            return;
        }
        want("split-brain-protection " + name + " enabled", protection.isEnabled(), true);
        want("protect-on of " + name, protection.getProtectOn(), SplitBrainProtectionOn.READ_WRITE);
        if (protection.getMinimumClusterSize() < wanted.majority()) {
            problem("minimum-cluster-size of " + name, protection.getMinimumClusterSize(), wanted.majority());
        }
        if (!(protection.getFunctionImplementation() instanceof VoterMajority)) {
            want(
                    "function-class-name of " + name,
                    protection.getFunctionImplementation() == null
                            ? protection.getFunctionClassName()
                            : protection.getFunctionImplementation().getClass().getName(),
                    VoterMajority.class.getName());
        }
    }

    private void checkMap(MapConfig map) {
        want("backup-count", map.getBackupCount(), BACKUPS);
        want("time-to-live-seconds", map.getTimeToLiveSeconds(), 0);
        want("max-idle-seconds", map.getMaxIdleSeconds(), 0);
        want("eviction-policy", map.getEvictionConfig().getEvictionPolicy(), EvictionPolicy.NONE);
        want("read-backup-data", map.isReadBackupData(), false);
        want("merge-policy", map.getMergePolicyConfig().getPolicy(), LaterViewWins.class.getName());
        want("near-cache", map.getNearCacheConfig(), null);
        want(
                "map-store enabled",
                map.getMapStoreConfig() != null && map.getMapStoreConfig().isEnabled(),
                false);
        want("wan-replication-ref", map.getWanReplicationRef(), null);
        want("partition-strategy", strategy(map.getPartitioningStrategyConfig()), null);
        want("partition-attributes", map.getPartitioningAttributeConfigs(), List.of());
    }

    /** With one, a record would not be where the lease looks for its copies. */
    private static @Nullable String strategy(@Nullable PartitioningStrategyConfig strategy) {
        if (strategy == null) {
            return null;
        }
        return strategy.getPartitioningStrategy() == null
                ? strategy.getPartitioningStrategyClass()
                : strategy.getPartitioningStrategy().getClass().getName();
    }

    /** Hazelcast takes anything but "true" for false. */
    private void wantTrue(String what, @Nullable String found) {
        if (!"true".equalsIgnoreCase(found)) {
            problem(what, found, "true");
        }
    }

    private void want(String what, @Nullable Object found, @Nullable Object expected) {
        if (!Objects.equals(found, expected)) {
            problem(what, found, expected);
        }
    }

    private void problem(String what, @Nullable Object found, @Nullable Object expected) {
        problems.add(what + " is " + shown(found) + ", wanted " + shown(expected));
    }

    private static String shown(@Nullable Object value) {
        return value == null ? "not set" : value.toString();
    }

    private void refuse(String self, String remedy) {
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(
                    "with this Hazelcast configuration two could hold the lease during a split; "
                            + problems.size() + (problems.size() == 1 ? " problem" : " problems") + " with the map "
                            + MAP
                            + ":\n  - " + String.join("\n  - ", problems) + "\nUse " + remedy + ":\n"
                            + wanted.xml(self));
        }
    }
}
