package io.shardhold.internal.coordinator;

import io.shardhold.cluster.ClusterEvent.TakeoverTimes;
import io.shardhold.internal.kernel.Moment;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** When the phases of a takeover began, on the monotonic clock, and whether it comes on: a large map takes its time. */
final class Takeover {
    private long begunNanos;
    private long askingNanos;
    private long writingNanos;
    private long steps;

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
        steps = 0;
    }

    void onWriting(Moment now) {
        writingNanos = now.monoNanos();
        steps = 0;
    }

    /** Whether more was read, or more of what is written is on a quorum, than when this was asked last in this phase. */
    boolean comesOn(@Nullable Candidacy candidacy, @Nullable Tenure tenure) {
        long before = steps;
        if (candidacy != null) {
            steps = candidacy.pages();
        } else if (tenure != null) {
            steps = tenure.writes().committed();
        }
        return steps > before;
    }

    /** How long each phase took, if the last one ends now. */
    TakeoverTimes durations(Moment now) {
        return new TakeoverTimes(
                Duration.ofNanos(askingNanos - begunNanos),
                Duration.ofNanos(writingNanos - askingNanos),
                Duration.ofNanos(now.monoNanos() - writingNanos));
    }
}
