package io.shardhold.internal.membership;

import io.shardhold.cluster.NodeId;
import io.shardhold.config.Timings;
import io.shardhold.internal.kernel.Turn;
import io.shardhold.internal.protocol.Declaration;
import io.shardhold.internal.protocol.MembershipMessage;
import io.shardhold.internal.protocol.Term;
import io.shardhold.internal.signal.Signal;
import io.shardhold.internal.signal.Signal.LeaseUse;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a seed without a cluster does to found one: as the first of a majority that could, it takes a number and has the
 * others agree to it; as another, it agrees.
 *
 * <pre>
 *   no candidate --first of a majority--> (waits for the lease, whose token is the number) --> round --> majority agreed
 *   round --a higher number is known, or too old--> the next, under a higher number;   any --another is first--> no candidate
 * </pre>
 */
final class Founding {
    private final Timings timings;
    private final Membership.Profile profile;
    private final SeedReplies replies;
    private final Supplier<Turn> current;
    private long majoritySinceNanos = -1;
    private long agreedNumber;
    private @Nullable NodeId agreedCandidate;
    private @Nullable FoundingRound round;
    private boolean candidate;
    private boolean mayLead = true;
    private boolean leaseWanted;
    private long leaseToken;
    /** Since when the coordinator of this node writes what a majority agreed to; -1 if it does not. */
    private long writingSinceNanos = -1;

    Founding(Timings timings, Membership.Profile profile, SeedReplies replies, Supplier<Turn> current) {
        this.timings = timings;
        this.profile = profile;
        this.replies = replies;
        this.current = current;
        this.agreedNumber = profile.numberFloor();
    }

    private Turn turn() {
        return current.get();
    }

    private long nowNanos() {
        return turn().now().monoNanos();
    }

    /** The highest number that this seed has agreed to, or has been told of by one that would not agree. */
    long agreedNumber() {
        return agreedNumber;
    }

    boolean mayLead() {
        return mayLead;
    }

    void onLeaseReach(boolean reached) {
        mayLead = reached;
    }

    /** Looks whether this seed is the one to found, and does what is next if it is. */
    void consider(long usedNumber) {
        long now = nowNanos();
        String self = turn().self().address();
        List<String> available = replies.available(self, now);
        int majority = profile.seeds().size() / 2 + 1;
        candidate = false;
        if (replies.someBelong(now) || available.size() < majority) {
            majoritySinceNanos = -1;
            return;
        }
        if (majoritySinceNanos < 0) {
            majoritySinceNanos = now;
        }
        Optional<String> first = available.stream()
                .filter(s -> s.equals(self) ? mayLead : replies.couldFound(s, now))
                .findFirst()
                .or(() -> available.stream()
                        .filter(s -> s.equals(self) || replies.isSeeking(s, now))
                        .findFirst());
        boolean complete = available.size() == profile.seeds().size();
        boolean patient = now - majoritySinceNanos >= timings.founding().toNanos();
        candidate = first.equals(Optional.of(self)) && (complete || patient);
        if (candidate) {
            propose(available, usedNumber, now);
        }
    }

    private void propose(List<String> available, long usedNumber, long now) {
        if (round != null && !round.isOlderThan(2 * timings.founding().toNanos(), now)) {
            requestAgreements(round, available);
            settle(now);
            return;
        }
        if (writingSinceNanos >= 0
                && now - writingSinceNanos < timings.detection().toNanos()) {
            return;
        }
        long floor = Math.max(agreedNumber, Math.max(usedNumber, replies.highestNumber()));
        if (profile.leaseWait().isPresent() && leaseToken <= floor) {
            leaseWanted = true;
            turn().signal(new Signal.LeaseWanted(LeaseUse.FOUNDING, floor));
            return;
        }
        long number = profile.leaseWait().isPresent()
                ? leaseToken
                : Math.max(turn().now().unixSeconds(), floor + 1);
        if (number <= Term.MAX_NUMBER) {
            round = new FoundingRound(number, now, profile.seeds());
            agreeTo(turn().self(), number);
            round.agree(turn().self(), profile.declaration());
            requestAgreements(round, available);
            settle(now);
        }
    }

    private void requestAgreements(FoundingRound asking, List<String> available) {
        for (String seed : available) {
            replies.at(seed)
                    .ifPresent(id ->
                            turn().send(id, new MembershipMessage.AgreeRequest(asking.number(), profile.seeds())));
        }
    }

    private void settle(long now) {
        int available = replies.available(turn().self().address(), now).size();
        if (round != null && round.isSettled(available, now, timings.founding().toNanos())) {
            turn().signal(new Signal.MajorityAgreed(round.number(), profile.seeds(), round.bySeat()));
            writingSinceNanos = now;
            round = null;
        }
    }

    private void agreeTo(NodeId founder, long number) {
        agreedNumber = number;
        agreedCandidate = founder;
        turn().signal(new Signal.AgreedToFound(number, founder));
    }

    /** Another seed asks this one to agree. */
    void onRequest(NodeId from, long number) {
        if (number > agreedNumber) {
            agreeTo(from, number);
        }
        if (from.equals(agreedCandidate)) {
            turn().send(from, new MembershipMessage.Agreed(agreedNumber, profile.declaration()));
        } else {
            turn().send(from, new MembershipMessage.AgreeRefused(number, agreedNumber, List.of()));
        }
    }

    /** Another seed agrees; returns what does not fit between the two, if anything. */
    Optional<String> onAgreed(NodeId from, long number, Declaration declaration) {
        if (round == null || round.number() != number) {
            return Optional.empty();
        }
        Optional<String> conflict = round.agree(from, declaration);
        settle(nowNanos());
        return conflict;
    }

    /** Another seed has agreed to a higher number. */
    void onRefused(long highestNumber) {
        if (round != null && highestNumber >= round.number()) {
            agreedNumber = Math.max(agreedNumber, highestNumber);
            round = null;
        }
    }

    /** The lease is held; returns whether that is what founding waits for. */
    boolean onLeaseHeld(long token) {
        if (leaseWanted) {
            leaseToken = token;
        }
        return leaseWanted && candidate && round == null;
    }

    void onLeaseGone(long token) {
        if (leaseToken == token) {
            leaseToken = 0;
            round = null;
        }
    }

    /** The coordinator of this node has done what a majority agreed to, or has given it up. */
    void onCoordinatorChanged() {
        writingSinceNanos = -1;
    }

    /** Gives the lease back unless this seed is still the one to found. */
    void dropLeaseUnlessCandidate() {
        if (leaseWanted && !candidate) {
            leaseWanted = false;
            leaseToken = 0;
            round = null; // its number is the token of the lease
            turn().signal(new Signal.LeaseUnwanted(LeaseUse.FOUNDING));
        }
    }

    /** This node belongs to a cluster, or wants none any more. */
    void end() {
        round = null;
        candidate = false;
        dropLeaseUnlessCandidate();
    }
}
