package io.shardhold.internal.coordinator;

import static io.shardhold.internal.coordinator.CoordinatorFixture.N1;
import static io.shardhold.internal.coordinator.CoordinatorFixture.N2;
import static io.shardhold.internal.coordinator.CoordinatorFixture.N3;
import static io.shardhold.internal.coordinator.CoordinatorFixture.N4;
import static io.shardhold.internal.coordinator.CoordinatorFixture.SEATS;
import static io.shardhold.internal.coordinator.CoordinatorFixture.TIMINGS;
import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.MemberStatus;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.kernel.Samples;
import io.shardhold.internal.protocol.CoordinatorMessage;
import io.shardhold.internal.protocol.CoordinatorMessage.Worry;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.MembershipMessage.VerdictNotice;
import io.shardhold.internal.protocol.Placement;
import io.shardhold.internal.protocol.RegionMessage;
import io.shardhold.internal.protocol.ShardEpoch;
import io.shardhold.internal.protocol.ShardMove;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Verdicts and what follows from them; moves and what can come between. */
class RemovalAndMoveTest extends CoordinatorStage {

    @Test
    void oneSeatThatHasLostAMemberIsNotEnoughForAVerdict() {
        placeAll();
        c.worry(N3, Worry.SILENT, SILENT_MILLIS, N1);
        c.run(Duration.ofSeconds(3));
        assertThat(c.takeEvents(ClusterEvent.Verdict.class)).isEmpty();
    }

    @Test
    void troubleThatDoesNotLastIsNotEnoughForAVerdict() {
        placeAll();
        c.worry(N3, Worry.SILENT, SILENT_MILLIS - 1, N1, N2);
        c.run(Duration.ofSeconds(3));
        assertThat(c.takeEvents(ClusterEvent.Verdict.class)).isEmpty();
        c.worry(N3, Worry.WITHOUT_RIGHT, TIMINGS.stable().toMillis() - 1, N1, N2);
        c.run(Duration.ofSeconds(3));
        assertThat(c.takeEvents(ClusterEvent.Verdict.class)).isEmpty();
    }

    @Test
    void worriesOfSeatsThatHaveFallenSilentThemselvesAreOld() {
        placeAll();
        c.worry(N3, Worry.SILENT, SILENT_MILLIS, N2);
        c.run(Duration.ofSeconds(1));
        c.troubles.clear();
        c.answering.retainAll(List.of(N1, N3));
        c.run(TIMINGS.consent());
        c.worry(N3, Worry.SILENT, SILENT_MILLIS, N1);
        c.run(Duration.ofSeconds(1));
        assertThat(c.takeEvents(ClusterEvent.Verdict.class)).isEmpty();
    }

    @Test
    void shardsOfALostMemberArePlacedAgainAfterTheWaitThatFollowsTheCommit() {
        placeAll();
        List<Integer> lost = shardsOf(N3);
        assertThat(lost).hasSize(2);
        c.answering.retainAll(List.of(N1, N2));
        c.worry(N3, Worry.SILENT, SILENT_MILLIS, N1, N2);
        c.run(TIMINGS.probe());
        assertThat(c.takeEvents(ClusterEvent.Verdict.class)).hasSize(1);
        assertThat(c.member(N3).orElseThrow().member().status()).isEqualTo(MemberStatus.DOWN);
        c.run(TIMINGS.verdictWait().minusMillis(500));
        assertThat(shardsOf(N3)).isEqualTo(lost);
        c.run(Duration.ofMillis(700));
        assertThat(shardsOf(N3)).isEmpty();
        assertThat(c.takeHostings()).hasSizeGreaterThanOrEqualTo(2).noneMatch(h -> h.startsWith("n3"));
    }

