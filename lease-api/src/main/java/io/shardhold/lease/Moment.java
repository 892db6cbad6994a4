package io.shardhold.lease;

/** One moment on both clocks of a runtime. */
record Moment(long monoNanos, long wallMillis) {
    private static final long NANOS_PER_MILLI = 1_000_000;

    /**
     * The later end of a span. A thread may stand still between two clocks: the monotonic one is read last here and first
     * at the beginning of a span, so that it never seems to have stood still while the wall clock ran.
     */
    static Moment now(LeaseRuntime runtime) {
        long wallMillis = runtime.wallMillis();
        return new Moment(runtime.monoNanos(), wallMillis);
    }

    /** The beginning of a span. */
    static Moment begin(LeaseRuntime runtime) {
        long monoNanos = runtime.monoNanos();
        return new Moment(monoNanos, runtime.wallMillis());
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
