package io.shardhold.internal.coordinator;

import static io.shardhold.internal.coordinator.CoordinatorFixture.N1;
import static io.shardhold.internal.coordinator.CoordinatorFixture.N2;
import static io.shardhold.internal.coordinator.CoordinatorFixture.N3;
import static io.shardhold.internal.coordinator.CoordinatorFixture.N4;
import static io.shardhold.internal.coordinator.CoordinatorFixture.TIMINGS;
import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.allocation.LeastShards;
import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.MemberStatus;
import io.shardhold.cluster.NodeId;
import io.shardhold.config.Limits;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.Samples;
import io.shardhold.internal.protocol.CoordinatorMessage;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.SeatMessage;
import io.shardhold.internal.protocol.ShardKey;
import io.shardhold.internal.protocol.Term;
import io.shardhold.internal.signal.Signal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Founding, placing, and the gate that every act goes through. */
class ShardCoordinatorTest extends CoordinatorStage {

    @Test
    void founderIsActiveWhenAQuorumHasAcceptedItsSeatsAndMembers() {
        c.answering.retainAll(List.of(N1));
        c.beginFounding();
        c.play();
        assertThat(c.isActive()).isFalse();
        c.answering.add(N2);
        c.run(TIMINGS.probe());
        assertThat(c.isActive()).isTrue();
        assertThat(c.turn.takeSignals(Signal.CoordinatorChanged.class)).hasSize(1);
        assertThat(c.takeEvents(ClusterEvent.Founded.class))
                .singleElement()
                .satisfies(f -> assertThat(f.seats()).containsExactly(N1, N2, N3));
        assertThat(c.takeOthers()).extracting(s -> s.to()).containsExactly("n1#1", "n2#1", "n3#1");
        assertThat(c.member(N3)).isPresent();
    }

    @Test
    void founderWithoutAQuorumGivesUpAfterTheDetectionTimeAndTellsTheSeats() {
        c.answering.retainAll(List.of(N1));
        c.beginFounding();
        c.run(TIMINGS.detection().plusMillis(200));
        assertThat(c.takeEvents(ClusterEvent.CoordinatorPassive.class)).isNotEmpty();
        c.answering.addAll(List.of(N2, N3));
        c.run(TIMINGS.retry());
        assertThat(c.takeOthers(SeatMessage.Resigned.class)).isNotEmpty();
        assertThat(c.isActive()).isFalse();
    }

    @Test
    void nothingIsPlacedBeforeTheWaitAfterAFounding() {
        c.beginFounding();
        c.play();
        c.register(N1, N2, N3);
        askHome(0);
        c.run(TIMINGS.verdictWait().minusMillis(100));
        assertThat(c.placement(0)).as("rights of an older cluster may last").isEmpty();
        c.run(TIMINGS.retry().plusMillis(200));
        assertThat(c.placement(0)).isPresent();
    }

    @Test
    void noDirectiveLeavesBeforeItsPlacementIsOnAQuorum() {
        c.founded();
        c.answering.retainAll(List.of(N1));
        askHome(0);
        assertThat(c.placement(0)).as("written").isPresent();
        assertThat(c.takeHostings()).isEmpty();
        c.answering.add(N3);
        c.run(TIMINGS.probe());
        assertThat(c.takeHostings()).contains(placement(0).home() + ": cart/0@10/1");
    }

    @Test
    void shardsThatNobodyDeclaredAreNotPlaced() {
        c.founded();
        askHome(Samples.SHARDS);
        c.say(N2, new CoordinatorMessage.HomeQuery(c.term().clusterId(), List.of(new ShardKey("unknown", 0))));
        c.run(Duration.ofSeconds(1));
        assertThat(c.takeHostings()).isEmpty();
    }

    @Test
    void askingAgainPlacesNothingAgain() {
        c.founded();
        askHome(0, 1, 2);
        askHome(0, 1, 2);
        assertThat(c.takeHostings()).hasSize(3);
        assertThat(List.of(
                        placement(0).home(), placement(1).home(), placement(2).home()))
                .as("spread evenly")
                .containsExactlyInAnyOrder(N1, N2, N3);
    }

