package io.shardhold.lease;

import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** The clocks of the system and one daemon thread. */
final class SystemRuntime implements LeaseRuntime {
    private static final System.Logger LOG = System.getLogger("io.shardhold.lease");

    private final ScheduledThreadPoolExecutor timers;

    SystemRuntime() {
        timers = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "shardhold-lease");
            thread.setDaemon(true);
            return thread;
        });
        timers.setRemoveOnCancelPolicy(true);
        timers.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public long monoNanos() {
        return System.nanoTime();
    }

    @Override
    public long wallMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public Cancellable schedule(long delayNanos, Runnable task) {
        try {
            Future<?> scheduled = timers.schedule(() -> runContained(task), delayNanos, TimeUnit.NANOSECONDS);
            return () -> scheduled.cancel(false);
        } catch (RejectedExecutionException closed) {
            return () -> {};
        }
    }

    private static void runContained(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException bug) {
            LOG.log(System.Logger.Level.ERROR, "a task of the lease failed", bug);
        }
    }

    @Override
    public long random() {
        return ThreadLocalRandom.current().nextLong();
    }

    @Override
    public void close() {
        timers.shutdown();
    }
}
