package io.shardhold.internal.region;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.MemberStatus;
import io.shardhold.cluster.UndeliveredReason;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.kernel.Machine;
import io.shardhold.internal.kernel.Samples;
import io.shardhold.internal.protocol.CoordinatorMessage;
import io.shardhold.internal.protocol.CoordinatorMessage.HandOffBegun;
import io.shardhold.internal.protocol.CoordinatorMessage.HomeQuery;
import io.shardhold.internal.protocol.CoordinatorMessage.ShardsHosted;
import io.shardhold.internal.protocol.DataMessage;
import io.shardhold.internal.protocol.Envelope;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.Placement;
import io.shardhold.internal.protocol.RegionMessage;
import io.shardhold.internal.protocol.Term;
import io.shardhold.internal.signal.Signal;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which way messages go, and in which order. */
class RoutingTest extends RegionStage {

    @Test
    void messageWithoutAHomeIsParkedAndAHomeAskedFor() {
        tell("one");
        assertThat(turn.takeSent(HomeQuery.class)).containsExactly(new HomeQuery(Samples.CLUSTER, List.of(SHARD)));
        pass(TIMINGS.retry());
        assertThat(turn.takeSent(HomeQuery.class)).as("asked again").isNotEmpty();
        tell("two");
        placed(N2, ONE);
        tell("three");
        assertThat(takeData()).containsExactly("n2: one", "n2: two", "n2: three");
        assertThat(region.parked()).isZero();
    }

    @Test
    void homeThatIsKnownNeedsNoCoordinator() {
        placed(N2, ONE);
        turn.takeSent();
        tell("one");
        assertThat(takeData()).containsExactly("n2: one");
        assertThat(turn.takeSent()).isEmpty();
    }

    @Test
    void changedHomeGetsNothingBeforeTheOldOneHasAnsweredTheMarker() {
        placed(N2, ONE);
        tell("one");
        takeData();
        placed(N3, TWO);
        tell("two");
        assertThat(takeData()).containsExactly("n2: marker");
        region.onData(N3, new DataMessage.MarkerAnswer(SHARD, lastMarker));
        region.onData(N2, new DataMessage.MarkerAnswer(SHARD, lastMarker - 1));
        settle();
        assertThat(takeData()).as("another node's, an older one's").isEmpty();
        answerMarker(N2);
        tell("three");
        assertThat(takeData()).containsExactly("n3: two", "n3: three");
    }

    @Test
    void messageThatCameBackTakesItsPlaceBeforeThoseThatCameLater() {
        placed(N2, ONE);
        tell("one");
        tell("two");
        takeData();
        region.onData(N2, new DataMessage.Bounce(new Envelope(SHARD, "e", 1, 0, "one", new byte[1])));
        settle();
        tell("three");
        region.onData(N2, new DataMessage.Bounce(new Envelope(SHARD, "e", 2, 0, "two", new byte[1])));
        settle();
        pass(TIMINGS.retry());
        assertThat(takeData()).contains("n2: marker").doesNotContain("n2: three");
        answerMarker(N2);
        assertThat(takeData()).containsExactly("n2: one", "n2: two", "n2: three");
    }

    @Test
    void lostLinkReturnsWhatWasNotSentInOrder() {
        placed(N2, ONE);
        tell("one");
        takeData();
        unreachable.add(N2);
        tell("three");
        region.onDataLinkLost(N2, List.of(new Envelope(SHARD, "e", 1, 0, "one", new byte[1])), 0);
        settle();
        assertThat(region.parked()).isEqualTo(2);
        unreachable.clear();
        pass(TIMINGS.retry());
        answerMarker(N2);
        pass(TIMINGS.retry());
        assertThat(takeData()).containsSubsequence("n2: one", "n2: three");
        assertThat(region.parked()).isZero();
    }

    @Test
    void messagesInDoubtAreCountedAndReported() {
        placed(N2, ONE);
        tell("one");
        region.onDataLinkLost(N2, List.of(), 1);
        assertThat(counters.get(Counter.MESSAGES_IN_DOUBT)).isEqualTo(1);
        assertThat(events).contains(new ClusterEvent.LinkLost(N2, 1));
    }

    @Test
    void whatIsToldBetweenTheVerdictOnAHomeAndItsReplacementWaitsHereAndNotOnADeadLink() {
        placed(N2, ONE);
        tell("one");
        takeData();
        learn(Samples.inStatus(N2, 2, MemberStatus.DOWN));
        tell("two");
        pass(TIMINGS.verdictWait());
        assertThat(takeData()).doesNotContain("n2: two");
        placed(N3, TWO);
        assertThat(takeData()).containsExactly("n3: two");
    }