    @Test
    void directiveIsRepeatedUntilItsHomeAnswersForThatEpoch() {
        c.founded();
        askHome(0);
        NodeId home = placement(0).home();
        c.takeHostings();
        c.run(TIMINGS.retry());
        assertThat(c.takeHostings()).hasSize(1);
        hosted(home, 0, new Epoch(9, 1));
        hosted(home.equals(N3) ? N2 : N3, 0, new Epoch(10, 1));
        c.run(TIMINGS.retry());
        assertThat(c.takeHostings()).as("another epoch, another node").hasSize(1);
        hosted(home, 0, new Epoch(10, 1));
        c.run(TIMINGS.retry().multipliedBy(3));
        assertThat(c.takeHostings()).isEmpty();
    }

    @Test
    void homeThatIsHeardBySeatsButAnswersNothingGetsItsVerdictAfterTheHandoffTime() {
        c.founded();
        askHome(0, 1, 2);
        for (int shard = 0; shard < 3; shard++) {
            NodeId home = placement(shard).home();
            if (!home.equals(N3)) {
                hosted(home, shard, placement(shard).epoch());
            }
        }
        c.run(TIMINGS.handOff().minusSeconds(1));
        assertThat(c.takeEvents(ClusterEvent.Verdict.class)).isEmpty();
        c.run(Duration.ofSeconds(2));
        assertThat(c.takeEvents(ClusterEvent.Verdict.class))
                .singleElement()
                .satisfies(v -> assertThat(v.member()).isEqualTo(N3));
    }

    @Test
    void homeThatHasStoppedItsShardIsReplacedUnderANewEpoch() {
        c.founded();
        askHome(0);
        NodeId home = placement(0).home();
        hosted(home, 0, new Epoch(10, 1));
        stopped(home, 0, new Epoch(9, 1));
        assertThat(placement(0).epoch()).as("another epoch's stop").isEqualTo(new Epoch(10, 1));
        stopped(home, 0, new Epoch(10, 1));
        assertThat(placement(0).epoch()).isEqualTo(new Epoch(10, 2));
    }

    @Test
    void nothingHappensWhileItMayNotActForWantOfTheRight() {
        c.founded();
        c.coordinator.onSignal(new Signal.RightChanged(false), c.turn);
        askHome(0);
        c.say(N4, new CoordinatorMessage.JoinRequest(Samples.hosting(), 0));
        c.run(Duration.ofSeconds(1));
        assertThat(c.isActive()).isFalse();
        assertThat(c.placement(0)).isEmpty();
        assertThat(c.takeOthers()).isEmpty();
        c.coordinator.onSignal(new Signal.RightChanged(true), c.turn);
        askHome(0);
        assertThat(c.placement(0)).isPresent();
    }

    @Test
    void nothingHappensWhileNoQuorumHasAnsweredWithinTheConsentTime() {
        c.founded();
        c.answering.retainAll(List.of(N1));
        c.run(TIMINGS.consent().plusMillis(100));
        askHome(0);
        c.say(N4, new CoordinatorMessage.JoinRequest(Samples.hosting(), 0));
        assertThat(c.isActive()).isFalse();
        assertThat(c.placement(0)).isEmpty();
        assertThat(c.member(N4)).isEmpty();
    }

    @Test
    void wallClockThatLeapsTakesThePowerUntilAQuorumAnswersAgain() {
        c.founded();
        c.turn.clock().jumpWall(Duration.ofSeconds(30));
        askHome(0);
        assertThat(c.placement(0)).isEmpty();
        c.run(TIMINGS.probe());
        askHome(0);
        assertThat(c.placement(0)).isPresent();
    }

    @Test
    void coordinatorWithoutAQuorumForTheDetectionTimeTurnsPassive() {
        c.founded();
        c.answering.retainAll(List.of(N1));
        c.run(TIMINGS.detection().minusSeconds(1));
        assertThat(c.takeEvents(ClusterEvent.CoordinatorPassive.class)).isEmpty();
        c.run(Duration.ofSeconds(3));
        assertThat(c.takeEvents(ClusterEvent.CoordinatorPassive.class)).isNotEmpty();
    }

