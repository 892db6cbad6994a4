package io.shardhold.lease.inmemory;

import io.shardhold.lease.LeaseRuntime;
import io.shardhold.lease.LeaseSettings;
import io.shardhold.lease.RecordLease;

/**
 * A lease among the contenders of one process, for development and tests.
 *
 * <pre>{@code
 * InMemoryLeaseStore store = new InMemoryLeaseStore();
 * Lease lease = new InMemoryLease(store, LeaseSettings.of("shop", "n1"));
 * lease.acquire(0).thenAccept(answer -> log(answer.toString()));
 * }</pre>
 */
public final class InMemoryLease extends RecordLease {
    /** A lease on the clocks of the system, with a thread of its own. */
    public InMemoryLease(InMemoryLeaseStore store, LeaseSettings settings) {
        super(runtime -> store.connect(settings.owner(), runtime), settings);
    }

    /** A lease on somebody else's runtime. */
    public InMemoryLease(InMemoryLeaseStore store, LeaseSettings settings, LeaseRuntime runtime) {
        super(store.connect(settings.owner(), runtime), settings, runtime);
    }
}
