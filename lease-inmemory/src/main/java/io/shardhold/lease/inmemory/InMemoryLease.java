package io.shardhold.lease.inmemory;

import io.shardhold.lease.Lease;
import io.shardhold.lease.LeaseAnswer;
import io.shardhold.lease.LeaseLost;
import io.shardhold.lease.LeaseRecord;
import io.shardhold.lease.LeaseRuntime;
import io.shardhold.lease.LeaseSettings;
import io.shardhold.lease.LeaseStore;
import io.shardhold.lease.RecordLease;
import io.shardhold.lease.ReleaseAnswer;
import io.shardhold.lease.StoreAnswer;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A lease among the contenders of one process, for development and tests.
 *
 * <pre>{@code
 * InMemoryLeaseStore store = new InMemoryLeaseStore();
 * Lease lease = new InMemoryLease(store, LeaseSettings.of("shop", "n1"));
 * lease.acquire(0).thenAccept(answer -> log(answer.toString()));
 * }</pre>
 */
public final class InMemoryLease implements Lease {
    private final RecordLease lease;

    /** A lease on the clocks of the system, with a thread of its own. */
    public InMemoryLease(InMemoryLeaseStore store, LeaseSettings settings) {
        LeaseRuntime runtime = LeaseRuntime.system();
        this.lease = new RecordLease(new LastOne(store.connect(settings.owner(), runtime), runtime), settings, runtime);
    }

    /** A lease on somebody else's runtime. */
    public InMemoryLease(InMemoryLeaseStore store, LeaseSettings settings, LeaseRuntime runtime) {
        this.lease = new RecordLease(store.connect(settings.owner(), runtime), settings, runtime);
    }

    @Override
    public LeaseSettings settings() {
        return lease.settings();
    }

    /** The owner with the incarnation of this instance, as its records name it. */
    public String owner() {
        return lease.owner();
    }

    @Override
    public CompletionStage<LeaseAnswer> acquire(long tokenFloor) {
        return lease.acquire(tokenFloor);
    }

    @Override
    public CompletionStage<ReleaseAnswer> release() {
        return lease.release();
    }

    @Override
    public boolean checkAlive() {
        return lease.checkAlive();
    }

    @Override
    public long fencingToken() {
        return lease.fencingToken();
    }

    @Override
    public void onLost(Consumer<LeaseLost> listener) {
        lease.onLost(listener);
    }

    @Override
    public void close() {
        lease.close();
    }

    /** A connection whose runtime ends with it. */
    private record LastOne(LeaseStore connection, LeaseRuntime runtime) implements LeaseStore {
        @Override
        public CompletionStage<StoreAnswer> read(String name) {
            return connection.read(name);
        }

        @Override
        public CompletionStage<StoreAnswer> compareAndSet(String name, @Nullable Version expected, LeaseRecord next) {
            return connection.compareAndSet(name, expected, next);
        }

        @Override
        public void close() {
            connection.close();
            runtime.close();
        }
    }
}