    @Test
    void higherTermAnywhereEndsIt() {
        c.founded();
        Term old = c.term();
        c.coordinator.onSignal(new Signal.CoordinatorHeard(new Term(old.clusterId(), 11, N2), 0, N2), c.turn);
        assertThat(c.isActive()).isFalse();
        assertThat(c.turn.takeSignals(Signal.CoordinatorChanged.class)).contains(new Signal.CoordinatorChanged(null));
        c.run(TIMINGS.retry().multipliedBy(2));
        List<SeatMessage.Resigned> told = c.takeOthers(SeatMessage.Resigned.class);
        assertThat(told).hasSizeGreaterThan(3).containsOnly(new SeatMessage.Resigned(old));
        for (NodeId seat : List.of(N1, N2, N3)) {
            c.say(seat, new CoordinatorMessage.ResignedAck(old));
        }
        c.takeOthers();
        c.run(TIMINGS.retry().multipliedBy(2));
        assertThat(c.takeOthers(SeatMessage.Resigned.class))
                .as("all seats know")
                .isEmpty();
    }

    @Test
    void refusalByASeatOrARegionWithAHigherNumberEndsItAndOtherRefusalsDoNot() {
        c.founded();
        c.say(N4, new CoordinatorMessage.DirectiveRefused(c.term(), 99));
        c.say(N2, new CoordinatorMessage.DirectiveRefused(c.term(), 10));
        c.say(N4, new CoordinatorMessage.ReplicateRefused(c.term(), 99, 0));
        assertThat(c.isActive()).isTrue();
        c.say(N2, new CoordinatorMessage.ReplicateRefused(c.term(), 11, 0));
        assertThat(c.isActive()).isFalse();
    }

    @Test
    void whoeverLearnsAndKnowsAHigherNumberIsNotWrittenToAtOnceAgain() {
        c.founded();
        c.takeOthers();
        c.say(N4, new CoordinatorMessage.ReplicateRefused(c.term(), 99, 0));
        c.say(N3, new CoordinatorMessage.ReplicateRefused(c.term(), 10, 0));
        assertThat(c.takeOthers(SeatMessage.Replicate.class)).isEmpty();
    }

    @Test
    void coordinatorThatLeavesResignsInTheTurnInWhichItsEntryIsCommitted() {
        c.founded();
        c.say(N1, new CoordinatorMessage.LeaveRequest(c.term().clusterId()));
        assertThat(c.member(N1).orElseThrow().member().status()).isEqualTo(MemberStatus.LEAVING);
        c.coordinator.onSignal(new Signal.MapChanged(List.of(c.member(N1).orElseThrow()), List.of()), c.turn);
        assertThat(c.isActive()).isFalse();
        assertThat(c.takeOthers(SeatMessage.Resigned.class)).hasSize(3);
        c.coordinator.onSignal(new Signal.LeadershipChanged(true, 10), c.turn);
        c.run(Duration.ofSeconds(5));
        assertThat(c.isActive()).as("it never leads again").isFalse();
    }

    @Test
    void termThatHasUsedUpHalfOfItsNumbersIsWornOut() {
        Signal.MajorityAgreed agreed = new Signal.MajorityAgreed(
                10, Samples.seeds(1), List.of(Optional.of(new Signal.Agreement(N1, Samples.hosting()))));
        Tenure tenure = Tenure.founding(
                new Tenure.Setup(TIMINGS, Limits.DEFAULT, Guards.STRICT, new LeastShards(), () -> c.turn),
                Samples.term(10, N1),
                agreed);
        for (int i = 0; i < Epoch.MAX_SEQUENCE / 2; i++) {
            tenure.nextEpoch();
        }
        assertThat(tenure.isWornOut()).isFalse();
        assertThat(tenure.nextEpoch()).isEqualTo(new Epoch(10, Epoch.MAX_SEQUENCE / 2 + 1));
        assertThat(tenure.isWornOut()).isTrue();
    }

    @Test
    void whoRefusesWritesForAHigherPromiseIsNotSentThemAgainAtOnce() {
        c.founded();
        c.turn.takeSent();
        c.tell(N4, new CoordinatorMessage.ReplicateRefused(c.term(), c.term().number() + 5, 0));
        c.tell(N3, new CoordinatorMessage.ReplicateRefused(c.term(), c.term().number(), 0));
        assertThat(c.turn.takeSent(SeatMessage.Replicate.class)).isEmpty();
    }
}
