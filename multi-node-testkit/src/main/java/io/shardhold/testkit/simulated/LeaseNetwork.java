package io.shardhold.testkit.simulated;

import io.shardhold.lease.LeaseRuntime;

/** What carries requests to the simulated lease store: virtual time itself. */
final class LeaseNetwork implements LeaseRuntime {
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final VirtualTime time;

    LeaseNetwork(VirtualTime time) {
        this.time = time;
    }

    @Override
    public long monoNanos() {
        return time.nowNanos();
    }

    @Override
    public long wallMillis() {
        return time.nowNanos() / NANOS_PER_MILLI;
    }

    @Override
    public Cancellable schedule(long delayNanos, Runnable task) {
        boolean[] cancelled = new boolean[1];
        time.after(delayNanos, () -> {
            if (!cancelled[0]) {
                task.run();
            }
        });
        return () -> cancelled[0] = true;
    }

    @Override
    public long random() {
        throw new UnsupportedOperationException("the store draws nothing");
    }
}
