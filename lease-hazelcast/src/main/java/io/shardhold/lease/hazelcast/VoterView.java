package io.shardhold.lease.hazelcast;

import com.hazelcast.cluster.Cluster;
import com.hazelcast.cluster.Member;
import io.shardhold.lease.LeaseRuntime;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Whether a majority of the voters is in sight, and for how long everybody who is.
 *
 * <p>Implementation note. The protection of Hazelcast decides at the member that has the record; this is a second one, at the one who asks,
 * for two holes in it.
 *
 * <p>The first: Hazelcast learns that a view has become too small some moments after the view has, and between the two a
 * write needs no copy elsewhere and is not refused. Where the record is on the member that asks, both have the same view,
 * and it is looked at after the answer: a member that the answer needed was still there.
 *
 * <p>The second: when two sides merge, members of the smaller join the larger, and their records follow some time later.
 * If the larger side is the one without the majority, it has the majority at once and an old record, which may be its own or be
 * released: it would not wait. So nobody takes the lease from here for ttl + margin after a member was first seen. By then
 * whoever held it on the other side has renewed in the merged map, or failed to and holds it no more.
 *
 * <p>One per lease, guarded by its own lock, which is held while nothing else is called but the cluster's list of members.
 */
final class VoterView implements ClusterView {
    private final Cluster cluster;
    private final Voters voters;
    private final LeaseRuntime clock;
    private final long quietNanos;
    private Set<UUID> known;
    private boolean quiet;
    private long quietSinceNanos;

    /**
     * @param quiet how long nobody takes the lease after a member was first seen; from now on, too, unless it is zero
     */
    VoterView(Cluster cluster, Voters voters, LeaseRuntime clock, Duration quiet) {
        this.cluster = cluster;
        this.voters = voters;
        this.clock = clock;
        this.quietNanos = quiet.toNanos();
        this.known = Set.of();
    }

    @Override
    public synchronized Look look() {
        Map<UUID, Member> seen = seen();
        String problem = voters.problem(seen.values());
        long now = clock.monoNanos();
        if (!known.containsAll(seen.keySet())) {
            quiet = true;
            quietSinceNanos = now;
        }
        known = new LinkedHashSet<>(seen.keySet());
        quiet = quiet && now - quietSinceNanos < quietNanos;
        return new Look(
                problem,
                quiet
                        ? "members have joined " + (now - quietSinceNanos) / 1_000_000
                                + " ms ago; their records may follow, so " + "nobody takes the lease for "
                                + quietNanos / 1_000_000 + " ms"
                        : null,
                known);
    }

    @Override
    public @Nullable String problemSince(Look before) {
        Map<UUID, Member> seen = seen();
        // Who has come since has not taken part.
        seen.keySet().retainAll(before.members());
        return voters.problem(seen.values());
    }

    private Map<UUID, Member> seen() {
        Map<UUID, Member> seen = new LinkedHashMap<>();
        for (Member member : cluster.getMembers()) {
            if (!member.isLiteMember()) {
                seen.put(member.getUuid(), member);
            }
        }
        return seen;
    }
}
