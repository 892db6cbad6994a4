package io.shardhold.internal.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.MemberStatus;
import io.shardhold.cluster.NodeId;
import io.shardhold.config.Timings;
import io.shardhold.internal.kernel.Ending;
import io.shardhold.internal.kernel.Samples;
import io.shardhold.internal.kernel.TurnRecorder;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.CoordinatorMessage;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.MembershipMessage;
import io.shardhold.internal.protocol.MembershipMessage.AgreeRefused;
import io.shardhold.internal.protocol.MembershipMessage.AgreeRequest;
import io.shardhold.internal.protocol.MembershipMessage.Agreed;
import io.shardhold.internal.protocol.MembershipMessage.Seek;
import io.shardhold.internal.protocol.MembershipMessage.SeekReply;
import io.shardhold.internal.protocol.MembershipMessage.Standing;
import io.shardhold.internal.protocol.SeatMessage;
import io.shardhold.internal.signal.Signal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The membership of one node among three seeds, n1 to n3; by default of n1 itself. */
class MembershipTest {
    private static final Timings TIMINGS = Timings.DEFAULT;
    private static final List<String> SEEDS = Samples.seeds(3);
    private static final NodeId N1 = Samples.node("n1");
    private static final NodeId N2 = Samples.node("n2");
    private static final NodeId N3 = Samples.node("n3");
    private static final NodeId N4 = Samples.node("n4");
    private static final long UNIX_SECONDS = 1_700_000_000L;
    private static final Duration TICK = TIMINGS.probe();

    private TurnRecorder turn = new TurnRecorder(N1);
    private Membership membership = new Membership(TIMINGS, profile(0));

    private static Membership.Profile profile(long numberFloor) {
        return new Membership.Profile(SEEDS, Samples.hosting(), numberFloor, Optional.empty());
    }

    private void runOn(NodeId self) {
        turn = new TurnRecorder(self);
        membership = new Membership(TIMINGS, profile(0));
    }

    private void start() {
        membership.onSignal(new Signal.Started(), turn);
        turn.pass(membership, Duration.ZERO);
    }

    private void tick() {
        turn.pass(membership, TICK);
    }

    private void tell(NodeId from, ControlMessage message) {
        membership.onMessage(from, message, turn);
    }

    private void signal(Signal signal) {
        membership.onSignal(signal, turn);
    }

    private static SeekReply reply(Standing standing, long number) {
        return new SeekReply(standing, 0, false, Optional.empty(), true, number, SEEDS);
    }

    private void seeking(NodeId... seeds) {
        for (NodeId seed : seeds) {
            tell(seed, reply(Standing.SEEKING, 0));
        }
    }

    private static SeekReply memberOf(long cluster, NodeId coordinator) {
        return new SeekReply(Standing.MEMBER, cluster, true, Optional.of(coordinator), true, 10, SEEDS);
    }

    private List<Signal.MajorityAgreed> founded() {
        return turn.takeSignals(Signal.MajorityAgreed.class);
    }

    // ---- seeking -----------------------------------------------------------------------------------------------

    @Test
    void seedsAreSoughtAgainAndAgainAndTheListComesAlong() {
        start();
        tick();
        assertThat(turn.takeSent())
                .containsExactly(
                        new TurnRecorder.Sent("n2:7350", new Seek(SEEDS)),
                        new TurnRecorder.Sent("n3:7350", new Seek(SEEDS)),
                        new TurnRecorder.Sent("n2:7350", new Seek(SEEDS)),
                        new TurnRecorder.Sent("n3:7350", new Seek(SEEDS)));
    }

    @Test
    void nodeThatIsNoSeedSeeksWithoutAListAndNeverFounds() {
        runOn(N4);
        start();
        assertThat(turn.takeSent(Seek.class)).hasSize(3).containsOnly(new Seek(List.of()));
        for (int i = 0; i < 40; i++) {
            seeking(N1, N2, N3);
            tick();
        }
        assertThat(turn.takeSent(AgreeRequest.class)).isEmpty();
        assertThat(founded()).isEmpty();
    }

    // ---- founding ----------------------------------------------------------------------------------------------

