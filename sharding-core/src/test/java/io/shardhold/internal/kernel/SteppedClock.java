package io.shardhold.internal.kernel;

import java.time.Duration;

/** Clocks that move by hand, each by itself if need be. One thread. */
public final class SteppedClock implements TimeSource {
    private static final long WALL_ORIGIN = 1_700_000_000_000L;
    private static final long NANOS_PER_MILLI = 1_000_000L;
    private long nanos;
    private long wallOffsetMillis;

    /** Both clocks tick. */
    public void advance(Duration by) {
        nanos += by.toNanos();
    }

    /** Both clocks tick up to this monotonic time. */
    public void advanceTo(long monoNanos) {
        nanos = monoNanos;
    }

    /** Only the wall clock is set, forward or back. */
    public void jumpWall(Duration by) {
        wallOffsetMillis += by.toMillis();
    }

    @Override
    public long monoNanos() {
        return nanos;
    }

    @Override
    public long wallMillis() {
        return WALL_ORIGIN + wallOffsetMillis + nanos / NANOS_PER_MILLI;
    }
}
