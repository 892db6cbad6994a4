package io.shardhold.internal.region;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.MemberStatus;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.kernel.Samples;
import io.shardhold.internal.kernel.TurnRecorder;
import io.shardhold.internal.protocol.CoordinatorMessage.DirectiveRefused;
import io.shardhold.internal.protocol.CoordinatorMessage.Register;
import io.shardhold.internal.protocol.CoordinatorMessage.ShardKept;
import io.shardhold.internal.protocol.CoordinatorMessage.ShardsHosted;
import io.shardhold.internal.protocol.CoordinatorMessage.ShardsStopped;
import io.shardhold.internal.protocol.RegionMessage;
import io.shardhold.internal.protocol.RegionMessage.HostMoved;
import io.shardhold.internal.protocol.RegionMessage.HostShards;
import io.shardhold.internal.protocol.Term;
import io.shardhold.internal.signal.Signal;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which directives a region obeys, what it opens and stops. */
class RegionMachineTest extends RegionStage {

    @Test
    void directiveOfALowerTermIsRefusedWithTheHigherNumber() {
        Term eleven = Samples.term(11, N2);
        tell(N2, new RegionMessage.Announce(eleven));
        turn.takeSent();
        host(TEN, ONE);
        assertThat(turn.takeSent()).containsExactly(new TurnRecorder.Sent("c#1", new DirectiveRefused(TEN, 11)));
        assertThat(region.hosted()).isEmpty();
        assertThat(turn.counted()).contains(Counter.DIRECTIVES_REFUSED);
        assertThat(turn.takeEvents(ClusterEvent.DirectiveRefused.class)).hasSize(1);
    }

    @Test
    void directiveOfAnotherClusterOrInAnothersNameIsIgnored() {
        tell(N2, new HostShards(TEN, List.of(at(ONE))));
        Term other = new Term(Samples.CLUSTER + 1, 99, C);
        tell(C, new HostShards(other, List.of(at(ONE))));
        assertThat(region.hosted()).isEmpty();
        assertThat(turn.takeSent()).isEmpty();
    }

    @Test
    void registrationIsRepeatedUntilItIsAcknowledgedAndGoesToEachNewTerm() {
        Term eleven = Samples.term(11, N2);
        signal(new Signal.CoordinatorHeard(eleven, 0, N3));
        pass(TIMINGS.retry());
        assertThat(turn.takeSent(Register.class))
                .hasSizeGreaterThan(1)
                .allMatch(r -> r.term().equals(eleven));
        tell(N2, new RegionMessage.Registered(eleven));
        turn.takeSent();
        pass(TIMINGS.retry().multipliedBy(3));
        assertThat(turn.takeSent(Register.class)).isEmpty();
        signal(new Signal.CoordinatorHeard(TEN, 0, N3));
        assertThat(turn.takeSent(Register.class)).as("a lower term").isEmpty();
    }

    @Test
    void mapAloneNeverOpensAShard() {
        placed(N1, ONE);
        pass(Duration.ofSeconds(5));
        assertThat(region.hosted()).isEmpty();
    }

    @Test
    void directiveOpensAShardOnceAndIsAnsweredEachTime() {
        host(TEN, ONE);
        host(TEN, ONE);
        assertThat(region.hosted()).containsExactly(at(ONE));
        List<TurnRecorder.Sent> sent = turn.takeSent();
        assertThat(sent)
                .filteredOn(s -> s.message() instanceof ShardsHosted)
                .hasSize(2)
                .allMatch(s -> s.message().equals(new ShardsHosted(TEN, List.of(at(ONE)))));
        assertThat(sent)
                .filteredOn(s -> s.message() instanceof RegionMessage.ShardsStarted)
                .as("every member is told, once")
                .extracting(TurnRecorder.Sent::to)
                .containsExactly("c#1", "n1#1", "n2#1", "n3#1");
    }

    @Test
    void epochBelowTheMapOrAlreadyStoppedIsNotOpened() {
        placed(N2, TWO);
        host(TEN, ONE);
        assertThat(region.hosted()).as("below the map").isEmpty();
        host(TEN, TWO);
        handOff(move(TWO, N2, THREE));
        assertThat(region.hosted()).isEmpty();
        turn.takeSent();
        host(TEN, TWO);
        assertThat(region.hosted()).as("stopped for ever").isEmpty();
        assertThat(turn.takeSent(ShardsStopped.class)).contains(new ShardsStopped(Samples.CLUSTER, List.of(at(TWO))));
        host(TEN, THREE);
        assertThat(region.hosted()).containsExactly(at(THREE));
    }

    @Test
    void ownersWordOpensAShardOnlyWhenTheOwnMapShowsThatMove() {
        placed(N2, ONE);
        HostMoved said = new HostMoved(Samples.CLUSTER, move(ONE, N1, TWO));
        tell(N2, said);
        assertThat(region.hosted()).isEmpty();
        moving(N2, ONE, N3, TWO);
        assertThat(region.hosted()).as("a move to somebody else").isEmpty();
        moving(N2, ONE, N1, TWO);
        tell(N2, said);
        assertThat(region.hosted()).containsExactly(at(TWO));
    }

    @Test
    void wordThatCameBeforeTheMapIsObeyedWhenTheMapFollows() {
        placed(N2, ONE);
        tell(N2, new HostMoved(Samples.CLUSTER, move(ONE, N1, TWO)));
        turn.takeSent();
        moving(N2, ONE, N1, TWO);
        assertThat(region.hosted()).containsExactly(at(TWO));
        assertThat(turn.takeSent(ShardsHosted.class)).containsExactly(new ShardsHosted(TEN, List.of(at(TWO))));
    }