    @Test
    void firstSeedFoundsAtOnceWhenAllSeedsAreThere() {
        start();
        seeking(N2, N3);
        tick();
        assertThat(turn.takeSent(AgreeRequest.class))
                .containsExactly(new AgreeRequest(UNIX_SECONDS, SEEDS), new AgreeRequest(UNIX_SECONDS, SEEDS));
        tell(N2, new Agreed(UNIX_SECONDS, Samples.hosting()));
        assertThat(founded()).as("n3 is there and has not agreed yet").isEmpty();
        tell(N3, new Agreed(UNIX_SECONDS, Samples.hosting()));
        List<Signal.MajorityAgreed> agreed = founded();
        assertThat(agreed).hasSize(1);
        assertThat(agreed.get(0).agreements())
                .extracting(a -> a.map(Signal.Agreement::node))
                .containsExactly(Optional.of(N1), Optional.of(N2), Optional.of(N3));
    }

    @Test
    void seedBehindAnAvailableOneInTheListLeavesTheFoundingToIt() {
        runOn(N2);
        start();
        seeking(N1, N3);
        for (int i = 0; i < 30; i++) {
            seeking(N1, N3);
            tick();
        }
        assertThat(turn.takeSent(AgreeRequest.class)).isEmpty();
    }

    @Test
    void majorityWaitsForTheMissingSeedForTheFoundingTime() {
        runOn(N2);
        start();
        Duration waited = Duration.ZERO;
        while (turn.takeSent(AgreeRequest.class).isEmpty() && waited.compareTo(Duration.ofSeconds(20)) < 0) {
            seeking(N3);
            tick();
            waited = waited.plus(TICK);
        }
        assertThat(waited).isBetween(TIMINGS.founding(), TIMINGS.founding().plus(TICK.multipliedBy(2)));
        long number = UNIX_SECONDS + waited.toSeconds();
        tell(N3, new Agreed(number, Samples.hosting()));
        assertThat(founded().get(0).agreements())
                .extracting(a -> a.map(Signal.Agreement::node))
                .containsExactly(Optional.empty(), Optional.of(N2), Optional.of(N3));
    }

    @Test
    void minorityNeverFounds() {
        start();
        for (int i = 0; i < 60; i++) {
            tick();
        }
        assertThat(founded()).isEmpty();
        assertThat(turn.takeSent(AgreeRequest.class)).isEmpty();
        assertThat(turn.takeEvents(ClusterEvent.SeedsUnanswered.class)).isNotEmpty();
    }

    @Test
    void silentSeedIsForgottenAfterFourProbes() {
        start();
        seeking(N2, N3);
        turn.pass(membership, Duration.ofSeconds(2));
        turn.takeSent();
        turn.pass(membership, TIMINGS.founding().multipliedBy(4));
        assertThat(turn.takeSent(AgreeRequest.class)).isEmpty();
    }

    @Test
    void numbersRiseAboveEveryoneThatWasSeen() {
        membership = new Membership(TIMINGS, profile(UNIX_SECONDS + 5));
        start();
        tell(N2, reply(Standing.SEEKING, UNIX_SECONDS + 9));
        tell(N3, reply(Standing.WOULD_GIVE_UP, UNIX_SECONDS + 7));
        tick();
        assertThat(turn.takeSent(AgreeRequest.class)).isNotEmpty().allMatch(r -> r.number() == UNIX_SECONDS + 10);
    }

    @Test
    void refusalWithAHigherNumberEndsTheRoundAndTheNextIsAboveIt() {
        start();
        seeking(N2, N3);
        tick();
        tell(N2, new AgreeRefused(UNIX_SECONDS, UNIX_SECONDS + 50, List.of()));
        tell(N3, new Agreed(UNIX_SECONDS, Samples.hosting()));
        tell(N2, new Agreed(UNIX_SECONDS, Samples.hosting()));
        assertThat(founded()).as("late agreements to a round that is over").isEmpty();
        turn.takeSent();
        seeking(N2, N3);
        tick();
        assertThat(turn.takeSent(AgreeRequest.class)).isNotEmpty().allMatch(r -> r.number() == UNIX_SECONDS + 51);
    }

    @Test
    void agreementToAnotherNumberOrFromNoSeedDoesNotCount() {
        start();
        seeking(N2, N3);
        tick();
        tell(N2, new Agreed(UNIX_SECONDS - 1, Samples.hosting()));
        tell(N4, new Agreed(UNIX_SECONDS, Samples.hosting()));
        tell(Samples.node("n5"), new Agreed(UNIX_SECONDS, Samples.hosting()));
        turn.pass(membership, TIMINGS.founding().plusSeconds(1));
        assertThat(founded()).isEmpty();
    }

