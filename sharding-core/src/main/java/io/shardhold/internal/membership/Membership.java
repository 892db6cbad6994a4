package io.shardhold.internal.membership;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.Member;
import io.shardhold.cluster.MemberStatus;
import io.shardhold.cluster.NodeId;
import io.shardhold.config.Timings;
import io.shardhold.internal.kernel.Ending;
import io.shardhold.internal.kernel.TurnedMachine;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.CoordinatorMessage;
import io.shardhold.internal.protocol.Declaration;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.MembershipMessage;
import io.shardhold.internal.protocol.MembershipMessage.Standing;
import io.shardhold.internal.protocol.SeatMessage;
import io.shardhold.internal.protocol.Term;
import io.shardhold.internal.signal.Signal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The life of one incarnation of a node with respect to its cluster.
 *
 * <pre>
 *   SEEKING --a coordinator admits it, or its seat accepts a founding--> MEMBER
 *   MEMBER --verdict learned | asked to found again | another cluster lives--> GIVING_UP --nothing runs--> rebirth
 *   MEMBER --the application leaves--> LEAVING --handed over, or stopped--> PARTING --answer or time--> departure
 * </pre>
 *
 * <p>Twice: requests are repeated until answered, answers to what is settled are ignored. Late: a founding round ignores
 * agreements to other numbers. Lower: a seed agrees only to numbers above every one that it agreed to.
 */
public final class Membership extends TurnedMachine {
    /**
     * What this node brings along.
     *
     * @param leaseWait how long it takes until the lease of somebody who died can be had; empty without a lease
     */
    public record Profile(List<String> seeds, Declaration declaration, long numberFloor, Optional<Duration> leaseWait) {
        public Profile {
            seeds = List.copyOf(seeds);
        }
    }

    private enum Phase {
        SEEKING,
        MEMBER,
        LEAVING,
        PARTING,
        GIVING_UP
    }

    private enum Timer {
        TICK,
        LEAVE_OVER,
        SHUTDOWN_OVER,
        PARTED
    }

    /** Time for the last acknowledgements on data connections, so that an orderly end leaves nothing in doubt. */
    private static final long LAST_WORDS_NANOS = 250_000_000L;

    private static final int TICKS_BETWEEN_COMPLAINTS = 60;

    private final Timings timings;
    private final Profile profile;
    private final SeedReplies replies;
    private final Founding founding;
    private final Complaints complaints = new Complaints();
    private final Messages messages = new Messages();
    private final Map<NodeId, Member> members = new TreeMap<>();
    private Phase phase = Phase.SEEKING;
    private long clusterId;
    private MapValue.@Nullable Seats seats;
    private boolean mayServe;
    private boolean seatMine;
    private boolean leaveAsked;
    private boolean stopAsked;
    private boolean lastCall;
    private boolean orderly;
    private long quietSinceNanos;
    private @Nullable Term coordinator;
    private long coordinatorHeardNanos;
    private long seenNumber;
    private @Nullable NodeId asked;
    private long newestIncarnation;
    private String endReason = "";
    private int ticks;

    public Membership(Timings timings, Profile profile) {
        this.timings = timings;
        this.profile = profile;
        this.replies =
                new SeedReplies(profile.seeds(), timings.probe().multipliedBy(4).toNanos());
        this.founding = new Founding(timings, profile, replies, this::turn);
    }

    @Override
    public Optional<ControlMessage.Family> family() {
        return Optional.of(ControlMessage.Family.MEMBERSHIP);
    }

    @Override
    protected void receive(NodeId from, ControlMessage message) {
        ((MembershipMessage) message).dispatch(from, messages);
    }

    @Override
    protected void due(Object key) {
        switch ((Timer) key) {
            case TICK -> {
                tick();
                turn().startTimer(Timer.TICK, timings.probe().toNanos());
            }
            case LEAVE_OVER -> onLeaveOver();
            case PARTED -> depart();
            case SHUTDOWN_OVER -> {
                orderly = false;
                depart();
            }
        }
    }

    @Override
    public void onStarted(Signal.Started signal) {
        quietSinceNanos = nowNanos();
        turn().startTimer(Timer.TICK, 0);
    }

    private long nowNanos() {
        return turn().now().monoNanos();
    }

    /** The highest number of a term that this node knows of, those not counted that it has only agreed to. */
    private long usedNumber() {
        long followed = coordinator == null ? 0 : coordinator.number();
        return Math.max(Math.max(profile.numberFloor(), seenNumber), Math.max(followed, replies.usedNumber()));
    }

    private boolean isSeed() {
        return profile.seeds().contains(turn().self().address());
    }

    // ---- looking for a cluster -------------------------------------------------------------------------------

