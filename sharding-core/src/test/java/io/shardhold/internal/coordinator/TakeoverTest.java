package io.shardhold.internal.coordinator;

import static io.shardhold.internal.coordinator.CoordinatorFixture.N1;
import static io.shardhold.internal.coordinator.CoordinatorFixture.N2;
import static io.shardhold.internal.coordinator.CoordinatorFixture.N3;
import static io.shardhold.internal.coordinator.CoordinatorFixture.SEATS;
import static io.shardhold.internal.coordinator.CoordinatorFixture.TIMINGS;
import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.MemberStatus;
import io.shardhold.internal.kernel.Samples;
import io.shardhold.internal.protocol.CoordinatorMessage;
import io.shardhold.internal.protocol.CoordinatorMessage.Worry;
import io.shardhold.internal.protocol.Entry;
import io.shardhold.internal.protocol.EntryKey;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.Placement;
import io.shardhold.internal.protocol.RegionMessage;
import io.shardhold.internal.protocol.SeatMessage;
import io.shardhold.internal.protocol.Stamp;
import io.shardhold.internal.protocol.Term;
import io.shardhold.internal.signal.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a coordinator does with the map that it finds. */
class TakeoverTest extends CoordinatorStage {

    @Test
    void candidateAsksWithANumberAboveEveryOneThatItKnowsAndTheTime() {
        c.answering.clear();
        c.beginTakeover(map());
        c.play();
        long unixSeconds = c.turn.now().wallMillis() / 1_000;
        c.coordinator.onSignal(new Signal.LeadershipChanged(true, unixSeconds + 7), c.turn);
        c.run(TIMINGS.detection().plus(TIMINGS.retry().multipliedBy(3)));
        c.answering.addAll(List.of(N1, N2, N3));
        c.run(Duration.ofSeconds(1));
        assertThat(c.isActive()).isTrue();
        assertThat(c.term().number()).isEqualTo(unixSeconds + 8);
    }

    @Test
    void takingOverReallocatesNothingAndRenumbersNothing() {
        c.beginTakeover(map(Samples.placed(0, N2, new Epoch(10, 1)), Samples.placed(1, N3, new Epoch(10, 2))));
        c.play();
        assertThat(c.isActive()).isTrue();
        c.run(TIMINGS.handOff().plusSeconds(10));
        assertThat(placement(0)).isEqualTo(new Placement(N2, new Epoch(10, 1)));
        assertThat(placement(1)).isEqualTo(new Placement(N3, new Epoch(10, 2)));
        assertThat(c.takeHostings()).as("nobody has registered").isEmpty();
        assertThat(c.takeEvents(ClusterEvent.Verdict.class))
                .as("unknown is not dead")
                .isEmpty();
    }

    @Test
    void homeThatRegistersWithItsShardsIsLeftAloneAndOneThatHasLostThemIsToldAgain() {
        c.beginTakeover(map(Samples.placed(0, N2, new Epoch(10, 1)), Samples.placed(1, N3, new Epoch(10, 2))));
        c.play();
        c.say(N2, new CoordinatorMessage.Register(c.term(), 0, true, List.of(here(0, new Epoch(10, 1))), List.of()));
        c.register(N3);
        assertThat(c.takeHostings()).containsExactly("n3#1: cart/1@10/2");
    }

    @Test
    void registrationInPagesCountsWhenItIsCompleteAndInOrder() {
        c.beginTakeover(map(Samples.placed(0, N2, new Epoch(10, 1))));
        c.play();
        c.takeOthers();
        c.say(N2, new CoordinatorMessage.Register(c.term(), 1, true, List.of(), List.of()));
        assertThat(c.takeOthers(RegionMessage.Registered.class))
                .as("page 0 is missing")
                .isEmpty();
        c.say(N2, new CoordinatorMessage.Register(c.term(), 0, false, List.of(), List.of()));
        assertThat(c.takeOthers(RegionMessage.Registered.class)).isEmpty();
        c.say(N2, new CoordinatorMessage.Register(c.term(), 1, true, List.of(), List.of()));
        assertThat(c.takeOthers(RegionMessage.Registered.class)).hasSize(1);
    }

    @Test
    void stopThatARegistrationTellsIsAStop() {
        c.beginTakeover(map(Samples.placed(0, N2, new Epoch(10, 1))));
        c.play();
        c.register(N1);
        c.say(N2, new CoordinatorMessage.Register(c.term(), 0, true, List.of(), List.of(here(0, new Epoch(10, 1)))));
        assertThat(placement(0).epoch().number())
                .as("before the wait of a takeover")
                .isEqualTo(10);
        c.run(TIMINGS.verdictWait().plus(TIMINGS.retry().multipliedBy(2)));
        assertThat(placement(0).epoch().number()).isEqualTo(c.term().number());
    }

