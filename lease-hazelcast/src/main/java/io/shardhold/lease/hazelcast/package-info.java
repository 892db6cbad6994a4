/**
 * {@link io.shardhold.lease.hazelcast.HazelcastLease}: a lease in a map of Hazelcast, and {@link
 * io.shardhold.lease.hazelcast.HazelcastLeaseConfig}: what every member of the cluster needs for it.
 */
package io.shardhold.lease.hazelcast;
