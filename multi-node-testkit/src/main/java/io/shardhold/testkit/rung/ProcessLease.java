package io.shardhold.testkit.rung;

import io.shardhold.lease.Lease;
import io.shardhold.lease.LeaseAnswer;
import io.shardhold.lease.LeaseLost;
import io.shardhold.lease.LeaseRuntime;
import io.shardhold.lease.LeaseSettings;
import io.shardhold.lease.LeaseStore;
import io.shardhold.lease.RecordLease;
import io.shardhold.lease.ReleaseAnswer;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The lease of a machine whose processes come and go: each has one of its own, on its own runtime, and what the one before
 * held is nothing to it. The rung begins it before the process reads its settings, and ends it with the process.
 */
public final class ProcessLease implements Lease {
    private final LeaseSettings settings;
    private final Function<LeaseRuntime, LeaseStore> connect;
    private volatile @Nullable RecordLease current;
    private @Nullable LeaseRuntime runtime;

    public ProcessLease(LeaseSettings settings, Function<LeaseRuntime, LeaseStore> connect) {
        this.settings = settings;
        this.connect = connect;
    }

    /** A process starts on this runtime. */
    public void begin(LeaseRuntime fresh) {
        runtime = fresh;
        current = new RecordLease(connect.apply(fresh), settings, fresh);
    }

    /** The process has died: nothing is renewed or released any more. */
    public void end() {
        if (runtime != null) {
            runtime.close();
        }
    }

    private RecordLease current() {
        RecordLease lease = current;
        if (lease == null) {
            throw new IllegalStateException("the lease of " + settings.owner() + " is used before its process starts");
        }
        return lease;
    }

    @Override
    public LeaseSettings settings() {
        return settings;
    }

    @Override
    public CompletionStage<LeaseAnswer> acquire(long tokenFloor) {
        return current().acquire(tokenFloor);
    }

    @Override
    public CompletionStage<ReleaseAnswer> release() {
        return current().release();
    }

    @Override
    public boolean checkAlive() {
        return current().checkAlive();
    }

    @Override
    public long fencingToken() {
        return current().fencingToken();
    }

    @Override
    public void onLost(Consumer<LeaseLost> listener) {
        current().onLost(listener);
    }

    @Override
    public void close() {
        current().close();
    }
}
