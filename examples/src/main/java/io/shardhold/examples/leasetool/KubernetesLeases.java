package io.shardhold.examples.leasetool;

import io.shardhold.lease.LeaseRuntime;
import io.shardhold.lease.LeaseSettings;
import io.shardhold.lease.LeaseStore;
import io.shardhold.lease.RecordLease;
import io.shardhold.lease.k8s.KubernetesAccess;
import io.shardhold.lease.k8s.KubernetesLease;

/** Leases on an API server. */
final class KubernetesLeases implements LeaseAccess {
    private final KubernetesAccess access;

    KubernetesLeases(LeaseToolOptions.Store.Kubernetes options) {
        KubernetesAccess chosen = options.kubeconfig().isPresent()
                ? KubernetesAccess.kubeconfig(options.kubeconfig().get())
                : KubernetesAccess.inCluster();
        if (options.context().isPresent()) {
            chosen = chosen.withContext(options.context().get());
        }
        if (options.namespace().isPresent()) {
            chosen = chosen.withNamespace(options.namespace().get());
        }
        this.access = chosen;
    }

    @Override
    public RecordLease lease(LeaseSettings settings) {
        return new KubernetesLease(access, settings);
    }

    @Override
    public LeaseStore store(LeaseSettings settings, LeaseRuntime runtime) {
        return KubernetesLease.store(access, settings, runtime);
    }

    @Override
    public void close() {
        // Each lease has a connection of its own.
    }
}
