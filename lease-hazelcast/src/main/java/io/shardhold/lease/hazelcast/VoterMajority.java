package io.shardhold.lease.hazelcast;

import com.hazelcast.cluster.Member;
import com.hazelcast.splitbrainprotection.SplitBrainProtectionFunction;
import java.util.Collection;

/**
 * The split-brain protection of the map of leases: a majority of the voters is in sight, by name. Hazelcast makes one
 * from the name of this class; the list is an attribute of the member it runs on.
 *
 * <pre>{@code
 * protection.setFunctionClassName(VoterMajority.class.getName());   // what HazelcastLeaseConfig.applyTo does
 * }</pre>
 *
 * <p>A member without the list protects everything: nothing is read or written through it.
 */
public final class VoterMajority implements SplitBrainProtectionFunction {
    /** For Hazelcast. */
    public VoterMajority() {}

    @Override
    public boolean apply(Collection<Member> members) {
        for (Member member : members) {
            String list = member.localMember() ? member.getAttribute(HazelcastLeaseConfig.VOTERS_ATTRIBUTE) : null;
            if (list != null) {
                // A list that is not one throws, which Hazelcast logs and takes for no.
                return Voters.parse(list).problem(members) == null;
            }
        }
        return false;
    }
}