    @Test
    void waitAfterAVerdictIsOverOnlyWhenBothClocksSaySo() {
        placeAll();
        c.answering.retainAll(List.of(N1, N2));
        c.worry(N3, Worry.SILENT, SILENT_MILLIS, N1, N2);
        c.run(TIMINGS.probe());
        c.turn.clock().jumpWall(Duration.ofHours(1));
        c.run(Duration.ofSeconds(1));
        assertThat(shardsOf(N3)).as("the monotonic clock says no").hasSize(2);
        c.turn.clock().jumpWall(Duration.ofHours(-1).minusMillis(500));
        c.run(TIMINGS.verdictWait().minusMillis(1_000).plusMillis(100));
        assertThat(shardsOf(N3)).as("the wall clock says no").hasSize(2);
        c.run(Duration.ofSeconds(1));
        assertThat(shardsOf(N3)).isEmpty();
    }

    @Test
    void goodbyeSavesTheWait() {
        placeAll();
        c.say(N3, new CoordinatorMessage.Farewell(c.term().clusterId()));
        assertThat(c.member(N3).orElseThrow().member().status()).isEqualTo(MemberStatus.LEFT);
        assertThat(shardsOf(N3)).isEmpty();
        assertThat(c.takeEvents(ClusterEvent.Verdict.class))
                .as("it is no verdict")
                .isEmpty();
    }

    @Test
    void lostMemberIsToldAgainAndAgain() {
        placeAll();
        c.worry(N3, Worry.SILENT, SILENT_MILLIS, N1, N2);
        c.run(TIMINGS.retry().multipliedBy(25));
        assertThat(c.takeOthers(VerdictNotice.class)).hasSizeGreaterThanOrEqualTo(2);
    }

    @Test
    void coordinatorNeverCondemnsItself() {
        placeAll();
        c.worry(N1, Worry.SILENT, SILENT_MILLIS, N2, N3);
        c.run(Duration.ofSeconds(3));
        assertThat(c.takeEvents(ClusterEvent.Verdict.class)).isEmpty();
    }

    /** n3 leaves; all regions park; returns a shard that is on its way from there. */
    private int beginMove() {
        placeAll();
        int shard = shardsOf(N3).get(0);
        c.say(N3, new CoordinatorMessage.LeaveRequest(c.term().clusterId()));
        c.run(TIMINGS.rebalance());
        List<ShardEpoch> begun = new ArrayList<>();
        c.takeOthers(RegionMessage.BeginHandOff.class)
                .forEach(
                        b -> b.shards().stream().filter(s -> !begun.contains(s)).forEach(begun::add));
        assertThat(begun).extracting(s -> s.shard().shard()).contains(shard);
        for (NodeId region : List.of(N1, N2, N3)) {
            c.tell(region, new CoordinatorMessage.HandOffBegun(c.term(), begun));
        }
        return shard;
    }

    private Placement.Move move(int shard) {
        Placement.Move move = placement(shard).move();
        assertThat(move).as("shard %s moves", shard).isNotNull();
        return Objects.requireNonNull(move);
    }

    private ShardMove directive(int shard) {
        return new ShardMove(
                here(shard, placement(shard).epoch()),
                move(shard).target(),
                move(shard).epoch());
    }

    @Test
    void ownerIsToldToHandOffOnlyWhenTheMoveIsOnAQuorum() {
        int shard = beginMove();
        c.answering.retainAll(List.of(N2));
        assertThat(c.takeOthers(RegionMessage.HandOff.class)).isEmpty();
        c.answering.add(N1);
        c.run(TIMINGS.probe());
        assertThat(c.takeOthers(RegionMessage.HandOff.class))
                .isNotEmpty()
                .allSatisfy(h -> assertThat(h.moves()).contains(directive(shard)));
    }

    @Test
    void moveIsWrittenThoughARegionDoesNotAnswer() {
        placeAll();
        int shard = shardsOf(N3).get(0);
        c.say(N3, new CoordinatorMessage.LeaveRequest(c.term().clusterId()));
        c.run(TIMINGS.rebalance());
        assertThat(placement(shard).move()).isNull();
        c.run(TIMINGS.retry().multipliedBy(3));
        assertThat(placement(shard).move()).isNotNull();
    }

