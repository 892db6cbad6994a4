package io.shardhold.internal.coordinator;

import io.shardhold.cluster.ClusterEvent.TakeoverTimes;
import io.shardhold.internal.kernel.Moment;
import java.time.Duration;

/** When the phases of a takeover began, on the monotonic clock. */
final class Takeover {
    private long begunNanos;
    private long askingNanos;
    private long writingNanos;

    void begin(Moment now) {
        begunNanos = now.monoNanos();
    }

    /** Begins without waiting for a lease: it is held. */
    void beginAsking(Moment now) {
        begin(now);
        onAsking(now);
    }

    void onAsking(Moment now) {
        askingNanos = now.monoNanos();
    }

    void onWriting(Moment now) {
        writingNanos = now.monoNanos();
    }

    /** How long each phase took, if the last one ends now. */
    TakeoverTimes durations(Moment now) {
        return new TakeoverTimes(
                Duration.ofNanos(askingNanos - begunNanos),
                Duration.ofNanos(writingNanos - askingNanos),
                Duration.ofNanos(now.monoNanos() - writingNanos));
    }
}
