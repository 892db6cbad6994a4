package io.shardhold.internal.coordinator;

import static io.shardhold.internal.coordinator.CoordinatorFixture.N1;
import static io.shardhold.internal.coordinator.CoordinatorFixture.N2;
import static io.shardhold.internal.coordinator.CoordinatorFixture.N3;
import static io.shardhold.internal.coordinator.CoordinatorFixture.SEATS;
import static io.shardhold.internal.coordinator.CoordinatorFixture.TIMINGS;
import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.MemberStatus;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.kernel.Samples;
import io.shardhold.internal.kernel.TurnRecorder;
import io.shardhold.internal.protocol.CoordinatorMessage;
import io.shardhold.internal.protocol.CoordinatorMessage.Trouble;
import io.shardhold.internal.protocol.CoordinatorMessage.Worry;
import io.shardhold.internal.protocol.Entry;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.MapValue.Seats;
import io.shardhold.internal.protocol.SeatMessage;
import io.shardhold.internal.protocol.Stamp;
import io.shardhold.internal.signal.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The coordinator of n1 gives the seat of n3, which restarts, to its next incarnation. */
class SeatChangesTest extends CoordinatorStage {
    private static final NodeId NEXT_N3 = Samples.node("n3", 2);

    private final List<Seats> written = new ArrayList<>();

    /** All seats that were sent to n1 so far, each version of an occupation once, in order. */
    private List<Seats> written() {
        for (TurnRecorder.Sent sent : c.toSeats) {
            if (sent.to().equals(N1.toString()) && sent.message() instanceof SeatMessage.Replicate replicate) {
                for (Entry entry : replicate.segment().entries()) {
                    if (entry.value() instanceof Seats seats && !written.contains(seats)) {
                        written.add(seats);
                    }
                }
            }
        }
        c.toSeats.clear();
        return written;
    }

    private Optional<NodeId> thirdHolder() {
        return c.acceptedBy(N1).seats().orElseThrow().holders().get(2);
    }

    /** n3 is dead, and has its verdict. */
    private void loseN3() {
        c.founded();
        c.answering.remove(N3);
        c.worry(N3, Worry.SILENT, SILENT_MILLIS, N1, N2);
        c.run(Duration.ofSeconds(1));
        assertThat(c.takeEvents(ClusterEvent.Verdict.class)).hasSize(1);
        c.troubles.clear();
    }

    /** The next incarnation of n3 is up; as a seat it answers only if it is among those that do. */
    private void joinAgain() {
        c.say(NEXT_N3, new CoordinatorMessage.JoinRequest(Samples.hosting(), 0));
        c.run(Duration.ofSeconds(1));
        assertThat(c.member(NEXT_N3)).isPresent();
    }

    @Test
    void deadSeedKeepsItsSeatUntilItsSuccessorIsThere() {
        loseN3();
        c.run(TIMINGS.verdictWait().plusSeconds(5));
        assertThat(written()).containsExactly(SEATS);
    }

    @Test
    void restartedSeedGetsItsSeatInTwoChangesFirstEmptiedThenFilled() {
        loseN3();
        c.answering.add(NEXT_N3);
        joinAgain();
        c.run(Duration.ofSeconds(2));
        assertThat(written())
                .extracting(Seats::filled)
                .containsExactly(List.of(N1, N2, N3), List.of(N1, N2), List.of(N1, N2, NEXT_N3));
        assertThat(written)
                .extracting(Seats::configuration)
                .doesNotHaveDuplicates()
                .isSorted();
        assertThat(thirdHolder()).contains(NEXT_N3);
        assertThat(c.acceptedBy(NEXT_N3).entries())
                .as("it has the whole map, verdicts included")
                .containsExactlyElementsOf(c.acceptedBy(N1).entries());
    }

    @Test
    void seedThatRestartsAgainAndAgainGetsANewConfigurationEachTime() {
        loseN3();
        for (int incarnation = 2; incarnation <= 4; incarnation++) {
            NodeId next = Samples.node("n3", incarnation);
            c.answering.removeIf(seat -> seat.address().equals(N3.address()));
            c.answering.add(next);
            c.worry(Samples.node("n3", incarnation - 1), Worry.REPLACED, SILENT_MILLIS, N1, N2);
            c.run(Duration.ofSeconds(1));
            c.troubles.clear();
            c.say(next, new CoordinatorMessage.JoinRequest(Samples.hosting(), 0));
            c.run(Duration.ofSeconds(3));
            assertThat(thirdHolder()).contains(next);
        }
        assertThat(written()).hasSize(7);
        assertThat(written)
                .extracting(Seats::configuration)
                .doesNotHaveDuplicates()
                .isSorted();
    }

    @Test
    void seatStaysEmptyWhileItsLearnerAnswersNothingAndTheRestGoesOn() {
        loseN3();
        joinAgain();
        c.run(Duration.ofSeconds(3));
        assertThat(thirdHolder()).isEmpty();
        assertThat(c.toSeats)
                .as("it is taught")
                .anyMatch(s -> s.to().equals(NEXT_N3.toString()) && s.message() instanceof SeatMessage.Replicate);
        assertThat(c.isActive()).isTrue();
        c.register(N1, N2, NEXT_N3);
        askHome(0);
        assertThat(c.takeHostings()).isNotEmpty();
    }