    @Test
    void stopOfTheOwnerCompletesTheMove() {
        int shard = beginMove();
        c.play();
        Placement.Move move = move(shard);
        stopped(N3, shard, placement(shard).epoch());
        assertThat(placement(shard)).isEqualTo(new Placement(move.target(), move.epoch()));
        assertThat(c.takeHostings()).contains(move.target() + ": " + here(shard, move.epoch()));
    }

    @Test
    void startAtTheTargetProvesTheStopOfTheOwner() {
        int shard = beginMove();
        c.play();
        Placement.Move move = move(shard);
        hosted(move.target(), shard, move.epoch());
        assertThat(placement(shard)).isEqualTo(new Placement(move.target(), move.epoch()));
    }

    @Test
    void keptByTheOwnerCancelsTheMove() {
        int shard = beginMove();
        c.play();
        Placement before = placement(shard);
        c.say(N2, new CoordinatorMessage.ShardKept(c.term(), directive(shard)));
        assertThat(placement(shard)).as("only the owner keeps").isEqualTo(before);
        c.say(N3, new CoordinatorMessage.ShardKept(c.term(), directive(shard)));
        assertThat(placement(shard)).isEqualTo(new Placement(N3, before.epoch()));
        c.run(Duration.ofSeconds(5));
        assertThat(placement(shard).move()).as("not tried again at once").isNull();
    }

    @Test
    void lateKeptOfAnEarlierMoveCancelsNothing() {
        int shard = beginMove();
        c.play();
        ShardMove current = directive(shard);
        ShardMove earlier = new ShardMove(current.from(), current.target(), new Epoch(10, 1));
        c.say(N3, new CoordinatorMessage.ShardKept(c.term(), earlier));
        assertThat(placement(shard).move()).isNotNull();
    }

    @Test
    void moveWaitsForTheOwnerThoughItsTargetIsGone() {
        int shard = beginMove();
        c.play();
        NodeId target = move(shard).target();
        Epoch epoch = placement(shard).epoch();
        c.say(target, new CoordinatorMessage.Farewell(c.term().clusterId()));
        assertThat(placement(shard).home()).as("the owner may run").isEqualTo(N3);
        stopped(N3, shard, epoch);
        assertThat(placement(shard).home()).isNotIn(N3, target);
        assertThat(placement(shard).epoch().compareTo(epoch)).isPositive();
        assertThat(placement(shard).move()).isNull();
    }

    @Test
    void moveWhoseOwnerIsGoneGoesToItsTargetUnderTheEpochThatWasGiven() {
        int shard = beginMove();
        c.play();
        Placement.Move move = move(shard);
        c.say(N3, new CoordinatorMessage.Farewell(c.term().clusterId()));
        assertThat(placement(shard)).isEqualTo(new Placement(move.target(), move.epoch()));
    }

    @Test
    void shardWhoseOwnerAndTargetAreBothLostIsPlacedAfterBothWaits() {
        c.beginTakeover(
                SEATS,
                new MapValue.TypeShards(Samples.TYPE, Samples.SHARDS),
                Samples.up(N1, 1),
                Samples.up(N2, 2),
                Samples.inStatus(N3, 3, MemberStatus.DOWN),
                Samples.up(N4, 4),
                new MapValue.PlacementEntry(
                        Samples.shard(0),
                        new Placement(N3, new Epoch(10, 1), new Placement.Move(N4, new Epoch(10, 2)))));
        c.play();
        c.register(N1, N2);
        c.run(Duration.ofSeconds(1));
        c.worry(N4, Worry.SILENT, SILENT_MILLIS, N1, N2);
        c.run(TIMINGS.verdictWait());
        assertThat(placement(0).home())
                .as("the owner's wait is over, the target's is not")
                .isIn(N3, N4);
        c.run(Duration.ofMillis(1_500));
        assertThat(placement(0).home()).isIn(N1, N2);
        assertThat(placement(0).epoch().number()).isEqualTo(c.term().number());
    }
}
