/** {@link io.shardhold.lease.inmemory.InMemoryLeaseStore}: leases of one process, and the faults of a store to order. */
package io.shardhold.lease.inmemory;
