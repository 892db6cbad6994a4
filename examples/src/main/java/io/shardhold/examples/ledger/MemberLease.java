package io.shardhold.examples.ledger;

import com.hazelcast.core.HazelcastInstance;
import io.shardhold.config.ShardingSettings;
import io.shardhold.examples.hazelcast.Instances;
import io.shardhold.lease.Lease;
import io.shardhold.lease.LeaseSettings;
import io.shardhold.lease.hazelcast.HazelcastLease;
import io.shardhold.lease.hazelcast.HazelcastLeaseConfig;
import io.shardhold.lease.hazelcast.ServerConfiguration;
import io.shardhold.lease.k8s.KubernetesAccess;
import io.shardhold.lease.k8s.KubernetesLease;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The lease of one member process, if there is one, with what it needs. To be closed after the member has left. */
final class MemberLease implements AutoCloseable {
    private final @Nullable Lease lease;
    private final @Nullable HazelcastInstance instance;

    private MemberLease(@Nullable Lease lease, @Nullable HazelcastInstance instance) {
        this.lease = lease;
        this.instance = instance;
    }

    /** Opens it; blocks until a Hazelcast member has joined or a client has connected. */
    static MemberLease open(ChildArguments member) {
        LeasePlace place = member.lease();
        if (place instanceof LeasePlace.Hazelcast hazelcast) {
            return open(hazelcast, member.name());
        }
        if (place instanceof LeasePlace.Kubernetes kubernetes) {
            return new MemberLease(
                    new KubernetesLease(
                            access(kubernetes.kubeconfig(), kubernetes.namespace()),
                            KubernetesLease.settings(ChildArguments.CLUSTER, member.name())),
                    null);
        }
        return new MemberLease(null, null);
    }

    /** Reads the file; throws what {@link KubernetesAccess} throws. */
    static KubernetesAccess access(Path kubeconfig, Optional<String> namespace) {
        KubernetesAccess access = KubernetesAccess.kubeconfig(kubeconfig);
        return namespace.map(access::withNamespace).orElse(access);
    }

    private static MemberLease open(LeasePlace.Hazelcast place, String self) {
        List<String> addresses = place.addresses();
        List<String> voters = IntStream.rangeClosed(1, addresses.size())
                .mapToObj(Fleet::nodeName)
                .toList();
        HazelcastLeaseConfig config = HazelcastLeaseConfig.forVoters(voters.toArray(String[]::new));
        LeaseSettings settings = LeaseSettings.of(ChildArguments.CLUSTER, self);
        int number = voters.indexOf(self);
        if (number < 0) {
            HazelcastInstance client = Instances.client(ChildArguments.CLUSTER, addresses);
            return new MemberLease(
                    HazelcastLease.onClient(client, config, ServerConfiguration.CONFIRMED, settings), client);
        }
        HazelcastInstance member =
                Instances.member(ChildArguments.CLUSTER, addresses, addresses.get(number), config, self);
        return new MemberLease(HazelcastLease.onMember(member, config, settings), member);
    }

    /** Lets the coordinator need the lease. */
    ShardingSettings.Builder into(ShardingSettings.Builder settings) {
        return lease == null ? settings : settings.lease(lease);
    }

    @Override
    public void close() {
        if (lease != null) {
            lease.close();
        }
        if (instance != null) {
            instance.shutdown();
        }
    }
}
