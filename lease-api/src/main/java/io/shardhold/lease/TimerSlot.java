package io.shardhold.lease;

import org.jspecify.annotations.Nullable;

/** Room for one timer. The engine's, with its lock held. */
final class TimerSlot {
    private final LeaseRuntime runtime;
    private LeaseRuntime.@Nullable Cancellable timer;

    TimerSlot(LeaseRuntime runtime) {
        this.runtime = runtime;
    }

    /** In place of the one that is there; a delay below 0 is 0. */
    void start(long delayNanos, Runnable task) {
        stop();
        timer = runtime.schedule(Math.max(0, delayNanos), task);
    }

    void stop() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
