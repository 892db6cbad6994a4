package io.shardhold.internal.kernel;

import io.shardhold.cluster.MemberStatus;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.Term;
import java.util.function.BooleanSupplier;

/**
 * The comparisons on which the promises stand, all in one place: production uses {@link #STRICT}; a test takes one of
 * them out and shows that the simulation notices.
 */
public class Guards {
    public static final Guards STRICT = new Guards();

    protected Guards() {}

    // ---- seats ---------------------------------------------------------------------------------------------------

    /** How many seats must say yes. */
    public int quorum(MapValue.Seats seats) {
        return seats.quorum();
    }

    /** How many seats must say yes in a question of this moment, however few of them are heard from. */
    public int quorum(MapValue.Seats seats, long heard) {
        return quorum(seats);
    }

    /** How many seats must hold a write before it counts, and before a directive leaves that follows from it. */
    public int writeQuorum(MapValue.Seats seats) {
        return quorum(seats);
    }

    /** How many seats must have promised, and have been read in full, before the map is known. */
    public int promiseQuorum(MapValue.Seats seats) {
        return quorum(seats);
    }

    /** Whether a candidate goes by the latest seats that a promise tells it of, and not by those that it knew. */
    public boolean followsNewerSeats() {
        return true;
    }

    /** Whether a seat is emptied before somebody else gets it: quorums before and after a swap need not meet. */
    public boolean emptiesFirst() {
        return true;
    }

    /** Whether somebody who has accepted so much of what was written before it gets a seat may get it. */
    public boolean isFilled(long accepted, long before) {
        return accepted >= before;
    }

    /** Whether a seat that stands at one position accepts what begins at another: nothing may be missing between them. */
    public boolean mayAcceptFrom(long from, long position) {
        return from <= position;
    }

    /** Whether a seat that has promised to one term may obey another: a higher number, or the same from the same node. */
    public boolean mayObey(long promisedNumber, boolean samePromisedNode, Term term) {
        return term.number() > promisedNumber || (term.number() == promisedNumber && samePromisedNode);
    }

    /** Whether a seat may consent to a member in this status of its own entries, committed or not. */
    public boolean mayConsent(MemberStatus accepted) {
        return accepted.mayServe();
    }

    /** Whether a consent belongs to the configuration under which consents are being added up. */
    public boolean sameConfiguration(long counted, long consented) {
        return counted == consented;
    }

    /** Whether a seat still counts a coordinator as active, and so promises to nobody else. */
    public boolean isInContact(long silentNanos, long detectionNanos) {
        return silentNanos < detectionNanos;
    }

    /** Whether a seat is probed, however long it has been silent. */
    public boolean mayProbe(long silentNanos) {
        return true;
    }

    // ---- regions -------------------------------------------------------------------------------------------------

    /** Whether a region that has seen one term refuses a directive of another. */
    public boolean refusesTerm(long highestSeen, long offered) {
        return offered < highestSeen;
    }

    /** Whether a region that has stopped one epoch of a shard, and sees another in its map, refuses to host a third. */
    public boolean refusesEpoch(Epoch highestStopped, Epoch inMap, Epoch offered) {
        return offered.compareTo(highestStopped) <= 0 || offered.isBelow(inMap);
    }

    /** Whether a region says again that it has stopped a shard, as long as no coordinator has acknowledged it. */
    public boolean repeatsStops() {
        return true;
    }

    /** Whether a leaving node may say goodbye, which ends its right: nothing runs there, and the map expects nothing. */
    public boolean maySayGoodbye(boolean hostsNothing, BooleanSupplier expectedByTheMap) {
        return hostsNothing && !expectedByTheMap.getAsBoolean();
    }

    /** Whether a message that was not taken goes back to the region that sent it. */
    public boolean mustReturn(boolean taken) {
        return !taken;
    }

    /** Whether one more message may be parked. */
    public boolean mayPark(int parked, int capacity) {
        return parked < capacity;
    }

    /** The place of a message that came back among those that are parked. */
    public long parkedPlace(long sequence) {
        return sequence;
    }

    // ---- the coordinator -----------------------------------------------------------------------------------------

    /** Whether a coordinator asks whether it may act, whatever made the turn: a message, a timer or a signal. */
    public boolean asksBeforeActing(boolean onMessage) {
        return true;
    }

    /** Whether a lease is believed in: not only until somebody says that it is lost, but as long as its own clocks say. */
    public boolean believesLease(boolean told, BooleanSupplier alive) {
        return alive.getAsBoolean() && told;
    }

    /** Whether a coordinator may act in this turn. */
    public boolean mayAct(boolean leader, boolean quorumAnswered) {
        return leader && quorumAnswered;
    }

    /** Whether a coordinator gives up that has not been able to act for so long: one missed answer is no loss. */
    public boolean mustResign(long unableNanos, long detectionNanos) {
        return unableNanos >= detectionNanos;
    }

    /** Whether shards without a home may be given one by a coordinator that has become active so long ago. */
    public boolean mayPlaceFirst(Wait sinceActive, Moment now) {
        return sinceActive.isOver(now);
    }

    /** Whether what a member hosted may be placed again. */
    public boolean mayPlaceAgain(Wait wait, Moment now) {
        return wait.isOver(now);
    }

    /** Whether the home of a shard counts as free of it: a stop or a verdict says so, never a timeout. */
    public boolean hasLeft(boolean stoppedOrGone, boolean late) {
        return stoppedOrGone;
    }

    /** Whether a shard is to be given a home: unknown is not dead, so a home that has not registered is a home. */
    public boolean isHomeless(boolean hasHome, boolean homeRegistered) {
        return !hasHome;
    }

    /** Whether the claim of a region to a shard is what the map says: the same node, the same epoch. */
    public boolean isClaim(boolean sameNode, Epoch written, Epoch claimed) {
        return sameNode && written.equals(claimed);
    }

    /** Whether a directive without an answer is given again. */
    public boolean repeatsDirectives() {
        return true;
    }

    /** Whether a move may be written: a region that does not answer delays nobody. */
    public boolean mayBeginMove(boolean allPark, boolean waitedEnough) {
        return allPark || waitedEnough;
    }

    /** Whether a member in this status may be given shards: only who stays. */
    public boolean mayBeGiven(MemberStatus status) {
        return status == MemberStatus.UP;
    }

    /** Whether a newcomer divides an entity type into shards as the cluster does. */
    public boolean sameShards(int known, int declared) {
        return known == declared;
    }
}
