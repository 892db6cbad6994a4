package io.shardhold.lease.hazelcast;

import io.shardhold.lease.LeaseRecord;
import io.shardhold.lease.StoreAnswer;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What this process sees of the cluster, and what that forbids. */
interface ClusterView {
    /** Before a request about this lease is sent. */
    Look look(String name);

    /** After its answer: why nothing may follow from it; null if it may. */
    @Nullable
    String problemSince(Look before);

    /**
     * One look.
     *
     * @param problem why nothing may be asked; null if it may
     * @param problemOfWrite why nothing may be written, if it may be asked at all
     * @param problemOfTake why nobody may take the lease from here, if it may be written at all
     * @param members who was seen
     */
    record Look(
            @Nullable String problem,
            @Nullable String problemOfWrite,
            @Nullable String problemOfTake,
            Set<UUID> members) {
        /** What is answered instead of writing this record; null if it may be written. */
        @Nullable
        StoreAnswer refusal(LeaseRecord next) {
            String hindrance = problem != null ? problem : problemOfWrite;
            if (hindrance != null) {
                return new StoreAnswer.Failed(hindrance);
            }
            boolean take = next.renewals() == 0 && !next.released();
            return take && problemOfTake != null ? new StoreAnswer.NotYet(problemOfTake) : null;
        }

        /** The same for the same members, on every machine; hardly ever for others. */
        long hash() {
            return members.stream()
                    .mapToLong(id -> mixed(id.getMostSignificantBits() + 31 * id.getLeastSignificantBits()))
                    .sum();
        }

        private static long mixed(long bits) {
            long half = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
            return half ^ (half >>> 27);
        }
    }
}
