/**
 * Leases: {@link io.shardhold.lease.Lease} is what an application uses, {@link io.shardhold.lease.LeaseStore} what an
 * implementer writes, {@link io.shardhold.lease.RecordLease} the one algorithm between them.
 */
package io.shardhold.lease;
