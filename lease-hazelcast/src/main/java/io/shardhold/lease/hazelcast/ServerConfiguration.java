package io.shardhold.lease.hazelcast;

/**
 * What a client, which cannot see the configuration of the members, is told about it.
 *
 * <pre>{@code
 * Lease lease = HazelcastLease.onClient(client, leases, ServerConfiguration.CONFIRMED, settings);
 * }</pre>
 */
public enum ServerConfiguration {
    /**
     * Every member has the configuration of {@link HazelcastLeaseConfig#xml(String)}, and this module on its class
     * path. Nothing checks that but the attributes; where it is not so, two may believe during a split.
     */
    CONFIRMED
}