    @Test
    void nobodyFoundsWhileASeedBelongsToAClusterThatMayLive() {
        start();
        for (int i = 0; i < 30; i++) {
            seeking(N3);
            tell(N2, new SeekReply(Standing.MEMBER, Samples.CLUSTER, false, Optional.empty(), true, 10, SEEDS));
            tick();
        }
        assertThat(turn.takeSent(AgreeRequest.class)).isEmpty();
    }

    @Test
    void listsThatDifferAreBothNamedAndFoundNothing() {
        start();
        List<String> other = List.of("n1:7350", "n3:7350", "n2:7350");
        tell(N2, new SeekReply(Standing.SEEKING, 0, false, Optional.empty(), true, 0, other));
        tell(N2, new SeekReply(Standing.SEEKING, 0, false, Optional.empty(), true, 0, other));
        assertThat(turn.takeEvents(ClusterEvent.JoinRefused.class))
                .as("said once")
                .hasSize(1)
                .allSatisfy(refused -> assertThat(refused.reason())
                        .contains(other.toString())
                        .contains(SEEDS.toString())
                        .contains("n2:7350"));
        turn.pass(membership, TIMINGS.founding().multipliedBy(2));
        assertThat(turn.takeSent(AgreeRequest.class)).isEmpty();
        tell(N2, new AgreeRequest(UNIX_SECONDS + 5, other));
        assertThat(turn.takeSent())
                .containsExactly(new TurnRecorder.Sent("n2#1", new AgreeRefused(UNIX_SECONDS + 5, 0, SEEDS)));
    }

    // ---- agreeing ----------------------------------------------------------------------------------------------

    @Test
    void seedAgreesToHigherNumbersOnlyAndToTheSameCandidateAgain() {
        start();
        turn.takeSent();
        tell(N2, new AgreeRequest(100, SEEDS));
        tell(N2, new AgreeRequest(100, SEEDS));
        tell(N3, new AgreeRequest(100, SEEDS));
        tell(N3, new AgreeRequest(99, SEEDS));
        tell(N3, new AgreeRequest(101, SEEDS));
        assertThat(turn.takeSent())
                .containsExactly(
                        new TurnRecorder.Sent("n2#1", new Agreed(100, Samples.hosting())),
                        new TurnRecorder.Sent("n2#1", new Agreed(100, Samples.hosting())),
                        new TurnRecorder.Sent("n3#1", new AgreeRefused(100, 100, List.of())),
                        new TurnRecorder.Sent("n3#1", new AgreeRefused(99, 100, List.of())),
                        new TurnRecorder.Sent("n3#1", new Agreed(101, Samples.hosting())));
        assertThat(turn.takeSignals(Signal.AgreedToFound.class))
                .containsExactly(new Signal.AgreedToFound(100, N2), new Signal.AgreedToFound(101, N3));
    }

    @Test
    void memberOfAClusterThatLivesAgreesToNothing() {
        becomeMember();
        turn.takeSent();
        tell(N2, new AgreeRequest(UNIX_SECONDS + 100, SEEDS));
        assertThat(turn.takeSent()).isEmpty();
        assertThat(turn.takeSignals(Signal.class)).isEmpty();
    }

    // ---- joining -----------------------------------------------------------------------------------------------

    private void becomeMember() {
        start();
        tell(N2, memberOf(Samples.CLUSTER, N2));
        tick();
        tell(N2, new MembershipMessage.Joined(Samples.term(10, N2)));
        signal(new Signal.CoordinatorHeard(Samples.term(10, N2), 0, N2));
        signal(new Signal.RightChanged(true));
        turn.takeSent();
        turn.takeSignals(Signal.class);
    }

    @Test
    void nodeAsksTheCoordinatorThatASeedNamesUntilItIsAdmitted() {
        start();
        turn.takeSent();
        tell(N2, memberOf(Samples.CLUSTER, N3));
        tick();
        assertThat(turn.takeReceivers(CoordinatorMessage.JoinRequest.class)).containsExactly("n3#1");
        tell(N2, new MembershipMessage.Joined(Samples.term(10, N3)));
        assertThat(turn.takeSignals(Signal.ClusterEntered.class))
                .as("somebody else's word")
                .isEmpty();
        tell(N3, new MembershipMessage.Joined(Samples.term(10, N3)));
        assertThat(turn.takeSignals(Signal.ClusterEntered.class))
                .containsExactly(new Signal.ClusterEntered(Samples.CLUSTER));
        tell(N3, new MembershipMessage.Joined(Samples.term(10, N3)));
        assertThat(turn.takeSignals(Signal.ClusterEntered.class)).as("twice").isEmpty();
    }