    @Test
    void learnerThatStopsBeforeItsChangeLeavesIsGivenUpAndWritesGoOn() {
        loseN3();
        joinAgain();
        c.say(NEXT_N3, new CoordinatorMessage.Accepted(c.term(), 1));
        askHome(0, 1, 2);
        assertThat(c.takeHostings()).as("nothing leaves behind the change").isEmpty();
        c.run(TIMINGS.retry().multipliedBy(2));
        assertThat(c.takeHostings()).hasSizeGreaterThanOrEqualTo(3);
        assertThat(thirdHolder()).isEmpty();
        c.answering.add(NEXT_N3);
        c.run(Duration.ofSeconds(3));
        assertThat(thirdHolder()).as("it comes along again").contains(NEXT_N3);
        assertThat(written())
                .as("a change that never left has no number that anybody saw")
                .extracting(Seats::filled)
                .containsExactly(List.of(N1, N2, N3), List.of(N1, N2), List.of(N1, N2, NEXT_N3));
    }

    @Test
    void whoLearnsHasNoVoice() {
        loseN3();
        c.answering.add(NEXT_N3);
        c.answered = (seat, message) -> !seat.equals(NEXT_N3) || !(message instanceof SeatMessage.Replicate);
        joinAgain();
        assertThat(thirdHolder()).isEmpty();
        List<Trouble> worries = List.of(new Trouble(N2, Worry.SILENT, SILENT_MILLIS));
        c.troubles.put(N1, worries);
        c.troubles.put(NEXT_N3, worries);
        c.run(Duration.ofSeconds(2));
        assertThat(c.takeEvents(ClusterEvent.Verdict.class))
                .as("one seat is no quorum")
                .isEmpty();
        c.answering.remove(N2);
        c.run(TIMINGS.consent().plusMillis(100));
        assertThat(c.isActive()).as("n1 alone answers").isFalse();
        c.say(
                NEXT_N3,
                new CoordinatorMessage.ReplicateRefused(c.term(), c.term().number() + 5, 0));
        c.run(Duration.ofMillis(100));
        assertThat(c.takeEvents(ClusterEvent.CoordinatorPassive.class)).isEmpty();
    }

    // ---- a takeover that meets newer seats ---------------------------------------------------------------------

    private static final Seats NEWER = Samples.seats(7, 3, N1, N2, NEXT_N3);

    private void meetNewerSeats() {
        c.answering.remove(N3);
        c.answering.add(NEXT_N3);
        c.promisedSeats.put(N2, new Entry(NEWER, new Stamp(10, 9)));
        c.promisedSeats.put(NEXT_N3, new Entry(NEWER, new Stamp(10, 9)));
    }

    @Test
    void takeoverThatMeetsNewerSeatsAsksTheNewHolderAndWritesThoseSeatsAgain() {
        meetNewerSeats();
        c.beginTakeover(map(Samples.up(NEXT_N3, 4)));
        c.play();
        assertThat(c.isActive()).isTrue();
        assertThat(c.toSeats)
                .anyMatch(s -> s.to().equals(NEXT_N3.toString()) && s.message() instanceof SeatMessage.PromiseRequest);
        assertThat(written()).as("under their own number").containsExactly(NEWER);
        assertThat(c.turn.takeSignals(Signal.SeatsAdopted.class)).containsExactly(new Signal.SeatsAdopted(NEWER));
        c.signal(new Signal.CoordinatorHeard(Samples.term(c.term().number() + 1, N2), 0, N2));
        assertThat(c.turn.takeSignals(Signal.SeatsAdopted.class)).containsExactly(new Signal.SeatsAdopted(null));
    }

    @Test
    void takeoverUnderNewerSeatsNeedsAQuorumOfThose() {
        meetNewerSeats();
        c.answering.retainAll(List.of(N2));
        c.answering.add(N3);
        c.beginTakeover(map(Samples.up(NEXT_N3, 4)));
        c.run(TIMINGS.retry().multipliedBy(3));
        assertThat(written()).as("n3 has no seat any more").isEmpty();
        c.answering.add(NEXT_N3);
        c.run(TIMINGS.retry().multipliedBy(2));
        assertThat(c.isActive()).isTrue();
        assertThat(written()).containsExactly(NEWER);
    }

    @Test
    void takeoverUnderTheSeatsThatItKnewAdoptsNothing() {
        c.beginTakeover(map());
        c.play();
        assertThat(c.isActive()).isTrue();
        assertThat(c.turn.takeSignals(Signal.SeatsAdopted.class)).isEmpty();
        assertThat(written()).containsExactly(SEATS);
    }

    @Test
    void seatThatATakeoverFindsEmptyIsFilledByIt() {
        Seats emptied = Samples.seats(7, 3, N1, N2);
        c.answering.remove(N3);
        c.answering.add(NEXT_N3);
        for (NodeId seat : List.of(N1, N2)) {
            c.promisedSeats.put(seat, new Entry(emptied, new Stamp(10, 9)));
        }
        MapValue[] values = map(Samples.up(NEXT_N3, 4));
        values[4] = Samples.inStatus(N3, 3, MemberStatus.DOWN);
        c.beginTakeover(values);
        c.play();
        c.run(Duration.ofSeconds(3));
        assertThat(written()).extracting(Seats::filled).containsExactly(List.of(N1, N2), List.of(N1, N2, NEXT_N3));
        assertThat(written.get(1).configuration()).isGreaterThan(7);
    }
}