    private void tick() {
        ticks++;
        if (phase == Phase.SEEKING) {
            seek();
            lookForCluster();
        } else if (phase == Phase.MEMBER && !mayServe) {
            seek();
            lookAround();
        } else if (phase == Phase.LEAVING) {
            askToLeave();
        } else if (phase == Phase.PARTING) {
            sayGoodbye();
        }
        if (phase == Phase.SEEKING) {
            founding.dropLeaseUnlessCandidate();
        } else {
            founding.end();
        }
    }

    private void seek() {
        List<String> own = isSeed() ? profile.seeds() : List.of();
        for (String seed : profile.seeds()) {
            if (!seed.equals(turn().self().address())) {
                turn().sendToAddress(seed, new MembershipMessage.Seek(own));
            }
        }
    }

    private void lookForCluster() {
        long now = nowNanos();
        Optional<NodeId> contact = replies.coordinatorToJoin(now);
        if (contact.isPresent()) {
            founding.end();
            asked = contact.get();
            turn().send(asked, new CoordinatorMessage.JoinRequest(profile.declaration(), usedNumber()));
        } else if (isSeed()) {
            founding.consider(usedNumber());
        }
        complain(now);
    }

    private void complain(long now) {
        if (ticks % TICKS_BETWEEN_COMPLAINTS != TICKS_BETWEEN_COMPLAINTS / 4) {
            return;
        }
        String text = replies.differingList(now)
                .orElseGet(() -> replies.describe(turn().self().address(), now));
        if (!text.isEmpty()) {
            turn().publish(new ClusterEvent.SeedsUnanswered(text));
        }
    }

    /**
     * Whether this node would found anew: it has had neither the right nor a word of a coordinator for long enough. That is
     * as long as a takeover may take, the wait for the lease included: one may be under way that restores the right.
     */
    private boolean wouldGiveUp(long now) {
        Duration leaseWait = profile.leaseWait().orElse(Duration.ZERO);
        Duration takeover = leaseWait.compareTo(timings.stable()) > 0 ? leaseWait : timings.stable();
        long patience = timings.detection().plus(takeover).toNanos();
        return !mayServe && now - Math.max(quietSinceNanos, coordinatorHeardNanos) >= patience;
    }

    /** A member without the right looks whether its cluster is over. */
    private void lookAround() {
        long now = nowNanos();
        Optional<NodeId> other = replies.memberOfOtherCluster(clusterId, now);
        if (other.isPresent()) {
            giveUp(other.get() + " belongs to another cluster that has a quorum");
        } else if (isSeed() && wouldGiveUp(now)) {
            List<String> available = replies.available(turn().self().address(), now);
            boolean majority = available.size() >= profile.seeds().size() / 2 + 1;
            boolean first = majority && available.get(0).equals(turn().self().address());
            if (first && !replies.someBelong(now)) {
                giveUp("the quorum is lost, and a majority of the seeds can found again");
            }
        }
    }

    // ---- giving up and leaving -------------------------------------------------------------------------------

    private void giveUp(String reason) {
        if (phase == Phase.MEMBER || phase == Phase.SEEKING) {
            phase = Phase.GIVING_UP;
            endReason = reason;
            turn().signal(new Signal.GivingUp(reason));
        } else if (phase == Phase.LEAVING) {
            turn().signal(new Signal.GivingUp(reason));
        }
    }

    @Override
    public void onRegionSilent(Signal.RegionSilent signal) {
        if (phase == Phase.GIVING_UP && leaveAsked) {
            depart();
        } else if (phase == Phase.GIVING_UP) {
            turn().end(new Ending.Rebirth(
                    endReason, Math.max(usedNumber(), founding.agreedNumber()), newestIncarnation));
        } else if (phase == Phase.LEAVING) {
            part();
        }
    }

    @Override
    public void onLeaveAsked(Signal.LeaveAsked signal) {
        if (leaveAsked) {
            return;
        }
        leaveAsked = true;
        turn().startTimer(Timer.SHUTDOWN_OVER, timings.shutdown().toNanos());
        if (phase == Phase.SEEKING) {
            phase = Phase.LEAVING;
            stopWithoutHandOver();
        } else if (phase == Phase.MEMBER) {
            phase = Phase.LEAVING;
            orderly = true;
            turn().startTimer(Timer.LEAVE_OVER, timings.handOff().toNanos());
            askToLeave();
        }
    }

    private void askToLeave() {
        boolean somebodyStays = members.values().stream()
                .anyMatch(m -> m.status() == MemberStatus.UP
                        && !m.id().equals(turn().self())
                        && !m.hosts().isEmpty());
        boolean hosts = !profile.declaration().hosts().isEmpty();
        if (hosts && !somebodyStays) {
            stopWithoutHandOver();
        } else if (coordinator != null) {
            turn().send(coordinator.node(), new CoordinatorMessage.LeaveRequest(clusterId));
        }
    }