    @Test
    void clusterWithoutAQuorumIsNotAskedForAdmission() {
        start();
        tell(N2, new SeekReply(Standing.MEMBER, Samples.CLUSTER, false, Optional.of(N2), true, 10, SEEDS));
        turn.takeSent();
        tick();
        assertThat(turn.takeSent(CoordinatorMessage.JoinRequest.class)).isEmpty();
    }

    @Test
    void refusalIsSaidOncePerReasonAndTheNodeGoesOnAsking() {
        start();
        tell(N2, memberOf(Samples.CLUSTER, N2));
        tell(N2, new MembershipMessage.JoinRefused("the name is in use"));
        tell(N2, new MembershipMessage.JoinRefused("the name is in use"));
        assertThat(turn.takeEvents(ClusterEvent.JoinRefused.class)).hasSize(1);
        turn.takeSent();
        tick();
        assertThat(turn.takeSent(CoordinatorMessage.JoinRequest.class)).hasSize(1);
    }

    @Test
    void noticeThatTheNodeWasAdmittedAndLostBeforeItKnewIsAVerdict() {
        start();
        tell(N2, memberOf(Samples.CLUSTER, N2));
        tick();
        tell(N3, new MembershipMessage.VerdictNotice(Samples.CLUSTER));
        assertThat(turn.takeSignals(Signal.GivingUp.class))
                .as("it did not ask n3")
                .isEmpty();
        tell(N2, new MembershipMessage.VerdictNotice(Samples.CLUSTER));
        assertThat(turn.takeSignals(Signal.GivingUp.class)).hasSize(1);
    }

    // ---- verdict and giving up ---------------------------------------------------------------------------------

    @Test
    void verdictEndsThisIncarnationWhenNothingRunsAnyMore() {
        becomeMember();
        signal(new Signal.VerdictLearned("test"));
        signal(new Signal.VerdictLearned("test"));
        assertThat(turn.takeSignals(Signal.GivingUp.class)).containsExactly(new Signal.GivingUp("test"));
        assertThat(turn.ending()).isNull();
        signal(new Signal.RegionSilent());
        assertThat(turn.ending()).isInstanceOf(Ending.Rebirth.class);
    }

    @Test
    void noticeCountsFromTheCoordinatorOrAMemberOfTheOwnClusterOnly() {
        becomeMember();
        tell(N3, new MembershipMessage.VerdictNotice(Samples.CLUSTER));
        tell(N2, new MembershipMessage.VerdictNotice(Samples.CLUSTER + 1));
        assertThat(turn.takeSignals(Signal.GivingUp.class)).isEmpty();
        tell(N2, new MembershipMessage.VerdictNotice(Samples.CLUSTER));
        assertThat(turn.takeSignals(Signal.GivingUp.class)).hasSize(1);
    }

    @Test
    void memberWithItsRightLooksForNoOtherCluster() {
        becomeMember();
        tell(N3, memberOf(Samples.CLUSTER + 1, N3));
        tick();
        assertThat(turn.takeSent(Seek.class)).isEmpty();
        assertThat(turn.takeSignals(Signal.GivingUp.class)).isEmpty();
    }

    @Test
    void memberWithoutItsRightThatMeetsAnotherClusterWithAQuorumGivesUp() {
        becomeMember();
        signal(new Signal.RightChanged(false));
        tell(N3, memberOf(Samples.CLUSTER, N3));
        tick();
        assertThat(turn.takeSignals(Signal.GivingUp.class))
                .as("its own cluster")
                .isEmpty();
        tell(N3, memberOf(Samples.CLUSTER + 1, N3));
        tick();
        assertThat(turn.takeSignals(Signal.GivingUp.class)).hasSize(1);
    }

    private void loseQuorum(NodeId... others) {
        signal(new Signal.RightChanged(false));
        for (Duration waited = Duration.ZERO; waited.compareTo(Duration.ofSeconds(6)) < 0; waited = waited.plus(TICK)) {
            tick();
            for (NodeId other : others) {
                tell(other, reply(Standing.WOULD_GIVE_UP, 10));
            }
        }
    }

