package io.shardhold.lease.hazelcast;

import com.hazelcast.config.Config;
import com.hazelcast.config.EvictionConfig;
import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MaxSizePolicy;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.config.SplitBrainProtectionConfig;
import com.hazelcast.splitbrainprotection.SplitBrainProtectionOn;
import java.util.List;

/**
 * What every member of a Hazelcast cluster needs, so that a record in its map bears a lease.
 *
 * <pre>{@code
 * HazelcastLeaseConfig leases = HazelcastLeaseConfig.forVoters("n1", "n2", "n3");
 * HazelcastInstance hazelcast = Hazelcast.newHazelcastInstance(leases.applyTo(config, "n1"));
 * }</pre>
 *
 * <p>The voters are the members that may decide: the same list on every member, and on each its own name, which must
 * stay with the place and not with the process, like the ordinal of a stateful set. A side of a split without the
 * majority of these names reads and writes no lease. At most seven members may hold data, voters or not: then each
 * has a copy of every record.
 *
 * <p>To change the list, add or remove one name, on one member after the other, and begin with the next name when all
 * have the new list. Two names at once could give two majorities. Immutable.
 */
public final class HazelcastLeaseConfig {
    /** The name of the map, and of its split-brain protection. */
    public static final String MAP = "shardhold-leases";

    /** The attribute of a member with its own name. */
    public static final String VOTER_ATTRIBUTE = "shardhold.lease.voter";

    /** The attribute of a member with the names of all voters, sorted, separated by commas. */
    public static final String VOTERS_ATTRIBUTE = "shardhold.lease.voters";

    static final String INDETERMINATE = "hazelcast.operation.fail.on.indeterminate.state";
    static final String CLIENT_INDETERMINATE = "hazelcast.client.operation.fail.on.indeterminate.state";
    static final int BACKUPS = Voters.MOST - 1;

    private final Voters voters;

    private HazelcastLeaseConfig(Voters voters) {
        this.voters = voters;
    }

    /**
     * A configuration with these voters.
     *
     * @param names 3 to 7 distinct ones of 1 to 100 letters, digits, '.', '_', ':', '-'
     * @throws IllegalArgumentException naming the bad value and the allowed range
     */
    public static HazelcastLeaseConfig forVoters(String... names) {
        return new HazelcastLeaseConfig(new Voters(List.of(names)));
    }

    Voters voters() {
        return voters;
    }

    /** How many of the voters have to see each other: more than half. */
    public int majority() {
        return voters.majority();
    }

    /**
     * Adds all that is needed to the configuration of a member, and replaces what is there of the same name. Nothing
     * else is touched.
     *
     * @param self the name of the member; one that is no voter holds copies but does not count
     * @return the same object
     */
    public Config applyTo(Config config, String self) {
        config.getMemberAttributeConfig()
                .setAttribute(VOTER_ATTRIBUTE, self)
                .setAttribute(VOTERS_ATTRIBUTE, voters.text());
        config.setProperty(INDETERMINATE, "true");
        config.addSplitBrainProtectionConfig(new SplitBrainProtectionConfig(MAP, true, majority())
                .setProtectOn(SplitBrainProtectionOn.READ_WRITE)
                .setFunctionClassName(VoterMajority.class.getName()));
        config.addMapConfig(new MapConfig(MAP)
                .setBackupCount(BACKUPS)
                .setAsyncBackupCount(0)
                .setReadBackupData(false)
                .setTimeToLiveSeconds(0)
                .setMaxIdleSeconds(0)
                .setEvictionConfig(new EvictionConfig()
                        .setEvictionPolicy(EvictionPolicy.NONE)
                        .setMaxSizePolicy(MaxSizePolicy.PER_NODE)
                        .setSize(Integer.MAX_VALUE))
                .setMergePolicyConfig(new MergePolicyConfig().setPolicy(LaterViewWins.class.getName()))
                .setSplitBrainProtectionName(MAP));
        return config;
    }

    /**
     * The same as XML, for the file of a member.
     *
     * @param self as for {@link #applyTo}
     */
    public String xml(String self) {
        return """
                <hazelcast xmlns="http://www.hazelcast.com/schema/config">
                    <properties>
                        <property name="%s">true</property>
                    </properties>
                    <member-attributes>
                        <attribute name="%s">%s</attribute>
                        <attribute name="%s">%s</attribute>
                    </member-attributes>
                    <split-brain-protection name="%s" enabled="true">
                        <minimum-cluster-size>%d</minimum-cluster-size>
                        <protect-on>READ_WRITE</protect-on>
                        <function-class-name>%s</function-class-name>
                    </split-brain-protection>
                    <map name="%s">
                        <backup-count>%d</backup-count>
                        <async-backup-count>0</async-backup-count>
                        <time-to-live-seconds>0</time-to-live-seconds>
                        <max-idle-seconds>0</max-idle-seconds>
                        <eviction eviction-policy="NONE"/>
                        <merge-policy>%s</merge-policy>
                        <read-backup-data>false</read-backup-data>
                        <split-brain-protection-ref>%s</split-brain-protection-ref>
                    </map>
                </hazelcast>
                """.formatted(
                        INDETERMINATE,
                        VOTER_ATTRIBUTE,
                        self,
                        VOTERS_ATTRIBUTE,
                        voters.text(),
                        MAP,
                        majority(),
                        VoterMajority.class.getName(),
                        MAP,
                        BACKUPS,
                        LaterViewWins.class.getName(),
                        MAP);
    }

    @Override
    public String toString() {
        return "HazelcastLeaseConfig[voters " + voters + "]";
    }
}
