package io.shardhold.internal.driver;

import io.shardhold.internal.kernel.EntityExecutor;
import io.shardhold.internal.kernel.EntityTask;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Threads that run entities: as many as cores for handlers that compute, or a pool of its own for an entity type whose handlers
 * block. A task that has more to do goes to the back of the queue after a batch, so that one busy entity delays no
 * other for long.
 */
final class WorkerPool implements EntityExecutor, AutoCloseable {
    private static final int BATCH = 64;
    private static final long CLOSE_SECONDS = 5;

    private final ExecutorService threads;
    private final Consumer<Throwable> onFault;

    /** Creates the threads as they are needed; what escapes a task is a bug, and goes to {@code onFault}. */
    WorkerPool(String name, int size, Consumer<Throwable> onFault) {
        this.onFault = onFault;
        AtomicInteger numbers = new AtomicInteger();
        ThreadFactory factory = runnable -> {
            Thread thread = new Thread(runnable, name + "-" + numbers.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(size, size, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
        // After closing nothing runs any more: the node is gone, and what waits in mailboxes goes with it.
        pool.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
        threads = pool;
    }

    @Override
    public void execute(EntityTask task) {
        threads.execute(() -> run(task));
    }

    private void run(EntityTask task) {
        try {
            for (int i = 0; i < BATCH; i++) {
                if (!task.begin()) {
                    return;
                }
                task.run();
                task.end();
            }
        } catch (RuntimeException | Error e) {
            onFault.accept(e);
            throw e;
        }
        execute(task);
    }

    /** Runs what completes an ask. */
    void run(Runnable callback) {
        threads.execute(callback);
    }

    /** Stops without waiting: what runs is interrupted, what waits is forgotten. */
    void abandon() {
        threads.shutdownNow();
    }

    /** Lets running handlers finish for a while, then interrupts them. */
    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
