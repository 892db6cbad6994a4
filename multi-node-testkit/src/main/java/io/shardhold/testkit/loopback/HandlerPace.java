package io.shardhold.testkit.loopback;

import io.shardhold.testkit.fault.Handling;
import java.util.SplittableRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How long handlers of one process take.
 *
 * <p>Concurrency: one lock; workers wait under it for the time of their handler, and a change wakes those that hang.
 * {@link Handling#QUICK} waits for nothing: real handlers take their own time.
 */
final class HandlerPace {
    /** What one handler waits before and after its work; {@code round} tells who is to be let go by a change. */
    record Share(long beforeNanos, long afterNanos, boolean hangsBefore, boolean hangsAfter, long round) {
        private static final Share NONE = new Share(0, 0, false, false, 0);
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final SplittableRandom random;
    private Handling handling;
    private long round;
    private boolean over;

    HandlerPace(long seed, Handling handling) {
        this.random = new SplittableRandom(seed);
        this.handling = handling;
    }

    /** Handlers that begin from now on take so long; those that hang are let go. */
    void set(Handling next) {
        lock.lock();
        try {
            handling = next;
            round++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Nobody waits any more. */
    void end() {
        lock.lock();
        try {
            over = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** What a handler that begins now is to wait; where within that it works is drawn. */
    Share draw() {
        lock.lock();
        try {
            if (handling.hanging()) {
                boolean before = random.nextBoolean();
                return new Share(0, 0, before, !before, round);
            }
            if (handling.equals(Handling.QUICK)) {
                return Share.NONE;
            }
            long shortest = handling.shortest().toNanos();
            long all = shortest + random.nextLong(handling.longest().toNanos() - shortest + 1);
            long before = random.nextLong(all + 1);
            return new Share(before, all - before, false, false, round);
        } finally {
            lock.unlock();
        }
    }

    void awaitBefore(Share share) throws InterruptedException {
        await(share.beforeNanos(), share.hangsBefore(), share.round());
    }

    void awaitAfter(Share share) throws InterruptedException {
        await(share.afterNanos(), share.hangsAfter(), share.round());
    }

    private void await(long nanos, boolean hangs, long since) throws InterruptedException {
        if (nanos <= 0 && !hangs) {
            return;
        }
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (!over && left > 0) {
                left = changed.awaitNanos(left);
            }
            while (!over && hangs && round == since) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }
}
