package io.shardhold.lease.hazelcast;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs calls that block on a few daemon threads, one in most cases. A call that hangs keeps its thread until
 * Hazelcast gives it up, and the next takes another; when all hang, no more are begun. Nothing waits in a queue: what
 * was not begun is never done.
 */
final class BlockingCalls implements AutoCloseable {
    /** Calls that may hang at once. */
    static final int MOST = 4;

    private static final long IDLE_SECONDS = 30;

    private final ThreadPoolExecutor threads;

    BlockingCalls(String name) {
        threads = new ThreadPoolExecutor(0, MOST, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
            Thread thread = new Thread(task, "shardhold-lease-hazelcast-" + name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Begins the call on a thread of its own.
     *
     * @return fails with what the call throws
     * @throws RejectedExecutionException if the call was not begun and will not be
     */
    <T> CompletableFuture<T> begin(Callable<T> call) {
        CompletableFuture<T> done = new CompletableFuture<>();
        threads.execute(() -> {
            try {
                done.complete(call.call());
            } catch (Throwable failure) {
                done.completeExceptionally(failure);
            }
        });
        return done;
    }

    /** Interrupts what hangs and ends the threads. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
