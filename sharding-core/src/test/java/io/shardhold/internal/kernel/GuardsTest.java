package io.shardhold.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.MemberStatus;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.MapValue;
import org.junit.jupiter.api.Test;

final class GuardsTest {
    private static final NodeId N1 = Samples.node("n1");
    private static final Epoch LOW = new Epoch(10, 1);
    private static final Epoch HIGH = new Epoch(10, 2);

    private final Guards guards = Guards.STRICT;

    @Test
    void everyQuorumIsMoreThanHalfOfAllSeatsFilledOrNot() {
        MapValue.Seats seats = Samples.seats(1, 3, N1);
        assertThat(guards.quorum(seats)).isEqualTo(2);
        assertThat(guards.quorum(seats, 1)).as("whoever is heard").isEqualTo(2);
        assertThat(guards.writeQuorum(seats)).isEqualTo(2);
        assertThat(guards.promiseQuorum(seats)).isEqualTo(2);
    }

    @Test
    void aSeatAcceptsNothingBehindAGap() {
        assertThat(guards.mayAcceptFrom(7, 7)).isTrue();
        assertThat(guards.mayAcceptFrom(3, 7)).as("once more").isTrue();
        assertThat(guards.mayAcceptFrom(8, 7)).isFalse();
    }

    @Test
    void aLeaseIsBelievedInWhileItLivesAndNobodyHasSaidOtherwise() {
        assertThat(guards.believesLease(true, () -> true)).isTrue();
        assertThat(guards.believesLease(true, () -> false)).isFalse();
        assertThat(guards.believesLease(false, () -> true)).isFalse();
    }

    @Test
    void onlyAStopOrAVerdictEndsAHomeAndNoTimeout() {
        assertThat(guards.hasLeft(false, true)).isFalse();
        assertThat(guards.hasLeft(true, false)).isTrue();
    }

    @Test
    void aHomeThatHasNotRegisteredIsAHome() {
        assertThat(guards.isHomeless(true, false)).isFalse();
        assertThat(guards.isHomeless(false, false)).isTrue();
    }

    @Test
    void aClaimCountsForTheSameNodeAndEpochOnly() {
        assertThat(guards.isClaim(true, LOW, LOW)).isTrue();
        assertThat(guards.isClaim(true, LOW, HIGH)).isFalse();
        assertThat(guards.isClaim(false, LOW, LOW)).isFalse();
    }

    @Test
    void aMoveWaitsForAllRegionsOrLongEnough() {
        assertThat(guards.mayBeginMove(false, false)).isFalse();
        assertThat(guards.mayBeginMove(true, false)).isTrue();
        assertThat(guards.mayBeginMove(false, true)).isTrue();
    }

    @Test
    void whoLeavesServesOnAndIsGivenNothing() {
        assertThat(guards.mayConsent(MemberStatus.LEAVING)).isTrue();
        assertThat(guards.mayBeGiven(MemberStatus.LEAVING)).isFalse();
        assertThat(guards.mayBeGiven(MemberStatus.UP)).isTrue();
    }

    @Test
    void goodbyeIsSaidWhenNothingRunsAndTheMapExpectsNothing() {
        assertThat(guards.maySayGoodbye(true, () -> false)).isTrue();
        assertThat(guards.maySayGoodbye(true, () -> true)).isFalse();
        assertThat(guards.maySayGoodbye(false, () -> false)).isFalse();
    }

    @Test
    void limitsOfTimeAndSpaceAreWhereTheyAreSaidToBe() {
        assertThat(guards.isInContact(2, 3)).isTrue();
        assertThat(guards.isInContact(3, 3)).isFalse();
        assertThat(guards.mustResign(2, 3)).isFalse();
        assertThat(guards.mustResign(3, 3)).isTrue();
        assertThat(guards.mayPark(9, 10)).isTrue();
        assertThat(guards.mayPark(10, 10)).isFalse();
        assertThat(guards.mayProbe(Long.MAX_VALUE)).isTrue();
        assertThat(guards.sameShards(12, 6)).isFalse();
    }

    @Test
    void whatIsNotAnsweredIsRepeatedAndWhatIsNotTakenGoesBack() {
        assertThat(guards.repeatsDirectives()).isTrue();
        assertThat(guards.repeatsStops()).isTrue();
        assertThat(guards.mustReturn(false)).isTrue();
        assertThat(guards.mustReturn(true)).isFalse();
    }

    @Test
    void coordinatorAsksBeforeItActsWhateverMadeTheTurn() {
        assertThat(guards.asksBeforeActing(true)).isTrue();
        assertThat(guards.asksBeforeActing(false)).isTrue();
    }

    @Test
    void seatsChangeInTwoStepsAndNobodyGetsOneUnread() {
        assertThat(guards.emptiesFirst()).isTrue();
        assertThat(guards.followsNewerSeats()).isTrue();
        assertThat(guards.isFilled(4, 5)).isFalse();
        assertThat(guards.isFilled(5, 5)).isTrue();
        assertThat(guards.sameConfiguration(1, 2)).isFalse();
        assertThat(guards.sameConfiguration(2, 2)).isTrue();
    }
}
