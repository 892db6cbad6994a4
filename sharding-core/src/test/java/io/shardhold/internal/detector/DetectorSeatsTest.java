package io.shardhold.internal.detector;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.ClusterEvent.SeatsChanged;
import io.shardhold.cluster.NodeId;
import io.shardhold.config.Timings;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.RightToServe;
import io.shardhold.internal.kernel.Samples;
import io.shardhold.internal.kernel.TurnRecorder;
import io.shardhold.internal.protocol.DetectorMessage.Consent;
import io.shardhold.internal.protocol.DetectorMessage.ProbeAck;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.SeatMessage.Probe;
import io.shardhold.internal.signal.Signal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The detector of n4 while the seats change, and while its own coordinator writes under seats of its own. */
class DetectorSeatsTest {
    private static final Timings TIMINGS = Timings.DEFAULT;
    private static final Duration BLINK = Duration.ofMillis(1);
    private static final NodeId N1 = Samples.node("n1");
    private static final NodeId N2 = Samples.node("n2");
    private static final NodeId N3 = Samples.node("n3");
    private static final NodeId NEXT_N3 = Samples.node("n3", 2);
    private static final MapValue.Seats SEATS = Samples.seats(1, 3, N1, N2, N3);
    private static final MapValue.Seats NEWER = Samples.seats(7, 3, N1, N2, NEXT_N3);

    private final TurnRecorder turn = new TurnRecorder(Samples.node("n4"));
    private final RightToServe right = new RightToServe(turn.clock(), 0);
    private final Detector detector = new Detector(TIMINGS, right, Guards.STRICT);

    @BeforeEach
    void enter() {
        detector.onSignal(new Signal.ClusterEntered(Samples.CLUSTER), turn);
        learn(SEATS);
    }

    private void learn(MapValue.Seats seats) {
        detector.onSignal(new Signal.MapChanged(List.of(seats), List.of()), turn);
    }

    private void adopt(MapValue.@Nullable Seats seats) {
        detector.onSignal(new Signal.SeatsAdopted(seats), turn);
    }

    /** Number of the probe that left last. */
    private long probe() {
        List<Probe> sent = turn.takeSent(Probe.class);
        return sent.get(sent.size() - 1).probe();
    }

    private void consent(NodeId seat, long probe, long configuration) {
        detector.onMessage(
                seat,
                new ProbeAck(
                        probe, Samples.CLUSTER, configuration, Consent.GIVEN, Optional.empty(), Optional.empty(), 0, 0),
                turn);
    }

    private void earnRight() {
        long probe = probe();
        consent(N1, probe, 1);
        consent(N2, probe, 1);
        assertThat(right.isHeld()).isTrue();
    }

    @Test
    void adoptedSeatsAreProbedAtOnceAndOnlyTheirConsentsCount() {
        turn.takeSent();
        adopt(NEWER);
        List<TurnRecorder.Sent> sent = turn.takeSent();
        assertThat(sent).extracting(TurnRecorder.Sent::to).containsExactly("n1#1", "n2#1", "n3#2");
        long probe = ((Probe) sent.get(0).message()).probe();
        consent(N1, probe, 1);
        consent(N2, probe, 1);
        assertThat(right.isHeld()).as("under the seats of the map").isFalse();
        consent(N1, probe, 7);
        consent(NEXT_N3, probe, 7);
        assertThat(right.isHeld()).isTrue();
    }

    @Test
    void coordinatorThatWritesNoMoreLeavesTheSeatsOfTheMap() {
        adopt(NEWER);
        turn.takeSent();
        adopt(null);
        List<TurnRecorder.Sent> sent = turn.takeSent();
        assertThat(sent).extracting(TurnRecorder.Sent::to).containsExactly("n1#1", "n2#1", "n3#1");
        long probe = ((Probe) sent.get(0).message()).probe();
        consent(N1, probe, 7);
        consent(N2, probe, 7);
        assertThat(right.isHeld()).isFalse();
        consent(N1, probe, 1);
        consent(N3, probe, 1);
        assertThat(right.isHeld()).isTrue();
    }