    private void bounce(String message) {
        region.onData(N2, new DataMessage.Bounce(new Envelope(SHARD, "e", 1, 0, message, new byte[1])));
        settle();
    }

    @Test
    void homeThatSentAMessageBackIsGivenTimeToHearOfItsShard() {
        placed(N2, ONE);
        tell("one");
        takeData();
        bounce("one");
        answerMarker(N2);
        assertThat(takeData()).as("it may not have heard of its shard yet").isEmpty();
        pass(TIMINGS.retry());
        answerMarker(N2);
        assertThat(takeData()).contains("n2: one");
        bounce("one");
        answerMarker(N2);
        assertThat(takeData()).doesNotContain("n2: one");
        tell(N2, new RegionMessage.ShardsStarted(Samples.CLUSTER, List.of(at(ONE))));
        answerMarker(N2);
        assertThat(takeData()).as("now it has").contains("n2: one");
        tell(N2, new RegionMessage.ShardsStarted(Samples.CLUSTER, List.of(at(ONE))));
        bounce("one");
        answerMarker(N2);
        assertThat(takeData()).as("sent back before it started, and late").contains("n2: one");
    }

    @Test
    void handoffParksUntilTheMapMovesOnOrTheHandoffTimeIsOver() {
        placed(N2, ONE);
        tell(C, new RegionMessage.BeginHandOff(TEN, List.of(at(ONE))));
        assertThat(turn.takeSent(HandOffBegun.class)).hasSize(1);
        tell("one");
        pass(TIMINGS.handOff().minusSeconds(1));
        assertThat(takeData()).doesNotContain("n2: one");
        pass(Duration.ofSeconds(2));
        if (lastMarker != 0) {
            answerMarker(N2);
        }
        assertThat(takeData()).as("to the old home again").contains("n2: one");
    }

    @Test
    void lateHandoffOfAnEpochThatIsOverParksNothing() {
        placed(N2, TWO);
        tell(C, new RegionMessage.BeginHandOff(TEN, List.of(at(ONE))));
        tell("one");
        assertThat(takeData()).containsExactly("n2: one");
    }

    @Test
    void homeSendsBackWhatItDoesNotHostUntilTheMarkerComes() {
        Envelope first = new Envelope(SHARD, "e", 1, 0, null, new byte[] {1});
        region.onData(N2, first);
        assertThat(takeData()).containsExactly("n2: Bounce");
        host(TEN, ONE);
        region.onData(N2, new Envelope(SHARD, "e", 2, 0, null, new byte[] {1}));
        assertThat(takeData()).as("it would overtake the first").containsExactly("n2: Bounce");
        region.onData(N2, new DataMessage.Marker(SHARD, 5));
        assertThat(takeData()).containsExactly("n2: MarkerAnswer");
        region.onData(N2, new Envelope(SHARD, "e", 1, 0, null, new byte[] {1}));
        assertThat(takeData()).isEmpty();
    }

    @Test
    void closedRegionReportsWhatIsParkedAndTakesNothingMore() {
        tell("one");
        region.close();
        assertThat(events)
                .filteredOn(e -> e instanceof ClusterEvent.Undelivered)
                .singleElement()
                .satisfies(
                        e -> assertThat(((ClusterEvent.Undelivered) e).reason()).isEqualTo(UndeliveredReason.CLOSED));
        assertThatThrownBy(() -> tell("two")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void nodeThatGivesUpParksWhatIsToldForItsNextIncarnation() {
        placed(N2, ONE);
        signal(new Signal.GivingUp("test"));
        tell("one");
        assertThat(takeData()).isEmpty();
        Machine next = region.begin(Samples.node("n1", 2), raised::add);
        next.onSignal(new Signal.Started(), turn);
        next.onSignal(
                new Signal.MapChanged(List.of(new MapValue.PlacementEntry(SHARD, new Placement(N3, TWO))), List.of()),
                turn);
        for (Signal one = raised.poll(); one != null; one = raised.poll()) {
            next.onSignal(one, turn);
        }
        assertThat(takeData()).containsExactly("n3: one");
    }

    @Test
    void answersToTheCoordinatorAreOfTheTermThatAsked() {
        Term eleven = Samples.term(11, N2);
        host(eleven, ONE);
        assertThat(turn.takeSent(ShardsHosted.class)).containsExactly(new ShardsHosted(eleven, List.of(at(ONE))));
        assertThat(turn.takeSent(CoordinatorMessage.class)).isEmpty();
    }
}
