package io.shardhold.internal.kernel;

import io.shardhold.cluster.MemberStatus;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.Term;

/**
 * The comparisons on which the promises stand, all in one place: production uses {@link #STRICT}; a test takes one of
 * them out and shows that the simulation notices.
 */
public class Guards {
    public static final Guards STRICT = new Guards();

    protected Guards() {}

    /** How many seats must say yes. */
    public int quorum(MapValue.Seats seats) {
        return seats.quorum();
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

    /** Whether a region that has seen one term refuses a directive of another. */
    public boolean refusesTerm(long highestSeen, long offered) {
        return offered < highestSeen;
    }

    /** Whether a region that has stopped one epoch of a shard, and sees another in its map, refuses to host a third. */
    public boolean refusesEpoch(Epoch highestStopped, Epoch inMap, Epoch offered) {
        return offered.compareTo(highestStopped) <= 0 || offered.isBelow(inMap);
    }

    /** Whether a coordinator may act in this turn. */
    public boolean mayAct(boolean leader, boolean quorumAnswered) {
        return leader && quorumAnswered;
    }

    /** Whether what a member hosted may be placed again. */
    public boolean mayPlaceAgain(Wait wait, Moment now) {
        return wait.isOver(now);
    }

    /** The place of a message that came back among those that are parked. */
    public long parkedPlace(long sequence) {
        return sequence;
    }
}