    @Override
    public void onHandedOver(Signal.HandedOver signal) {
        if (phase == Phase.LEAVING) {
            part();
        }
    }

    /** No coordinator has answered, or the handing over takes so long that entities must stop now to be in time. */
    private void onLeaveOver() {
        Member own = members.get(turn().self());
        long left = timings.shutdown()
                .minus(timings.handOff())
                .minus(timings.stop())
                .toNanos();
        if (own != null && own.status() == MemberStatus.LEAVING && !lastCall && left > 0) {
            lastCall = true;
            turn().startTimer(Timer.LEAVE_OVER, left);
        } else {
            stopWithoutHandOver();
        }
    }

    private void stopWithoutHandOver() {
        if (phase == Phase.LEAVING) {
            orderly = false;
            if (!stopAsked) {
                stopAsked = true;
                turn().signal(new Signal.StopAll());
            }
        }
    }

    private void part() {
        phase = Phase.PARTING;
        sayGoodbye();
        turn().startTimer(Timer.PARTED, timings.detection().toNanos());
        if (clusterId == 0) {
            depart();
        }
    }

    private void sayGoodbye() {
        if (seats != null) {
            seats.filled().forEach(holder -> turn().send(holder, new SeatMessage.Goodbye(clusterId)));
        }
        if (coordinator != null) {
            turn().send(coordinator.node(), new CoordinatorMessage.Farewell(clusterId));
        }
    }

    private void depart() {
        turn().publish(new ClusterEvent.Left(turn().self(), orderly));
        turn().end(new Ending.Departure(orderly));
    }

    // ---- what other machines tell ----------------------------------------------------------------------------

    @Override
    public void onLeaseHeld(Signal.LeaseHeld signal) {
        if (founding.onLeaseHeld(signal.token()) && phase == Phase.SEEKING) {
            founding.consider(usedNumber());
        }
    }

    @Override
    public void onLeaseGone(Signal.LeaseGone signal) {
        founding.onLeaseGone(signal.token());
    }

    @Override
    public void onLeaseReach(Signal.LeaseReach signal) {
        founding.onLeaseReach(signal.reached());
    }

    @Override
    public void onCoordinatorChanged(Signal.CoordinatorChanged signal) {
        founding.onCoordinatorChanged();
    }

    @Override
    public void onLeadershipChanged(Signal.LeadershipChanged signal) {
        seenNumber = Math.max(seenNumber, signal.highestNumber());
    }

    @Override
    public void onSeatTaken(Signal.SeatTaken signal) {
        seatMine = true;
        seats = signal.seats();
        enter(signal.clusterId());
    }

    private void enter(long entered) {
        if (phase == Phase.SEEKING) {
            phase = Phase.MEMBER;
            clusterId = entered;
            quietSinceNanos = nowNanos();
            founding.end();
        }
    }

    @Override
    public void onRightChanged(Signal.RightChanged signal) {
        mayServe = signal.held();
        quietSinceNanos = nowNanos();
    }

    @Override
    public void onVerdictLearned(Signal.VerdictLearned signal) {
        if (phase != Phase.PARTING) {
            giveUp(signal.how());
        }
    }

    @Override
    public void onCoordinatorHeard(Signal.CoordinatorHeard signal) {
        if (coordinator == null || signal.term().number() >= coordinator.number()) {
            if (!signal.term().equals(coordinator)) {
                turn().publish(new ClusterEvent.CoordinatorSeen(
                        signal.term().node(), signal.term().number()));
            }
            coordinator = signal.term();
            coordinatorHeardNanos = nowNanos();
        }
    }

    @Override
    public void onMapChanged(Signal.MapChanged signal) {
        for (MapValue value : signal.changed()) {
            if (value instanceof MapValue.MemberEntry entry) {
                onMember(entry.member());
            } else if (value instanceof MapValue.Seats changed) {
                seats = changed;
            }
        }
        for (MapValue value : signal.removed()) {
            if (value instanceof MapValue.MemberEntry entry) {
                members.remove(entry.member().id());
            }
        }
    }

    private void onMember(Member member) {
        Member before = members.put(member.id(), member);
        if (member.id().equals(turn().self())) {
            if (before == null && member.status() == MemberStatus.UP) {
                turn().publish(new ClusterEvent.Joined(member.id(), clusterId));
            } else if (member.status() == MemberStatus.LEFT && phase == Phase.PARTING) {
                turn().startTimer(
                                Timer.PARTED,
                                Math.min(LAST_WORDS_NANOS, timings.detection().toNanos()));
            }
        }
    }

    /** A new start whose wall clock is behind: begin again above what was seen. A member is not impressed. */
    @Override
    public void onOutdated(Signal.Outdated signal) {
        if (phase == Phase.SEEKING && signal.newestIncarnation() > turn().self().incarnation()) {
            newestIncarnation = signal.newestIncarnation();
            giveUp("incarnation " + newestIncarnation + " of this node has been seen: its wall clock was set back");
        }
    }

