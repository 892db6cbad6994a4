package io.shardhold.lease;

/** One moment on both clocks of a runtime. */
record Moment(long monoNanos, long wallMillis) {
    private static final long NANOS_PER_MILLI = 1_000_000;

    static Moment now(LeaseRuntime runtime) {
        return new Moment(runtime.monoNanos(), runtime.wallMillis());
    }

    long monoNanosSince(Moment earlier) {
        return monoNanos - earlier.monoNanos;
    }

    /** Saturates at about 292 years, which a wall clock may well jump. */
    long wallNanosSince(Moment earlier) {
        long millis = wallMillis - earlier.wallMillis;
        long most = Long.MAX_VALUE / NANOS_PER_MILLI;
        return Math.max(-most, Math.min(most, millis)) * NANOS_PER_MILLI;
    }
}
