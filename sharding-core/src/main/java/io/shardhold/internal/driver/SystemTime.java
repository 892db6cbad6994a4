package io.shardhold.internal.driver;

import io.shardhold.internal.kernel.TimeSource;

/** The clocks of the machine. */
final class SystemTime implements TimeSource {
    @Override
    public long monoNanos() {
        return System.nanoTime();
    }

    @Override
    public long wallMillis() {
        return System.currentTimeMillis();
    }
}
