package io.shardhold.internal.node;

import io.shardhold.internal.kernel.LeasePort;
import io.shardhold.internal.signal.Signal;
import io.shardhold.lease.Lease;
import io.shardhold.lease.LeaseAnswer;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * The lease that the application gave, as the kernel reaches it: what it answers becomes signals of the incarnation that runs.
 *
 * <p>Concurrency: the lease answers on threads of its own; the receiver of signals is replaced behind a volatile field by the
 * driver's thread. An answer goes to the incarnation that asked.
 */
final class NodeLease implements LeasePort {
    private final Lease lease;
    private volatile Consumer<Signal> receiver = signal -> {};
    /** Whether the lease was asked for and not given up since; driver's thread. */
    private boolean asked;

    NodeLease(Lease lease) {
        this.lease = lease;
        lease.onLost(lost -> receiver.accept(new Signal.LeaseLost(lost.token(), lost.reason() + ", " + lost.detail())));
    }

    /**
     * Has the incarnation that begins hear what the lease says. A grant of the one before is not its own, nor is one that
     * is still being asked for: it would be renewed for ever, and nobody here would know.
     */
    NodeLease begin(Consumer<Signal> signals) {
        if (asked || lease.checkAlive()) {
            asked = false;
            lease.release();
        }
        receiver = signals;
        return this;
    }

    Duration poll() {
        return lease.settings().poll();
    }

    @Override
    public void acquire(long attempt, long tokenFloor) {
        Consumer<Signal> asking = receiver;
        asked = true;
        lease.acquire(tokenFloor)
                .whenComplete((answer, thrown) -> asking.accept(new Signal.LeaseAnswered(
                        attempt, thrown == null ? answer : new LeaseAnswer.Unknown(String.valueOf(thrown)))));
    }

    @Override
    public void release(long attempt) {
        Consumer<Signal> asking = receiver;
        asked = false;
        lease.release().whenComplete((answer, thrown) -> asking.accept(new Signal.LeaseReleased(attempt)));
    }

    @Override
    public boolean isAlive(long token) {
        return lease.fencingToken() == token && lease.checkAlive();
    }

    /** Gives the lease up for good: nothing acts here any more. The lease itself belongs to the application. */
    void close() {
        receiver = signal -> {};
        lease.release();
    }
}
