package io.shardhold.lease;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a challenger has seen of a record that is not his, and since when it has not changed.
 *
 * <p>Implementation note. Nobody's time is compared with anybody else's: a holder writes at each renewal, so a record
 * that stayed the same for its ttl + margin on both clocks of the watcher belongs to nobody who still believes in it. The
 * margin is 5 % of the record's ttl at least, whoever's settings that came from: then ttl + margin of a clock that is 5 %
 * fast is not shorter than ttl − margin of one that is 5 % slow. A record that vanished is watched in the same way, as its
 * holder may still believe. But a record that is created and deleted between two looks leaves no trace, so absence counts
 * only while the looks are close together.
 */
final class Watch {
    private final long ownTtlNanos;
    private final long marginNanos;
    private final long absenceGapNanos;

    private boolean watching;
    private LeaseStore.@Nullable Version version;
    private Moment since = new Moment(0, 0);
    private Moment lastLook = since;
    private long ttlNanos;

    Watch(LeaseSettings settings) {
        this.ownTtlNanos = settings.ttl().toNanos();
        this.marginNanos = settings.margin().toNanos();
        this.absenceGapNanos =
                2 * (settings.poll().toNanos() + settings.requestTimeout().toNanos());
        this.ttlNanos = ownTtlNanos;
    }

    /** Notes a record that somebody else holds; whether it may be taken now. */
    boolean hasRunOut(LeaseStore.Version seen, LeaseRecord record, Moment now) {
        // A ttl that somebody edited must neither hurry us nor stop us for good.
        Duration ttl = record.ttl().compareTo(LeaseSettings.MOST) > 0 ? LeaseSettings.MOST : record.ttl();
        ttlNanos = Math.max(ownTtlNanos, Math.min(4 * ownTtlNanos, ttl.toNanos()));
        return note(seen, now);
    }

    /** Notes that there is no record; whether one may be created now. */
    boolean absenceHasRunOut(Moment now) {
        if (watching
                && version == null
                && (now.monoNanosSince(lastLook) > absenceGapNanos || now.wallNanosSince(lastLook) > absenceGapNanos)) {
            watching = false;
        }
        return note(null, now);
    }

    /** Something has changed unseen: the wait begins with the next look. */
    void reset() {
        watching = false;
    }

    private boolean note(LeaseStore.@Nullable Version seen, Moment now) {
        boolean setBack = now.monoNanosSince(since) < 0 || now.wallNanosSince(since) < 0;
        if (!watching || setBack || !Objects.equals(version, seen)) {
            watching = true;
            version = seen;
            since = now;
        }
        lastLook = now;
        long wait = ttlNanos + Math.max(marginNanos, ttlNanos / LeaseSettings.DRIFT_PARTS);
        return now.monoNanosSince(since) >= wait && now.wallNanosSince(since) >= wait;
    }
}
