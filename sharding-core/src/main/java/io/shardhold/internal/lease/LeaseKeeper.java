package io.shardhold.internal.lease;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.ClusterEvent.LeaseState;
import io.shardhold.cluster.NodeId;
import io.shardhold.config.Timings;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.kernel.Gauge;
import io.shardhold.internal.kernel.HeldLease;
import io.shardhold.internal.kernel.TurnedMachine;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.Term;
import io.shardhold.internal.signal.Signal;
import io.shardhold.internal.signal.Signal.LeaseUse;
import io.shardhold.lease.LeaseAnswer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Asks for the lease as long as a machine of this node wants it, and gives it up when none does.
 *
 * <pre>
 *   IDLE --wanted--> ASKING --granted--> HELD --nobody wants it, or only with a higher token--> RELEASING --> IDLE
 *   ASKING --held by another, or the store does not answer--> PAUSING --poll time--> IDLE, and so on
 *   ASKING --nobody wants it any more--> RELEASING;   HELD --lost--> PAUSING
 * </pre>
 *
 * <p>A grant is believed until the lease itself says otherwise: whoever acts asks {@link HeldLease}, which asks the lease, in
 * that very turn; this machine's word only ends it earlier. An answer to an attempt that is over is ignored; a grant among
 * them has been released already. Where the store does not answer for the detection time this node says that it cannot
 * lead, so that another one may; and it thinks so again only for a while, since it can find out only by trying.
 */
public final class LeaseKeeper extends TurnedMachine {
    private enum Timer {
        POLL,
        MAY_LEAD_AGAIN
    }

    private enum Phase {
        IDLE,
        ASKING,
        PAUSING,
        HELD,
        RELEASING
    }

    private static final int DETECTIONS_OF_REST = 5;

    private final Timings timings;
    private final Duration poll;
    private final HeldLease held;
    private final Map<LeaseUse, Long> wanted = new EnumMap<>(LeaseUse.class);
    private Phase phase = Phase.IDLE;
    private long attempt;
    private long token;
    private long unansweredSinceNanos;
    private boolean unanswered;
    private boolean reached = true;
    private String told = "";

    public LeaseKeeper(Timings timings, Duration poll, HeldLease held) {
        this.timings = timings;
        this.poll = poll;
        this.held = held;
    }

    @Override
    public Optional<ControlMessage.Family> family() {
        return Optional.empty();
    }

    @Override
    protected void receive(NodeId from, ControlMessage message) {
        throw new IllegalStateException("no message is for the lease: " + message);
    }

    @Override
    protected void due(Object key) {
        if (key == Timer.MAY_LEAD_AGAIN) {
            reach(true);
        } else if (phase == Phase.PAUSING) {
            phase = Phase.IDLE;
            advance();
        }
    }

    @Override
    public void onLeaseWanted(Signal.LeaseWanted signal) {
        wanted.put(signal.use(), signal.floor());
        advance();
    }

    @Override
    public void onLeaseUnwanted(Signal.LeaseUnwanted signal) {
        if (wanted.remove(signal.use()) != null) {
            // A silence of the store counts while somebody asks it, not over hours in which nobody does.
            unanswered = unanswered && !(wanted.isEmpty() && reached);
            advance();
        }
    }

    /** Does what follows from the phase and from what is wanted. */
    private void advance() {
        long floor = wanted.values().stream().mapToLong(f -> f).max().orElse(0);
        switch (phase) {
            case IDLE -> {
                if (!wanted.isEmpty()) {
                    ask(floor);
                }
            }
            case ASKING -> {
                if (wanted.isEmpty()) {
                    release();
                }
            }
            case HELD -> {
                if (wanted.isEmpty() || token <= floor) {
                    tell(LeaseState.RELEASED, wanted.isEmpty() ? "" : "a number above " + floor + " is needed");
                    release();
                } else {
                    turn().signal(new Signal.LeaseHeld(token));
                }
            }
            case PAUSING, RELEASING -> {} // goes on when the time is over, or the store has answered
        }
    }

