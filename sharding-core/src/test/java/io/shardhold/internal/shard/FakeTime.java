package io.shardhold.internal.shard;

import io.shardhold.internal.kernel.Moment;
import io.shardhold.internal.kernel.TimeSource;

/** Clocks that move by hand. One thread. */
final class FakeTime implements TimeSource {
    private static final long WALL_ORIGIN = 1_700_000_000_000L;
    private long nanos;
    private Runnable atRead = () -> {};
    private int readsLeft;

    void advanceMillis(long millis) {
        nanos += millis * 1_000_000;
    }

    /** Runs an action before the n-th read of both clocks from here on. */
    void beforeRead(int n, Runnable action) {
        readsLeft = n;
        atRead = action;
    }

    @Override
    public long monoNanos() {
        return nanos;
    }

    @Override
    public long wallMillis() {
        return WALL_ORIGIN + nanos / 1_000_000;
    }

    @Override
    public Moment now() {
        if (readsLeft > 0 && --readsLeft == 0) {
            atRead.run();
        }
        return new Moment(monoNanos(), wallMillis());
    }
}
