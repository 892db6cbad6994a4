package io.shardhold.testkit.simulated;

import io.shardhold.internal.kernel.TimeSource;

/** The clocks of one simulated machine: they tick faster or slower than virtual time, and the wall clock can jump. */
final class SimulatedClock implements TimeSource {
    private static final long NANOS_PER_MILLI = 1_000_000L;
    private static final long PER_MILLION = 1_000_000L;
    /** Where wall clocks begin: an arbitrary second in 2026. */
    private static final long EPOCH_MILLIS = 1_780_000_000_000L;

    private final VirtualTime time;
    private final long driftPerMillion;
    private long wallOffsetMillis;

    SimulatedClock(VirtualTime time, long driftPerMillion, long wallOffsetMillis) {
        this.time = time;
        this.driftPerMillion = driftPerMillion;
        this.wallOffsetMillis = wallOffsetMillis;
    }

    @Override
    public long monoNanos() {
        long now = time.nowNanos();
        return now + now / PER_MILLION * driftPerMillion;
    }

    @Override
    public long wallMillis() {
        return EPOCH_MILLIS + wallOffsetMillis + monoNanos() / NANOS_PER_MILLI;
    }

    /** Sets the wall clock forward or back. */
    void jump(long millis) {
        wallOffsetMillis += millis;
    }

    /** How long a duration of this machine takes in virtual time; rounded up. */
    long toVirtual(long localNanos) {
        if (localNanos <= 0) {
            return 0;
        }
        return localNanos + localNanos / (PER_MILLION + driftPerMillion) * -driftPerMillion + 1;
    }
}