    @Test
    void wordOfSomebodyWhoIsNotTheOwnerOrNoMemberOpensNothing() {
        moving(N2, ONE, N1, TWO);
        tell(N3, new HostMoved(Samples.CLUSTER, move(ONE, N1, TWO)));
        tell(Samples.node("n9"), new HostMoved(Samples.CLUSTER, move(ONE, N1, TWO)));
        tell(N2, new HostMoved(Samples.CLUSTER + 1, move(ONE, N1, TWO)));
        assertThat(region.hosted()).isEmpty();
    }

    @Test
    void ownerFinishesWhatItHasTakenThenTellsTargetAndCoordinator() {
        host(TEN, ONE);
        tell("one");
        turn.takeSent();
        handOff(move(ONE, N2, TWO));
        assertThat(turn.takeSent(HostMoved.class)).as("a message waits").isEmpty();
        runEntities();
        assertThat(handled).containsExactly("one");
        List<TurnRecorder.Sent> sent = turn.takeSent();
        assertThat(sent)
                .contains(
                        new TurnRecorder.Sent("n2#1", new HostMoved(Samples.CLUSTER, move(ONE, N2, TWO))),
                        new TurnRecorder.Sent("c#1", new ShardsStopped(Samples.CLUSTER, List.of(at(ONE)))));
    }

    @Test
    void stopIsRepeatedUntilAnyTermAcknowledgesIt() {
        host(TEN, ONE);
        handOff(move(ONE, N2, TWO));
        turn.takeSent();
        pass(TIMINGS.retry());
        assertThat(turn.takeSent(ShardsStopped.class)).isNotEmpty();
        Term eleven = Samples.term(11, N2);
        tell(N2, new RegionMessage.Announce(eleven));
        tell(N2, new RegionMessage.StopAcknowledged(eleven, List.of(at(ONE))));
        turn.takeSent();
        pass(TIMINGS.retry());
        assertThat(turn.takeSent(ShardsStopped.class)).isEmpty();
    }

    @Test
    void handOffOfWhatIsNotHostedIsAnsweredAsStoppedAndNeverOpenedAgain() {
        handOff(move(TWO, N2, THREE));
        assertThat(turn.takeSent(ShardsStopped.class))
                .containsExactly(new ShardsStopped(Samples.CLUSTER, List.of(at(TWO))));
        host(TEN, TWO);
        assertThat(region.hosted()).isEmpty();
    }

    @Test
    void lateHandOffOfALowerEpochStopsNothing() {
        host(TEN, TWO);
        handOff(move(ONE, N2, TWO));
        assertThat(region.hosted()).containsExactly(at(TWO));
        assertThat(turn.takeSent(ShardsStopped.class))
                .containsExactly(new ShardsStopped(Samples.CLUSTER, List.of(at(ONE))));
        tell("still here");
        runEntities();
        assertThat(handled).containsExactly("still here");
    }

    @Test
    void shardThatWillNotStopInTimeIsKeptAndThatHandoffRefusedForEver() {
        host(TEN, ONE);
        tell("slow");
        handOff(move(ONE, N2, TWO));
        turn.takeSent();
        pass(TIMINGS.stop());
        assertThat(turn.takeSent(ShardKept.class)).containsExactly(new ShardKept(TEN, move(ONE, N2, TWO)));
        assertThat(turn.takeEvents(ClusterEvent.ShardKept.class))
                .singleElement()
                .satisfies(kept -> assertThat(kept.entities()).containsExactly("e"));
        handOff(move(ONE, N2, TWO));
        assertThat(turn.takeSent(ShardKept.class)).hasSize(1);
        tell("served on");
        runEntities();
        assertThat(handled).containsExactly("slow", "served on");
        handOff(move(ONE, N2, THREE));
        runEntities();
        assertThat(region.hosted()).as("a later handoff is obeyed").isEmpty();
    }

    @Test
    void mapThatShowsAHigherEpochElsewhereDropsTheShardAtOnce() {
        host(TEN, ONE);
        tell("never taken up");
        placed(N2, TWO);
        runEntities();
        assertThat(handled).isEmpty();
        assertThat(region.hosted()).isEmpty();
        assertThat(takeData()).startsWith("n2: never taken up");
    }

    @Test
    void regionIsSilentWhenEverythingHasStopped() {
        host(TEN, ONE);
        tell("one");
        turn.takeSignals(Signal.class);
        signal(new Signal.StopAll());
        assertThat(turn.takeSignals(Signal.RegionSilent.class)).isEmpty();
        runEntities();
        assertThat(turn.takeSignals(Signal.RegionSilent.class)).hasSize(1);
        assertThat(handled).containsExactly("one");
        host(TEN, TWO);
        assertThat(region.hosted()).as("nothing is opened any more").isEmpty();
    }

    @Test
    void leaverHasHandedOverWhenItHostsNothingAndTheMapShowsNothingHere() {
        host(TEN, ONE);
        placed(N1, ONE);
        learn(Samples.inStatus(N1, 1, MemberStatus.LEAVING));
        moving(N1, ONE, N2, TWO);
        turn.takeSignals(Signal.class);
        handOff(move(ONE, N2, TWO));
        assertThat(region.hosted()).isEmpty();
        assertThat(turn.takeSignals(Signal.HandedOver.class))
                .as("the map still shows it")
                .isEmpty();
        placed(N2, TWO);
        placed(N2, TWO);
        assertThat(turn.takeSignals(Signal.HandedOver.class)).as("once").hasSize(1);
    }
}
