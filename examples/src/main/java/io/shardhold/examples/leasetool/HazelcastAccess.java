package io.shardhold.examples.leasetool;

import com.hazelcast.core.HazelcastInstance;
import io.shardhold.examples.hazelcast.Instances;
import io.shardhold.lease.LeaseRuntime;
import io.shardhold.lease.LeaseSettings;
import io.shardhold.lease.LeaseStore;
import io.shardhold.lease.RecordLease;
import io.shardhold.lease.hazelcast.HazelcastLease;
import io.shardhold.lease.hazelcast.HazelcastLeaseConfig;
import io.shardhold.lease.hazelcast.ServerConfiguration;
import java.util.List;

/** Leases on a Hazelcast cluster, of which this process is a member or a client. */
final class HazelcastAccess implements LeaseAccess {
    private final HazelcastInstance instance;
    private final HazelcastLeaseConfig config;
    private final boolean isMember;

    private HazelcastAccess(HazelcastInstance instance, HazelcastLeaseConfig config, boolean isMember) {
        this.instance = instance;
        this.config = config;
        this.isMember = isMember;
    }

    static HazelcastAccess open(LeaseToolOptions.Store.Hazelcast options) {
        HazelcastLeaseConfig config =
                HazelcastLeaseConfig.forVoters(options.voters().toArray(String[]::new));
        List<String> addresses = options.addresses();
        HazelcastInstance instance = options.as()
                .map(self -> Instances.member(
                        options.clusterName(),
                        addresses,
                        addresses.get(options.voters().indexOf(self)),
                        config,
                        self))
                .orElseGet(() -> Instances.client(options.clusterName(), addresses));
        return new HazelcastAccess(instance, config, options.as().isPresent());
    }

    @Override
    public RecordLease lease(LeaseSettings settings) {
        return isMember
                ? HazelcastLease.onMember(instance, config, settings)
                : HazelcastLease.onClient(instance, config, ServerConfiguration.CONFIRMED, settings);
    }

    @Override
    public LeaseStore store(LeaseSettings settings, LeaseRuntime runtime) {
        return HazelcastLease.store(instance, config, settings, runtime);
    }

    @Override
    public void close() {
        instance.getLifecycleService().terminate();
    }
}
