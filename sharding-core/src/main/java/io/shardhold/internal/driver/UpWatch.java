package io.shardhold.internal.driver;

import io.shardhold.cluster.ClusterEvent;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets callers wait until the node is up, and tells them why it is not.
 *
 * <p>Concurrency: one lock around the latest reasons; events signal it, waiters look at their condition again at each
 * signal and a few times a second, because the right to serve also ends by time alone.
 */
final class UpWatch {
    private static final long LOOK_NANOS = 50_000_000L;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private @Nullable String refusal;
    private String seeds = "the seeds have not answered yet";
    private boolean over;

    void onEvent(ClusterEvent event) {
        lock.lock();
        try {
            if (event instanceof ClusterEvent.JoinRefused refused) {
                refusal = refused.reason();
            } else if (event instanceof ClusterEvent.PeerRefused refused) {
                seeds = "connection with " + refused.address() + " refused: " + refused.reason();
            } else if (event instanceof ClusterEvent.SeedsUnanswered unanswered) {
                seeds = unanswered.detail();
            } else if (event instanceof ClusterEvent.Joined) {
                refusal = null;
            } else if (event instanceof ClusterEvent.Left || event instanceof ClusterEvent.MachineFault) {
                over = true;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until the condition holds.
     *
     * @throws IllegalStateException if the cluster refuses this node, if it has left, or if the limit has passed; the message says
     *     why, as far as it is known
     */
    void await(Duration limit, BooleanSupplier isUp) {
        long deadline = System.nanoTime() + limit.toNanos();
        lock.lock();
        try {
            while (!isUp.getAsBoolean()) {
                if (refusal != null) {
                    throw new IllegalStateException("the cluster does not admit this node: " + refusal);
                }
                if (over) {
                    throw new IllegalStateException("this node has left the cluster");
                }
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    throw new IllegalStateException("not up within " + limit + ": " + seeds);
                }
                changed.awaitNanos(Math.min(left, LOOK_NANOS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting to be up", e);
        } finally {
            lock.unlock();
        }
    }
}
