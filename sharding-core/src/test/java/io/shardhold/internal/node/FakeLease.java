package io.shardhold.internal.node;

import io.shardhold.lease.Lease;
import io.shardhold.lease.LeaseAnswer;
import io.shardhold.lease.LeaseLost;
import io.shardhold.lease.LeaseSettings;
import io.shardhold.lease.ReleaseAnswer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A lease that answers when, and as, a test says. One thread, if the test answers at all. */
public final class FakeLease implements Lease {
    private final LeaseSettings settings;
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final List<CompletableFuture<LeaseAnswer>> acquisitions = new CopyOnWriteArrayList<>();
    private final List<CompletableFuture<ReleaseAnswer>> releases = new CopyOnWriteArrayList<>();
    private final List<Consumer<LeaseLost>> listeners = new CopyOnWriteArrayList<>();
    private volatile boolean alive;
    private volatile long token;

    public FakeLease(LeaseSettings settings) {
        this.settings = settings;
    }

    /** What was called since the last look, as text. */
    List<String> takeCalls() {
        List<String> taken = List.copyOf(calls);
        calls.clear();
        return taken;
    }

    /** Who asked so many calls ago is granted this token. */
    void grant(int call, long granted) {
        alive = true;
        token = granted;
        acquisitions.get(call).complete(new LeaseAnswer.Granted(granted));
    }

    void failAcquisition(int call, Throwable failure) {
        acquisitions.get(call).completeExceptionally(failure);
    }

    CompletableFuture<ReleaseAnswer> releasing(int call) {
        return releases.get(call);
    }

    void lose(LeaseLost loss) {
        alive = false;
        listeners.forEach(listener -> listener.accept(loss));
    }

    @Override
    public LeaseSettings settings() {
        return settings;
    }

    @Override
    public CompletionStage<LeaseAnswer> acquire(long tokenFloor) {
        calls.add("acquire above " + tokenFloor);
        CompletableFuture<LeaseAnswer> asked = new CompletableFuture<>();
        acquisitions.add(asked);
        return asked;
    }

    @Override
    public CompletionStage<ReleaseAnswer> release() {
        calls.add("release");
        alive = false;
        CompletableFuture<ReleaseAnswer> asked = new CompletableFuture<>();
        releases.add(asked);
        return asked;
    }

    @Override
    public boolean checkAlive() {
        return alive;
    }

    @Override
    public long fencingToken() {
        return token;
    }

    @Override
    public void onLost(Consumer<LeaseLost> listener) {
        listeners.add(listener);
    }

    @Override
    public void close() {
        calls.add("close");
    }
}