    @Test
    void firstSeedOfAMajorityWithoutQuorumGivesUpToFoundAgain() {
        becomeMember();
        loseQuorum(N3);
        assertThat(turn.takeSignals(Signal.GivingUp.class)).hasSize(1);
    }

    @Test
    void seedWithoutAMajorityOfSeedsKeepsItsCluster() {
        becomeMember();
        loseQuorum();
        assertThat(turn.takeSignals(Signal.GivingUp.class)).isEmpty();
    }

    @Test
    void otherSeedsGiveUpWhenTheCandidateAsksThem() {
        becomeMember();
        tell(N3, new AgreeRequest(UNIX_SECONDS + 50, SEEDS));
        assertThat(turn.takeSignals(Signal.GivingUp.class))
                .as("it has the right")
                .isEmpty();
        signal(new Signal.RightChanged(false));
        turn.pass(membership, TIMINGS.detection());
        tell(N3, new AgreeRequest(UNIX_SECONDS + 50, SEEDS));
        assertThat(turn.takeSignals(Signal.GivingUp.class))
                .as("not for long enough")
                .isEmpty();
        turn.pass(membership, TIMINGS.stable());
        turn.takeSent();
        tell(N3, new AgreeRequest(UNIX_SECONDS + 50, SEEDS));
        assertThat(turn.takeSignals(Signal.GivingUp.class)).hasSize(1);
        assertThat(turn.takeSent(Agreed.class))
                .as("the next incarnation agrees, not this one")
                .isEmpty();
    }

    @Test
    void wordOfACoordinatorKeepsASeedFromGivingUp() {
        becomeMember();
        signal(new Signal.RightChanged(false));
        turn.pass(membership, TIMINGS.detection());
        signal(new Signal.CoordinatorHeard(Samples.term(10, N2), 0, N2));
        turn.pass(membership, TIMINGS.stable());
        tell(N3, new AgreeRequest(UNIX_SECONDS + 50, SEEDS));
        assertThat(turn.takeSignals(Signal.GivingUp.class)).isEmpty();
    }

    @Test
    void highestNumberGoesOnIntoTheNextIncarnation() {
        becomeMember();
        tell(N3, reply(Standing.WOULD_GIVE_UP, 77));
        signal(new Signal.VerdictLearned("test"));
        signal(new Signal.RegionSilent());
        assertThat(turn.ending()).isEqualTo(new Ending.Rebirth("test", 77, 0));
    }

    // ---- leaving -----------------------------------------------------------------------------------------------

    private void learn(MapValue... values) {
        signal(new Signal.MapChanged(List.of(values), List.of()));
    }

    @Test
    void leaverAsksTheCoordinatorUntilEverythingIsHandedOverAndSaysGoodbye() {
        becomeMember();
        learn(Samples.seats(1, 3, N2, N3), Samples.up(N1, 1), Samples.up(N2, 2));
        signal(new Signal.LeaveAsked());
        tick();
        assertThat(turn.takeSent(CoordinatorMessage.LeaveRequest.class)).hasSize(2);
        signal(new Signal.HandedOver());
        assertThat(turn.takeSent())
                .containsExactly(
                        new TurnRecorder.Sent("n2#1", new SeatMessage.Goodbye(Samples.CLUSTER)),
                        new TurnRecorder.Sent("n3#1", new SeatMessage.Goodbye(Samples.CLUSTER)),
                        new TurnRecorder.Sent("n2#1", new CoordinatorMessage.Farewell(Samples.CLUSTER)));
        learn(Samples.inStatus(N1, 1, MemberStatus.LEFT));
        turn.pass(membership, Duration.ofMillis(250));
        assertThat(turn.ending()).isEqualTo(new Ending.Departure(true));
        assertThat(turn.takeEvents(ClusterEvent.Left.class)).containsExactly(new ClusterEvent.Left(N1, true));
    }

    @Test
    void goodbyeWithoutAnAnswerIsRepeatedForTheDetectionTimeAndThenTheNodeGoes() {
        becomeMember();
        learn(Samples.seats(1, 3, N2, N3), Samples.up(N2, 2));
        signal(new Signal.LeaveAsked());
        signal(new Signal.HandedOver());
        turn.takeSent();
        turn.pass(membership, TIMINGS.detection().minusMillis(1));
        assertThat(turn.takeSent(SeatMessage.Goodbye.class)).hasSizeGreaterThan(6);
        assertThat(turn.ending()).isNull();
        turn.pass(membership, Duration.ofMillis(1));
        assertThat(turn.ending()).isEqualTo(new Ending.Departure(true));
    }

