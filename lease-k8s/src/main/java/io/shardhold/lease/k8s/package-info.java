/**
 * {@link io.shardhold.lease.k8s.KubernetesLease}: leases that are Lease objects of Kubernetes, and {@link
 * io.shardhold.lease.k8s.KubernetesAccess}, how its API server is reached.
 */
package io.shardhold.lease.k8s;
