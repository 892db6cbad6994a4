package io.shardhold.examples.leasetool;

import io.shardhold.lease.LeaseRuntime;
import io.shardhold.lease.LeaseSettings;
import io.shardhold.lease.LeaseStore;
import io.shardhold.lease.RecordLease;
import java.time.Duration;

/** A store that has been opened, and the leases on it. */
interface LeaseAccess extends AutoCloseable {
    /** A lease of its own for each contender. */
    RecordLease lease(LeaseSettings settings);

    /** The records, to be looked at. */
    LeaseStore store(LeaseSettings settings, LeaseRuntime runtime);

    /** Frees what is shared by the leases; they are closed before. */
    @Override
    void close();

    /** Opens the store; may block. Throws {@link IllegalArgumentException} or what the store throws if it cannot be used. */
    static LeaseAccess open(LeaseToolOptions.Store store) {
        if (store instanceof LeaseToolOptions.Store.Hazelcast hazelcast) {
            return HazelcastAccess.open(hazelcast);
        }
        return new KubernetesLeases((LeaseToolOptions.Store.Kubernetes) store);
    }

    /** Times that fit together, all from the ttl. */
    static LeaseSettings settings(LeaseToolOptions options) {
        Duration ttl = options.ttl();
        return LeaseSettings.of(options.lease(), options.owner())
                .withTimes(ttl, ttl.dividedBy(4), ttl.dividedBy(10), ttl.dividedBy(10), ttl.dividedBy(5));
    }
}