    @Test
    void lastHostStopsItsEntitiesBecauseNobodyStays() {
        becomeMember();
        learn(
                Samples.up(N1, 1),
                Samples.inStatus(N3, 3, MemberStatus.LEAVING),
                new MapValue.MemberEntry(Samples.routing().toMember(N2, 2)));
        signal(new Signal.LeaveAsked());
        tick();
        assertThat(turn.takeSignals(Signal.StopAll.class)).as("once").hasSize(1);
        assertThat(turn.takeSent(CoordinatorMessage.LeaveRequest.class)).isEmpty();
        signal(new Signal.RegionSilent());
        turn.pass(membership, TIMINGS.detection());
        assertThat(turn.ending()).isEqualTo(new Ending.Departure(false));
    }

    @Test
    void leaverThatHasNoAnswerForTheHandoffTimeStopsItsEntities() {
        becomeMember();
        learn(Samples.up(N1, 1), Samples.up(N2, 2));
        signal(new Signal.LeaveAsked());
        turn.pass(membership, TIMINGS.handOff().minusMillis(1));
        assertThat(turn.takeSignals(Signal.StopAll.class)).isEmpty();
        turn.pass(membership, Duration.ofMillis(1));
        assertThat(turn.takeSignals(Signal.StopAll.class)).hasSize(1);
    }

    @Test
    void leavingIsOverWithTheShutdownTimeWhateverRuns() {
        becomeMember();
        learn(Samples.up(N1, 1), Samples.up(N2, 2));
        signal(new Signal.LeaveAsked());
        turn.pass(membership, TIMINGS.shutdown().minusMillis(1));
        assertThat(turn.ending()).isNull();
        turn.pass(membership, Duration.ofMillis(1));
        assertThat(turn.ending()).isEqualTo(new Ending.Departure(false));
    }

    @Test
    void nodeThatBelongsToNoClusterLeavesAtOnce() {
        start();
        signal(new Signal.LeaveAsked());
        assertThat(turn.takeSignals(Signal.StopAll.class)).hasSize(1);
        signal(new Signal.RegionSilent());
        assertThat(turn.ending()).isEqualTo(new Ending.Departure(false));
    }

    @Test
    void verdictWhileLeavingStopsEverythingAndTheNodeStillLeaves() {
        becomeMember();
        learn(Samples.up(N1, 1), Samples.up(N2, 2));
        signal(new Signal.LeaveAsked());
        signal(new Signal.VerdictLearned("test"));
        assertThat(turn.takeSignals(Signal.GivingUp.class)).hasSize(1);
        signal(new Signal.RegionSilent());
        turn.pass(membership, TIMINGS.detection());
        assertThat(turn.ending()).isInstanceOf(Ending.Departure.class);
    }

    // ---- answering those who seek ------------------------------------------------------------------------------

    @Test
    void answerToASeekSaysWhereThisNodeStands() {
        start();
        turn.takeSent();
        tell(N4, new Seek(List.of()));
        assertThat(turn.takeSent(SeekReply.class).get(0).standing()).isEqualTo(Standing.SEEKING);
        tell(N2, memberOf(Samples.CLUSTER, N2));
        tick();
        tell(N2, new MembershipMessage.Joined(Samples.term(10, N2)));
        signal(new Signal.CoordinatorHeard(Samples.term(10, N2), 0, N2));
        signal(new Signal.RightChanged(true));
        turn.takeSent();
        tell(N4, new Seek(List.of()));
        SeekReply member = turn.takeSent(SeekReply.class).get(0);
        assertThat(member.standing()).isEqualTo(Standing.MEMBER);
        assertThat(member.mayServe()).isTrue();
        assertThat(member.coordinator()).contains(N2);
        assertThat(member.highestNumber()).isEqualTo(10);
        signal(new Signal.RightChanged(false));
        turn.pass(membership, TIMINGS.detection().plus(TIMINGS.stable()));
        turn.takeSent();
        tell(N4, new Seek(List.of()));
        SeekReply lost = turn.takeSent(SeekReply.class).get(0);
        assertThat(lost.standing()).isEqualTo(Standing.WOULD_GIVE_UP);
        assertThat(lost.coordinator()).as("not heard for the detection time").isEmpty();
    }
}
