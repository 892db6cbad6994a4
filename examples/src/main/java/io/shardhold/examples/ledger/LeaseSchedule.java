package io.shardhold.examples.ledger;

import java.time.Duration;
import java.util.Optional;

/**
 * What is done to a cluster in one process, and when.
 *
 * <pre>
 *   RUNNING --(half acknowledged)--> LEAVING --(gone)--> AWAY --(time over)--> RETURNING --(back, and calm)--+
 *      |          leave                                        return                                        |
 *      +--(half acknowledged, nobody is to leave)------------------------------------------------------------+
 *                                                                                                            | take the
 *   DONE <--(somebody coordinates)-- RECOVERING <--(time over)-- STORE_AWAY <--------------------------------+ store away
 *                                         bring it back
 * </pre>
 *
 * <p>From half way on, deposits are held back and let go evenly, so that each of these phases meets traffic.
 */
final class LeaseSchedule {
    /** How much of the input may be sent by the end of each part, in eighths. */
    private static final int BEFORE_LEAVING = 5;

    private static final int BEFORE_OUTAGE = 6;
    private static final int BY_OUTAGE_END = 7;
    private static final int PARTS = 8;

    /**
     * How long things last.
     *
     * @param away how long a node that has left stays away
     * @param storeAway how long the store does not answer
     * @param spread over how much time the deposits of a part of unknown length are spread
     */
    record Times(Duration away, Duration storeAway, Duration spread) {}

    /**
     * What the schedule looks at.
     *
     * @param isGone whether the node that was to leave has left
     * @param isCoordinated whether a node coordinates that is to stay
     * @param isCalm whether every node is up and no shard has moved for a while
     */
    record Sight(long nanos, long acknowledged, boolean isGone, boolean isCoordinated, boolean isCalm) {}

    /** What is to be done now. */
    enum Action {
        /** The node that coordinates leaves in order. */
        LEAVE,
        RETURN,
        TAKE_STORE_AWAY,
        BRING_STORE_BACK
    }

    private enum Phase {
        RUNNING,
        LEAVING,
        AWAY,
        RETURNING,
        STORE_AWAY,
        RECOVERING,
        DONE
    }

    private final boolean oneLeaves;
    private final long total;
    private final Times times;
    private Phase phase = Phase.RUNNING;
    private long phaseNanos;
    private long partNanos;
    private long partFrom;
    private long partTo;
    private long spreadNanos = 1;

    LeaseSchedule(boolean oneLeaves, long total, Times times) {
        this.oneLeaves = oneLeaves;
        this.total = total;
        this.times = times;
        this.partFrom = eighths(BEFORE_LEAVING);
        this.partTo = partFrom;
    }

    /** The next action, if its time has come. To be asked again and again. */
    Optional<Action> next(Sight now) {
        return switch (phase) {
            case RUNNING -> {
                if (now.acknowledged() < total / 2 || !now.isCoordinated()) {
                    yield Optional.empty();
                }
                yield Optional.of(oneLeaves ? leave(now) : takeStoreAway(now));
            }
            case LEAVING -> {
                if (now.isGone()) {
                    become(Phase.AWAY, now);
                }
                yield Optional.empty();
            }
            case AWAY -> {
                if (!isOver(times.away(), now) || !now.isCoordinated()) {
                    yield Optional.empty();
                }
                become(Phase.RETURNING, now);
                yield Optional.of(Action.RETURN);
            }
            case RETURNING -> now.isCoordinated() && now.isCalm() ? Optional.of(takeStoreAway(now)) : Optional.empty();
            case STORE_AWAY -> {
                if (!isOver(times.storeAway(), now)) {
                    yield Optional.empty();
                }
                become(Phase.RECOVERING, now);
                beginPart(total - total / PARTS / 2, times.spread(), now);
                yield Optional.of(Action.BRING_STORE_BACK);
            }
            case RECOVERING -> {
                if (now.isCoordinated()) {
                    become(Phase.DONE, now);
                }
                yield Optional.empty();
            }
            case DONE -> Optional.empty();
        };
    }

    private Action leave(Sight now) {
        become(Phase.LEAVING, now);
        beginPart(eighths(BEFORE_OUTAGE), times.spread(), now);
        return Action.LEAVE;
    }

    private Action takeStoreAway(Sight now) {
        become(Phase.STORE_AWAY, now);
        beginPart(eighths(BY_OUTAGE_END), times.storeAway(), now);
        return Action.TAKE_STORE_AWAY;
    }

    private void become(Phase next, Sight now) {
        phase = next;
        phaseNanos = now.nanos();
    }

    private boolean isOver(Duration time, Sight now) {
        return now.nanos() - phaseNanos >= time.toNanos();
    }

    private void beginPart(long to, Duration spread, Sight now) {
        partFrom = sendLimit(now.nanos());
        partTo = Math.max(partFrom, to);
        partNanos = now.nanos();
        spreadNanos = spread.toNanos();
    }

    private long eighths(int count) {
        return total / PARTS * count + total % PARTS * count / PARTS;
    }

    /** How many deposits may be sent by now. */
    long sendLimit(long nowNanos) {
        if (phase == Phase.DONE) {
            return total;
        }
        double share = Math.min(1.0, (nowNanos - partNanos) / (double) spreadNanos);
        return partFrom + (long) ((partTo - partFrom) * share);
    }

    /** Whether everything was done, and somebody coordinates. */
    boolean isDone() {
        return phase == Phase.DONE;
    }
}