    @Test
    void candidateWhosePromiseIsRefusedForAHigherNumberRestsAndTriesAboveIt() {
        c.answering.clear();
        c.beginTakeover(map());
        List<SeatMessage.PromiseRequest> asked = c.turn.takeSent(SeatMessage.PromiseRequest.class);
        Term first = asked.get(0).term();
        c.say(N2, new CoordinatorMessage.PromiseRefused(first, first.number() + 100, Optional.empty()));
        assertThat(c.takeEvents(ClusterEvent.CoordinatorPassive.class)).hasSize(1);
        c.answering.addAll(List.of(N1, N2, N3));
        c.run(TIMINGS.retry().multipliedBy(2));
        assertThat(c.isActive()).isTrue();
        assertThat(c.term().number()).isEqualTo(first.number() + 101);
    }

    @Test
    void seatsAreWrittenAgainEvenIfAChangeHidThemFromTheSnapshotThatIsRead() {
        c.complete = new Stamp(10, 1);
        c.beginTakeover(map());
        c.play();
        assertThat(c.isActive()).isTrue();
        assertThat(c.acceptedBy(N2).seats()).contains(SEATS);
    }

    @Test
    void readingMayTakeLongAsLongAsItComesOn() {
        c.answering.clear();
        c.beginTakeover(map());
        Term term = c.turn.takeSent(SeatMessage.PromiseRequest.class).get(0).term();
        c.say(N2, new CoordinatorMessage.Promised(term, SEATS, new Stamp(10, 1), Stamp.NONE));
        c.say(N3, new CoordinatorMessage.Promised(term, SEATS, new Stamp(10, 1), Stamp.NONE));
        EntryKey after = EntryKey.NONE;
        for (int i = 0; i < 5; i++) {
            c.run(TIMINGS.detection().minus(TIMINGS.retry()));
            Entry read = Samples.entry(Samples.placed(i, N2, new Epoch(10, i + 1)), 10, i + 10);
            c.say(N2, new CoordinatorMessage.ReadPage(term, after, List.of(read), false));
            after = read.key();
        }
        assertThat(c.takeEvents(ClusterEvent.CoordinatorPassive.class)).isEmpty();
        c.run(TIMINGS.detection().multipliedBy(2));
        assertThat(c.takeEvents(ClusterEvent.CoordinatorPassive.class)).hasSize(1);
    }

    /** Where the seats are divided over a change of them, nobody has the right until somebody takes over. */
    @Test
    void thatAMemberHasNoRightCountsFromTheTakeoverOn() {
        c.worry(N3, Worry.WITHOUT_RIGHT, TIMINGS.stable().toMillis() * 4, N1, N2);
        c.beginTakeover(map());
        c.run(TIMINGS.stable().minus(TIMINGS.probe()));
        assertThat(c.isActive()).isTrue();
        assertThat(c.takeEvents(ClusterEvent.Verdict.class)).isEmpty();
        c.run(TIMINGS.probe().multipliedBy(3));
        assertThat(c.takeEvents(ClusterEvent.Verdict.class)).hasSize(1);
    }

    @Test
    void candidateThatIsNotUpInTheMapStaysPassive() {
        c.beginTakeover(SEATS, Samples.inStatus(N1, 1, MemberStatus.LEAVING), Samples.up(N2, 2));
        c.play();
        assertThat(c.isActive()).isFalse();
        assertThat(c.acceptedBy(N2).size()).as("nothing was written").isZero();
    }

    @Test
    void oldVerdictsCountFromTheNewCoordinatorsOwnWriteBack() {
        c.beginTakeover(
                SEATS,
                new MapValue.TypeShards(Samples.TYPE, Samples.SHARDS),
                Samples.up(N1, 1),
                Samples.up(N2, 2),
                Samples.inStatus(N3, 3, MemberStatus.DOWN),
                Samples.placed(0, N3, new Epoch(10, 1)));
        c.play();
        c.register(N1, N2);
        c.run(TIMINGS.verdictWait().minusMillis(200));
        assertThat(placement(0).home()).isEqualTo(N3);
        c.run(Duration.ofMillis(500));
        assertThat(placement(0).home()).isNotEqualTo(N3);
    }

    @Test
    void regionThatHasNotRegisteredKeepsItsShardsWhenOldVerdictsAreForgotten() {
        List<MapValue> removed = new ArrayList<>(List.of(Samples.placed(0, N3, new Epoch(10, 1))));
        for (int i = 0; i < 70; i++) {
            removed.add(Samples.inStatus(Samples.node("gone" + i), 10 + i, MemberStatus.LEFT));
        }
        c.beginTakeover(map(removed.toArray(MapValue[]::new)));
        c.play();
        c.run(TIMINGS.handOff().plusSeconds(15));
        assertThat(c.takeEvents(ClusterEvent.Verdict.class))
                .as("unknown is not dead")
                .isEmpty();
        assertThat(placement(0)).isEqualTo(new Placement(N3, new Epoch(10, 1)));
    }
}
