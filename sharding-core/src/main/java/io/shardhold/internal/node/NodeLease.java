package io.shardhold.internal.node;

import io.shardhold.internal.kernel.LeasePort;
import io.shardhold.internal.signal.Signal;
import io.shardhold.lease.Lease;
import io.shardhold.lease.LeaseAnswer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The lease that the application gave, as the kernel reaches it: what it answers becomes signals of the incarnation that runs.
 *
 * <p>Concurrency: the lease answers on threads of its own; the receiver of signals is replaced behind a volatile field by the
 * driver's thread. An answer goes to the incarnation that asked.
 */
final class NodeLease implements LeasePort {
    private static final System.Logger LOG = System.getLogger("io.shardhold");

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
        if (asked || isAlive(lease.fencingToken())) {
            asked = false;
            contained(lease::release);
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
        contained(() -> lease.acquire(tokenFloor))
                .whenComplete((answer, thrown) -> asking.accept(new Signal.LeaseAnswered(
                        attempt, thrown == null ? answer : new LeaseAnswer.Unknown(String.valueOf(thrown)))));
    }

    @Override
    public void release(long attempt) {
        Consumer<Signal> asking = receiver;
        asked = false;
        contained(lease::release).whenComplete((answer, thrown) -> asking.accept(new Signal.LeaseReleased(attempt)));
    }

    /** A lease that does not say is not alive. */
    @Override
    public boolean isAlive(long token) {
        try {
            return lease.fencingToken() == token && lease.checkAlive();
        } catch (RuntimeException thrown) {
            LOG.log(System.Logger.Level.WARNING, "the lease threw where it had to say whether it is alive", thrown);
            return false;
        }
    }

    /** What an implementation throws is an answer: a lease that fails stops no entity. */
    private static <T> CompletionStage<T> contained(Supplier<CompletionStage<T>> call) {
        try {
            return call.get();
        } catch (RuntimeException thrown) {
            return CompletableFuture.failedFuture(thrown);
        }
    }

    /** Gives the lease up for good: nothing acts here any more. The lease itself belongs to the application. */
    void close() {
        receiver = signal -> {};
        contained(lease::release);
    }
}
