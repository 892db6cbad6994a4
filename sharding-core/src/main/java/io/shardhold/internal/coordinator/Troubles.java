package io.shardhold.internal.coordinator;

import io.shardhold.cluster.NodeId;
import io.shardhold.config.Timings;
import io.shardhold.internal.protocol.CoordinatorMessage.Trouble;
import io.shardhold.internal.protocol.CoordinatorMessage.Worry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the seats worry about, as of their latest answers; bounded by seats and members. */
final class Troubles {
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private record Report(long receivedNanos, List<Trouble> troubles) {}

    private final Map<NodeId, Report> reports = new TreeMap<>();
    private final long freshNanos;
    private final long silentMillis;
    private final long rightlessMillis;
    private long activeSinceNanos;

    Troubles(Timings timings) {
        freshNanos = timings.consent().toNanos();
        silentMillis = timings.detection().plus(timings.stable()).toMillis();
        rightlessMillis = timings.stable().toMillis();
    }

    /**
     * The coordinator becomes active. Where a takeover had to settle the seats, nobody had the right before it; so that a
     * member has none counts from here.
     */
    void begin(long nowNanos) {
        activeSinceNanos = nowNanos;
    }

    void record(NodeId seat, List<Trouble> troubles, long nowNanos) {
        reports.put(seat, new Report(nowNanos, troubles));
    }

    private List<Trouble> about(NodeId member, long nowNanos) {
        List<Trouble> about = new ArrayList<>();
        for (Report report : reports.values()) {
            if (nowNanos - report.receivedNanos < freshNanos) {
                report.troubles.stream().filter(t -> t.member().equals(member)).forEach(about::add);
            }
        }
        return about;
    }

    /** Seats that have lost the member for good: silent, or without its right, for long enough, or replaced. */
    long votesAgainst(NodeId member, long nowNanos) {
        return about(member, nowNanos).stream()
                .filter(t -> isLasting(t, nowNanos))
                .count();
    }

    /** Seats that worry about the member at all; not those that are only waiting for it to gain its right. */
    long worries(NodeId member, long nowNanos) {
        return about(member, nowNanos).stream()
                .filter(t -> t.worry() != Worry.WITHOUT_RIGHT || t.millis() > 0)
                .count();
    }

    boolean saidGoodbye(NodeId member, long nowNanos) {
        return about(member, nowNanos).stream().anyMatch(t -> t.worry() == Worry.GOODBYE);
    }

    /** Seats that know a newer incarnation at the member's address, or do not hear it. */
    long votesGone(NodeId member, long nowNanos) {
        return about(member, nowNanos).stream()
                .filter(t -> t.worry() == Worry.REPLACED || t.worry() == Worry.SILENT)
                .count();
    }

    private boolean isLasting(Trouble trouble, long nowNanos) {
        return switch (trouble.worry()) {
            case SILENT -> trouble.millis() >= silentMillis;
            case WITHOUT_RIGHT ->
                Math.min(trouble.millis(), (nowNanos - activeSinceNanos) / NANOS_PER_MILLI) >= rightlessMillis;
            case REPLACED, GOODBYE -> true;
        };
    }
}
