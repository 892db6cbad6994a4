package io.shardhold.lease.hazelcast;

import com.hazelcast.cluster.Address;
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
 * Whether a majority of the voters is in sight and has copies, and for how long everybody has been there.
 *
 * <p>Implementation note. The protection of Hazelcast decides at the member that has the record; this is a second
 * one, at the one who asks, for three holes in it.
 *
 * <p>The first: Hazelcast learns that a view has become too small some moments after the view has, and between the
 * two a write needs no copy elsewhere and is not refused. So nothing counts if anybody left while a request was under
 * way.
 *
 * <p>The second: a write asks as many places of the table of copies as there are others in the view, the first ones,
 * and skips who has left. Until the table is mended, that may be nobody: of three, the second has just left and the
 * third is in view, but in the third place. So a majority of the voters must be in the places that are asked. A
 * client does not know the table; after somebody has left it writes nothing for ttl + margin, by when others who are
 * cut off have left too.
 *
 * <p>The third: when two sides merge, members of the smaller join the larger, and their records follow some time
 * later. If the larger side is the one without the majority, it has the majority at once and an old record, which may
 * be its own or be released: it would not wait. So nobody takes the lease from here for ttl + margin after a member
 * was first seen. By then whoever held it on the other side has renewed in the merged map, or failed to and holds it
 * no more.
 *
 * <p>One per lease, guarded by its own lock, which is held while nothing else is called but lists of Hazelcast.
 */
final class VoterView implements ClusterView {
    private final Cluster cluster;
    private final Voters voters;
    private final @Nullable Copies copies;
    private final LeaseRuntime clock;
    private final Quiet afterJoin;
    private final Quiet afterLeave;
    private Set<UUID> known;

    /**
     * @param copies null if that is not known, on a client
     * @param quiet how long nobody takes the lease after a member was first seen, from now on, too, unless it is zero
     */
    VoterView(Cluster cluster, Voters voters, @Nullable Copies copies, LeaseRuntime clock, Duration quiet) {
        this.cluster = cluster;
        this.voters = voters;
        this.copies = copies;
        this.clock = clock;
        this.afterJoin = new Quiet("members have joined", quiet.toNanos());
        this.afterLeave = new Quiet("members have left", quiet.toNanos());
        this.known = Set.of();
    }

    /** A time in which something is not done. */
    private static final class Quiet {
        private final String what;
        private final long nanos;
        private boolean lasts;
        private long sinceNanos;

        Quiet(String what, long nanos) {
            this.what = what;
            this.nanos = nanos;
        }

        void begin(long nowNanos) {
            lasts = true;
            sinceNanos = nowNanos;
        }

        @Nullable
        String problem(long nowNanos) {
            long passed = nowNanos - sinceNanos;
            lasts = lasts && passed < nanos;
            return lasts
                    ? what + " " + passed / 1_000_000 + " ms ago, and what they bring or take may follow: wait for "
                            + nanos / 1_000_000 + " ms"
                    : null;
        }
    }

    @Override
    public synchronized Look look(String name) {
        Map<UUID, Member> seen = seen();
        long now = clock.monoNanos();
        if (!known.containsAll(seen.keySet())) {
            afterJoin.begin(now);
        }
        if (!seen.keySet().containsAll(known)) {
            afterLeave.begin(now);
        }
        known = new LinkedHashSet<>(seen.keySet());
        String problemOfWrite =
                copies == null ? afterLeave.problem(now) : problemOfCopies(copies.of(name, seen.size()), seen);
        return new Look(voters.problem(seen.values()), problemOfWrite, afterJoin.problem(now), known);
    }

    private @Nullable String problemOfCopies(Set<Address> places, Map<UUID, Member> seen) {
        String problem = voters.problem(seen.values().stream()
                .filter(member -> places.contains(member.getAddress()))
                .toList());
        return problem == null ? null : "of those who have a copy: " + problem;
    }

    @Override
    public @Nullable String problemSince(Look before) {
        Map<UUID, Member> seen = seen();
        if (!seen.keySet().containsAll(before.members())) {
            return "members have left meanwhile";
        }
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