    private void ask(long floor) {
        phase = Phase.ASKING;
        attempt++;
        turn().acquireLease(attempt, floor);
    }

    private void release() {
        phase = Phase.RELEASING;
        drop();
        attempt++;
        turn().releaseLease(attempt);
    }

    @Override
    public void onLeaseReleased(Signal.LeaseReleased signal) {
        if (phase == Phase.RELEASING && signal.attempt() == attempt) {
            phase = Phase.IDLE;
            advance();
        }
    }

    @Override
    public void onLeaseAnswered(Signal.LeaseAnswered signal) {
        if (phase != Phase.ASKING || signal.attempt() != attempt) {
            return;
        }
        if (signal.answer() instanceof LeaseAnswer.Granted granted) {
            onGranted(granted.token());
            return;
        }
        pause();
        if (signal.answer() instanceof LeaseAnswer.Held other) {
            answered();
            if (!other.owner().isEmpty()) {
                tell(LeaseState.WAITING, "held by " + other.owner());
            }
        } else if (signal.answer() instanceof LeaseAnswer.Unavailable refused) {
            notAnswered(refused.why());
        } else if (signal.answer() instanceof LeaseAnswer.Unknown unknown) {
            notAnswered(unknown.why());
        }
    }

    /** Asks again after the poll time. */
    private void pause() {
        phase = Phase.PAUSING;
        turn().startTimer(Timer.POLL, poll.toNanos());
    }

    private void onGranted(long granted) {
        answered();
        if (granted > Term.MAX_NUMBER) {
            tell(
                    LeaseState.UNREACHABLE,
                    "the token " + granted + " is above " + Term.MAX_NUMBER
                            + ", the highest number of a term; look who wrote it to the record");
            attempt++;
            turn().releaseLease(attempt);
            pause();
            return;
        }
        phase = Phase.HELD;
        token = granted;
        held.hold(granted);
        turn().measure(Gauge.LEASE_TOKEN, granted);
        turn().count(Counter.LEASES_GRANTED);
        tell(LeaseState.HELD, "token " + granted);
        advance();
    }

    @Override
    public void onLeaseLost(Signal.LeaseLost signal) {
        if (phase == Phase.HELD && signal.token() == token) {
            drop();
            turn().count(Counter.LEASES_LOST);
            tell(LeaseState.LOST, signal.how());
            turn().signal(new Signal.LeaseGone(signal.token()));
            pause();
        }
    }

    private void drop() {
        held.drop();
        token = 0;
        turn().measure(Gauge.LEASE_TOKEN, 0);
    }

    private void answered() {
        if (unanswered) {
            unanswered = false;
            turn().cancelTimer(Timer.MAY_LEAD_AGAIN);
            reach(true);
        }
    }

    private void reach(boolean now) {
        reached = now;
        turn().signal(new Signal.LeaseReach(now));
    }

    private void notAnswered(String why) {
        long now = turn().now().monoNanos();
        if (!unanswered) {
            unanswered = true;
            unansweredSinceNanos = now;
        }
        tell(LeaseState.UNREACHABLE, why);
        long detection = timings.detection().toNanos();
        if (now - unansweredSinceNanos >= detection) {
            unansweredSinceNanos = now;
            reach(false);
            turn().startTimer(Timer.MAY_LEAD_AGAIN, DETECTIONS_OF_REST * detection);
        }
    }

    /**
     * Publishes a state, unless it is the one that was told last. Of a store that does not answer only the first text is
     * told: another error at each poll is no news.
     */
    private void tell(LeaseState state, String detail) {
        String text = state == LeaseState.UNREACHABLE ? state.toString() : state + " " + detail;
        if (!text.equals(told)) {
            told = text;
            turn().publish(new ClusterEvent.LeaseChanged(state, detail));
        }
    }
}