    @Test
    void rightThatWasEarnedBeforeLastsToItsEndUnderAdoptedSeats() {
        earnRight();
        adopt(NEWER);
        assertThat(turn.takeSignals(Signal.RightChanged.class))
                .as("nothing was lost")
                .containsExactly(new Signal.RightChanged(true));
        turn.pass(detector, TIMINGS.consent().minus(BLINK));
        assertThat(right.isHeld()).isTrue();
        turn.pass(detector, BLINK);
        assertThat(right.isHeld()).isFalse();
    }

    @Test
    void rightThatWasEarnedUnderAdoptedSeatsLastsToItsEndWhenTheyAreLeft() {
        adopt(NEWER);
        long probe = probe();
        consent(N1, probe, 7);
        consent(N2, probe, 7);
        adopt(null);
        turn.clock().advance(TIMINGS.consent().minus(BLINK));
        assertThat(right.isHeld()).isTrue();
        turn.clock().advance(BLINK);
        assertThat(right.isHeld()).isFalse();
    }

    @Test
    void rightIsTheLongerOfWhatWasEarnedBeforeAndUnderTheNewSeats() {
        earnRight();
        turn.clock().advance(Duration.ofSeconds(1));
        learn(NEWER);
        long probe = probe();
        consent(N1, probe, 7);
        consent(NEXT_N3, probe, 7);
        turn.clock().advance(TIMINGS.consent().minus(BLINK));
        assertThat(right.isHeld()).isTrue();
        turn.clock().advance(BLINK);
        assertThat(right.isHeld()).isFalse();
    }

    @Test
    void seatsThatAreCommittedAreNotAdoptedAnyMore() {
        adopt(NEWER);
        learn(NEWER);
        earnUnderNewer();
        adopt(null);
        earnUnderNewer();
        MapValue.Seats next = Samples.seats(8, 3, N1, N2);
        learn(next);
        turn.takeSent();
        adopt(null);
        assertThat(turn.takeReceivers(Probe.class)).containsExactly("n1#1", "n2#1");
    }

    private void earnUnderNewer() {
        turn.clock().advance(TIMINGS.consent());
        turn.takeSent();
        learn(NEWER);
        long probe = probe();
        consent(N1, probe, 7);
        consent(NEXT_N3, probe, 7);
        assertThat(right.isHeld()).isTrue();
    }

    @Test
    void seatsOfTheMapThatComeLateDoNotReplaceAdoptedOnes() {
        adopt(NEWER);
        turn.takeSent();
        learn(Samples.seats(6, 3, N1, N2));
        assertThat(turn.takeSent()).isEmpty();
        adopt(null);
        assertThat(turn.takeReceivers(Probe.class)).as("but they are known").containsExactly("n1#1", "n2#1");
    }

    @Test
    void seatsAreToldOncePerConfigurationAndOnlyCommittedOnes() {
        assertThat(turn.takeEvents(SeatsChanged.class)).containsExactly(new SeatsChanged(SEATS.list()));
        learn(SEATS);
        adopt(NEWER);
        adopt(null);
        adopt(NEWER);
        assertThat(turn.takeEvents(SeatsChanged.class)).isEmpty();
        learn(NEWER);
        learn(NEWER);
        assertThat(turn.takeEvents(SeatsChanged.class)).containsExactly(new SeatsChanged(NEWER.list()));
    }

    @Test
    void seatThatIsTakenTellsTheSeatsToo() {
        turn.takeEvents(SeatsChanged.class);
        detector.onSignal(new Signal.SeatTaken(Samples.CLUSTER, NEWER), turn);
        learn(NEWER);
        assertThat(turn.takeEvents(SeatsChanged.class)).containsExactly(new SeatsChanged(NEWER.list()));
    }

    @Test
    void probesSayWhetherThisNodeReachesTheLease() {
        turn.takeSent();
        learn(SEATS);
        assertThat(turn.takeSent(Probe.class)).isNotEmpty().allMatch(Probe::mayLead);
        detector.onSignal(new Signal.LeaseReach(false), turn);
        learn(SEATS);
        assertThat(turn.takeSent(Probe.class)).isNotEmpty().noneMatch(Probe::mayLead);
        detector.onSignal(new Signal.LeaseReach(true), turn);
        learn(SEATS);
        assertThat(turn.takeSent(Probe.class)).isNotEmpty().allMatch(Probe::mayLead);
    }
}