    @Override
    public void onSeedUnreachable(Signal.SeedUnreachable signal) {
        replies.recordUnreachable(signal.address(), signal.why());
    }

    /** What other nodes say. */
    private final class Messages implements MembershipMessage.Handler {
        @Override
        public void onSeek(NodeId from, MembershipMessage.Seek message) {
            if (!message.seeds().isEmpty() && !message.seeds().equals(profile.seeds())) {
                String difference = Complaints.differingSeeds(from, message.seeds(), profile.seeds());
                if (phase == Phase.SEEKING) {
                    complaints.ofSelf(turn(), difference);
                } else {
                    complaints.ofOther(turn(), from, difference);
                }
            }
            turn().signal(new Signal.PeerSeen(from));
            long now = nowNanos();
            boolean giving = phase == Phase.GIVING_UP || (phase == Phase.MEMBER && wouldGiveUp(now));
            Standing standing =
                    phase == Phase.SEEKING ? Standing.SEEKING : giving ? Standing.WOULD_GIVE_UP : Standing.MEMBER;
            boolean heard = coordinator != null
                    && now - coordinatorHeardNanos < timings.detection().toNanos();
            Optional<NodeId> contact = heard ? Optional.ofNullable(coordinator).map(Term::node) : Optional.empty();
            turn().send(
                            from,
                            new MembershipMessage.SeekReply(
                                    standing,
                                    clusterId,
                                    mayServe && phase == Phase.MEMBER,
                                    contact,
                                    founding.mayLead(),
                                    // A founder whose clock is behind begins where the clocks of the others are.
                                    Math.max(
                                            Math.max(usedNumber(), founding.agreedNumber()),
                                            standing == Standing.SEEKING
                                                    ? turn().now().unixSeconds()
                                                    : 0),
                                    profile.seeds()));
        }

        @Override
        public void onSeekReply(NodeId from, MembershipMessage.SeekReply message) {
            replies.record(from, message, nowNanos());
            if (phase == Phase.SEEKING && replies.coordinatorToJoin(nowNanos()).isEmpty()) {
                replies.differingList(nowNanos()).ifPresent(text -> complaints.ofSelf(turn(), text));
            }
        }

        @Override
        public void onAgreeRequest(NodeId from, MembershipMessage.AgreeRequest message) {
            if (!isSeed()) {
                return;
            }
            if (!message.seeds().equals(profile.seeds())) {
                turn().send(from, new MembershipMessage.AgreeRefused(message.number(), 0, profile.seeds()));
            } else if (phase == Phase.MEMBER && wouldGiveUp(nowNanos())) {
                giveUp(from + " founds again");
            } else if (phase == Phase.SEEKING) {
                founding.onRequest(from, message.number());
            }
        }

        @Override
        public void onAgreed(NodeId from, MembershipMessage.Agreed message) {
            if (phase == Phase.SEEKING) {
                Optional<String> conflict = founding.onAgreed(from, message.number(), message.declaration());
                conflict.ifPresent(text -> {
                    turn().send(from, new MembershipMessage.JoinRefused(text));
                    complaints.ofOther(turn(), from, text);
                });
            }
        }

        @Override
        public void onAgreeRefused(NodeId from, MembershipMessage.AgreeRefused message) {
            if (!message.seeds().isEmpty()) {
                complaints.ofSelf(turn(), Complaints.differingSeeds(from, message.seeds(), profile.seeds()));
            } else {
                founding.onRefused(message.highestNumber());
            }
        }

        @Override
        public void onJoinRefused(NodeId from, MembershipMessage.JoinRefused message) {
            if (phase == Phase.SEEKING) {
                complaints.ofSelf(turn(), message.reason());
            }
        }

        @Override
        public void onJoined(NodeId from, MembershipMessage.Joined message) {
            if (phase == Phase.SEEKING && message.term().node().equals(from) && !seatMine) {
                enter(message.term().clusterId());
                turn().signal(new Signal.ClusterEntered(message.term().clusterId()));
                turn().signal(new Signal.CoordinatorHeard(message.term(), 0, from));
            }
        }

        @Override
        public void onVerdictNotice(NodeId from, MembershipMessage.VerdictNotice message) {
            boolean speaksForCluster = coordinator != null && coordinator.node().equals(from);
            boolean admittedAndLost = phase == Phase.SEEKING && from.equals(asked);
            if (admittedAndLost
                    || (message.clusterId() == clusterId && (speaksForCluster || members.containsKey(from)))) {
                onVerdictLearned(new Signal.VerdictLearned("the coordinator " + from + " says so"));
            }
        }
    }
}
