package io.shardhold.internal.kernel;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Lets many threads in until it is closed, and tells when the last of them has come out. What was done inside is done
 * before the action of {@link #close}; nobody who comes later gets in.
 *
 * <pre>{@code
 * if (gate.enter()) {
 *   try { queue.add(message); } finally { gate.exit(); }
 * }
 * gate.close(() -> drain(queue)); // the queue is final
 * }</pre>
 *
 * <p>Concurrency: one word holds how many are inside and, as its sign, whether the gate is closed. A closed gate lets
 * nobody in, so the number only falls and the word becomes "closed, nobody" once: by the closer's write or by one exit.
 * Whoever makes that write runs the action; it sees what the others did inside, because their exits came before.
 */
public final class Gate {
    private static final long CLOSED = Long.MIN_VALUE;
    private final AtomicLong state = new AtomicLong();

    /** Written by the closer before it closes, read by whoever finds the gate closed and empty. */
    private @Nullable Runnable action;

    /** Whether the caller is inside and owes an {@link #exit}. Any thread. */
    public boolean enter() {
        long inside = state.get();
        while (inside >= 0) {
            if (state.compareAndSet(inside, inside + 1)) {
                return true;
            }
            inside = state.get();
        }
        return false;
    }

    /** Leaves; the last one out of a closed gate runs the action. */
    public void exit() {
        if (state.decrementAndGet() == CLOSED) {
            runAction();
        }
    }

    /**
     * Closes the gate, and runs the action once nobody is inside: at once on this thread, or later on that of the last
     * one out. One thread at a time closes and reopens.
     */
    public void close(Runnable whenEmpty) {
        if (isClosed()) {
            throw new IllegalStateException("gate closed twice");
        }
        action = whenEmpty;
        if (state.getAndAdd(CLOSED) == 0) {
            runAction();
        }
    }

    /**
     * Takes back a close whose action is not due yet.
     *
     * @return true if the gate is open and the action will not run; false if the gate stays closed, because the action has
     *     run or is about to
     */
    public boolean reopen() {
        long before = state.get();
        while (before != CLOSED) {
            if (before >= 0) {
                throw new IllegalStateException("gate is open");
            }
            if (state.compareAndSet(before, before - CLOSED)) {
                return true;
            }
            before = state.get();
        }
        return false;
    }

    public boolean isClosed() {
        return state.get() < 0;
    }

    private void runAction() {
        Runnable due = action;
        if (due == null) {
            throw new IllegalStateException("gate closed without an action");
        }
        due.run();
    }
}
