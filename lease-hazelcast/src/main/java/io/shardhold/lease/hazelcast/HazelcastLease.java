package io.shardhold.lease.hazelcast;

import com.hazelcast.client.impl.clientside.HazelcastClientProxy;
import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.shardhold.lease.LeaseRuntime;
import io.shardhold.lease.LeaseSettings;
import io.shardhold.lease.LeaseStore;
import io.shardhold.lease.RecordLease;
import java.util.Objects;

/**
 * A lease in a map of a Hazelcast cluster that belongs to the application, which passes in one of its members or a
 * client.
 *
 * <pre>{@code
 * HazelcastLeaseConfig leases = HazelcastLeaseConfig.forVoters("n1", "n2", "n3");
 * HazelcastInstance hazelcast = Hazelcast.newHazelcastInstance(leases.applyTo(config, "n1"));
 * Lease lease = HazelcastLease.onMember(hazelcast, leases, LeaseSettings.of("shop", "n1"));
 * }</pre>
 *
 * <p>The community edition has no consensus. The record is one value of a map, replaced by compare-and-set; that this
 * bears a lease is the work of the configuration, which is checked, and refused where it is weak.
 *
 * <p>What is guaranteed when the cluster splits, whichever side the holder and the record are on, whoever joins
 * either side meanwhile, and when the sides merge: <b>at most one believes.</b> A renewal counts only when every copy
 * has acknowledged it with a majority of the voters in sight, and two sides cannot both have one. A side without it
 * reads and writes nothing once it knows, so a holder there believes until its time is over and no longer; on the
 * other side somebody takes the lease with a higher token. After members have joined, nobody takes it for ttl +
 * margin; by then the records of two sides that merge are one, that of the majority, or whoever held the other has
 * found out.
 *
 * <p>What is not, and is left to the token, which receivers compare (the term of the cluster is one):
 * <ul>
 *   <li>two members with the same name of a voter on different sides, or voters changed by more than one at a time;
 *   <li>links that work in one direction or between some members only, so that no two members agree who is there;
 *   <li>the loss of all copies at once, or of the last one while members that have just joined wait for theirs: the
 *       next record is waited for and starts from the unix time, but what was before is forgotten;
 *   <li>for those who ask from another member or from a client, the moments in which the member that has the record has
 *       seen somebody leave and they have not: what it does not refuse yet may have no other copy. Who asks from the
 *       member that has the record sees what it sees, so of three members none that is cut off can be deceived;
 *   <li>tokens, where members added to the side without the majority have made it the larger and the record of the other
 *       follows late: the next grant knows nothing of that one. As each token is at least the unix time, it is higher all
 *       the same, as far as the clocks agree and there was no more than one grant per second;
 *   <li>errors of Hazelcast when it promotes a copy or moves a partition, and whoever writes to the map by hand.
 * </ul>
 *
 * <p>A merge that replaces the record of the larger side leaves it to nobody: whoever held it loses it, and it is taken
 * after ttl + margin. While a member that holds data comes without this configuration, or members come again and again
 * within ttl + margin, nobody takes it.
 *
 * <p>A client cannot see who has copies: after it has seen a member leave, it writes nothing for ttl + margin, and so
 * loses what it holds.
 *
 * <p>The calls that replace a record block, so each lease has up to four daemon threads for them, mostly one. The
 * instance is not shut down by {@link #close()}. One that is shut down by its owner loses the lease when its time is
 * over.
 */
public final class HazelcastLease extends RecordLease {
    private HazelcastLease(HazelcastInstance instance, HazelcastLeaseConfig config, LeaseSettings settings) {
        super(runtime -> store(instance, config, settings, runtime), settings);
    }

    /**
     * A lease on a member of the cluster, whose configuration is checked. May wait for the cluster, as every first use
     * of a map does.
     *
     * @param member stays the caller's
     * @param config the same as was applied to the configuration of every member
     * @throws IllegalArgumentException if this is not a member, or the configuration is weak: with every problem,
     *     what it is and what it should be, and the whole as XML
     */
    public static HazelcastLease onMember(
            HazelcastInstance member, HazelcastLeaseConfig config, LeaseSettings settings) {
        if (!(member.getLocalEndpoint() instanceof Member)) {
            throw new IllegalArgumentException("'" + member.getName()
                    + "' is a client and cannot see the configuration of the members: use HazelcastLease.onClient");
        }
        StrictCheck.checkMember(Objects.requireNonNull(config, "config"), member.getConfig());
        return new HazelcastLease(member, config, Objects.requireNonNull(settings, "settings"));
    }

    /**
     * A lease on a client. Only the client's own configuration and the attributes of the members in sight can be
     * checked; the rest is the caller's word.
     *
     * @param client stays the caller's
     * @param config the same as was applied to the configuration of every member
     * @param confirmed that this was done
     * @throws IllegalArgumentException if this is not a client, or what can be seen is weak: with every problem, what
     *     it is and what it should be, and the whole as XML
     */
    public static HazelcastLease onClient(
            HazelcastInstance client,
            HazelcastLeaseConfig config,
            ServerConfiguration confirmed,
            LeaseSettings settings) {
        if (client.getLocalEndpoint() instanceof Member) {
            throw new IllegalArgumentException("'" + client.getName()
                    + "' is a member, whose configuration can be checked: use HazelcastLease.onMember");
        }
        Objects.requireNonNull(config, "config");
        Objects.requireNonNull(
                confirmed,
                () -> "a client cannot see the configuration of the members: give every member"
                        + " this, and say ServerConfiguration.CONFIRMED\n" + config.xml("NAME-OF-THE-MEMBER"));
        StrictCheck.checkClient(
                config,
                client instanceof HazelcastClientProxy proxy ? proxy.getClientConfig() : null,
                client.getCluster().getMembers());
        return new HazelcastLease(client, config, Objects.requireNonNull(settings, "settings"));
    }

    /**
     * The records alone, for programs that look at them and ask for nothing; the configuration is not checked. To be closed
     * by the caller, as the runtime is.
     */
    public static LeaseStore store(
            HazelcastInstance instance, HazelcastLeaseConfig config, LeaseSettings settings, LeaseRuntime runtime) {
        IMap<String, Object> map = instance.getMap(HazelcastLeaseConfig.MAP);
        return new HazelcastLeaseStore(
                map,
                new VoterView(
                        instance.getCluster(),
                        config.voters(),
                        Copies.of(map),
                        runtime,
                        settings.ttl().plus(settings.margin())),
                new BlockingCalls(settings.name()),
                () -> Math.floorDiv(runtime.wallMillis(), 1000));
    }
}
