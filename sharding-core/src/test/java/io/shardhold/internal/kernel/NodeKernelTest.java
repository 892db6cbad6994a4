package io.shardhold.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.ControlMessage.Family;
import io.shardhold.internal.protocol.DataMessage;
import io.shardhold.internal.protocol.MembershipMessage;
import io.shardhold.internal.protocol.RegionMessage;
import io.shardhold.internal.signal.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class NodeKernelTest {
    private static final NodeId SELF = Samples.node("n1");
    private static final NodeId PEER = Samples.node("n2");
    private static final ControlMessage TO_FIRST = new MembershipMessage.VerdictNotice(1);
    private static final ControlMessage TO_SECOND = new RegionMessage.Announce(Samples.term(3, SELF));

    /** What happened, in order. */
    private final List<String> deeds = new ArrayList<>();

    private final SteppedClock clock = new SteppedClock();
    private final Counters counters = new Counters();
    private final List<ClusterEvent> events = new ArrayList<>();
    private final Scripted first = new Scripted("first", Family.MEMBERSHIP);
    private final Scripted second = new Scripted("second", Family.REGION);
    private final NodeKernel kernel = new NodeKernel(SELF, ports(), List.of(first, second));

    /** A machine that does what the test says. */
    private final class Scripted implements Machine {
        private final String name;
        private final Family family;
        Consumer<Turn> onMessage = turn -> {};
        BiConsumer<Signal, Turn> onSignal = (signal, turn) -> {};
        BiConsumer<Object, Turn> onTimer = (key, turn) -> {};

        Scripted(String name, Family family) {
            this.name = name;
            this.family = family;
        }

        @Override
        public Optional<Family> family() {
            return Optional.of(family);
        }

        @Override
        public void onMessage(NodeId from, ControlMessage message, Turn turn) {
            deeds.add(name + " receives from " + from.name());
            onMessage.accept(turn);
        }

        @Override
        public void onSignal(Signal signal, Turn turn) {
            deeds.add(name + " hears " + signal.getClass().getSimpleName());
            onSignal.accept(signal, turn);
        }

        @Override
        public void onTimer(Object key, Turn turn) {
            deeds.add(name + " timer " + key);
            onTimer.accept(key, turn);
        }
    }

    private NodeKernel.Ports ports() {
        Transport transport = new Transport() {
            @Override
            public void send(NodeId to, ControlMessage message) {
                deeds.add("sent to " + to.name());
            }

            @Override
            public void sendToAddress(String address, ControlMessage message) {
                deeds.add("sent to " + address);
            }

            @Override
            public void drop(NodeId peer) {
                deeds.add("dropped " + peer.name());
            }

            @Override
            public SendResult sendData(NodeId to, DataMessage message) {
                return SendResult.NO_LINK;
            }
        };
        return new NodeKernel.Ports(
                clock,
                new SeededChance(1),
                transport,
                counters,
                null,
                event -> {
                    deeds.add("event");
                    events.add(event);
                },
                KernelObserver.NONE);
    }

    private void start() {
        assertThat(kernel.step()).isTrue();
        deeds.clear();
    }

    @Test
    void everyMachineHearsThatTheKernelRunsBeforeAnythingElse() {
        kernel.offer(PEER, TO_FIRST);
        kernel.step();
        assertThat(deeds).containsExactly("first hears Started", "second hears Started");
    }

    @Test
    void messageGoesToTheMachineOfItsFamilyAlone() {
        start();
        kernel.offer(PEER, TO_SECOND);
        kernel.step();
        assertThat(deeds).containsExactly("second receives from n2");
    }

    @Test
    void messageWithoutAMachineIsIgnored() {
        NodeKernel lonely = new NodeKernel(SELF, ports(), List.of(first));
        lonely.step();
        lonely.offer(PEER, TO_SECOND);
        assertThat(lonely.step()).isTrue();
        assertThat(lonely.ending()).isNull();
    }

    @Test
    void signalsOfACascadeRunInAllMachinesBeforeMessagesLeave() {
        start();
        second.onMessage = turn -> {
            turn.send(PEER, TO_FIRST);
            turn.publish(new ClusterEvent.RightGained());
            turn.signal(new Signal.StopAll());
        };
        first.onSignal = (signal, turn) -> {
            if (signal instanceof Signal.StopAll) {
                turn.sendToAddress("n3:7350", TO_FIRST);
                turn.signal(new Signal.RegionSilent());
            }
        };
        kernel.offer(PEER, TO_SECOND);
        kernel.step();
        assertThat(deeds)
                .containsExactly(
                        "second receives from n2",
                        "first hears StopAll",
                        "second hears StopAll",
                        "first hears RegionSilent",
                        "second hears RegionSilent",
                        "sent to n2",
                        "event",
                        "sent to n3:7350");
    }

    @Test
    void messageToSelfIsAnInputOfItsOwnAndNeverSeesTheWire() {
        start();
        first.onMessage = turn -> turn.send(SELF, TO_SECOND);
        kernel.offer(PEER, TO_FIRST);
        kernel.step();
        assertThat(deeds).containsExactly("first receives from n2");
        kernel.step();
        assertThat(deeds).containsExactly("first receives from n2", "second receives from n1");
    }

    @Test
    void machineThatThrowsEndsTheKernelAndSendsNothing() {
        start();
        IllegalStateException bug = new IllegalStateException("a bug");
        first.onMessage = turn -> {
            turn.send(PEER, TO_FIRST);
            turn.signal(new Signal.StopAll());
        };
        second.onSignal = (signal, turn) -> {
            throw bug;
        };
        kernel.offer(PEER, TO_FIRST);
        kernel.offer(PEER, TO_SECOND);
        kernel.step();
        assertThat(deeds)
                .containsExactly("first receives from n2", "first hears StopAll", "second hears StopAll", "event");
        assertThat(kernel.ending()).isEqualTo(new Ending.Fault(bug));
        assertThat(events).containsExactly(new ClusterEvent.MachineFault(bug));
        assertThat(kernel.isReady()).isFalse();
        assertThat(kernel.step()).isFalse();
    }

    @Test
    void signalsThatGoRoundInCirclesAreABugAndNoHang() {
        start();
        first.onSignal = (signal, turn) -> turn.signal(signal);
        kernel.offer(new Signal.StopAll());
        kernel.step();
        assertThat(kernel.ending()).isInstanceOf(Ending.Fault.class);
    }

    @Test
    void kernelEndsAfterTheTurnAndItsMessagesStillLeave() {
        start();
        first.onMessage = turn -> {
            turn.end(new Ending.Departure(true));
            turn.end(new Ending.Departure(false));
            turn.send(PEER, TO_FIRST);
        };
        kernel.offer(PEER, TO_FIRST);
        kernel.offer(PEER, TO_FIRST);
        kernel.step();
        assertThat(kernel.ending()).isEqualTo(new Ending.Departure(true));
        assertThat(deeds).containsExactly("first receives from n2", "sent to n2");
        assertThat(kernel.step()).isFalse();
    }

    @Test
    void inboxThatIsFullDropsTheNewestMessageAndCountsIt() {
        int capacity = 0;
        while (counters.get(Counter.CONTROL_DROPPED) == 0) {
            kernel.offer(PEER, TO_FIRST);
            capacity++;
        }
        assertThat(capacity - 1).isEqualTo(100_000);
        kernel.offer(new Signal.StopAll());
        assertThat(counters.get(Counter.CONTROL_DROPPED))
                .as("facts are never dropped")
                .isEqualTo(1);
        kernel.step();
        kernel.step();
        kernel.offer(PEER, TO_FIRST);
        assertThat(counters.get(Counter.CONTROL_DROPPED))
                .as("one was taken up, so one fits")
                .isEqualTo(1);
    }

    @Test
    void driverIsWokenByWhatIsTakenAndNotByWhatIsDropped() {
        int[] woken = {0};
        kernel.onWakeUp(() -> woken[0]++);
        for (int i = 0; i < 100_001; i++) {
            kernel.offer(PEER, TO_FIRST);
        }
        assertThat(woken[0]).isEqualTo(100_000);
        kernel.offer(new Signal.StopAll());
        assertThat(woken[0]).isEqualTo(100_001);
    }

    @Test
    void dueTimersComeBeforeMessagesThatWait() {
        first.onSignal = (signal, turn) -> turn.startTimer("beat", 5);
        kernel.step();
        deeds.clear();
        kernel.offer(PEER, TO_FIRST);
        clock.advance(Duration.ofNanos(5));
        kernel.step();
        kernel.step();
        assertThat(deeds).containsExactly("first timer beat", "first receives from n2");
    }

    @Test
    void timerIsReplacedUnderAnEqualKeyAndCancelledByIt() {
        first.onSignal = (signal, turn) -> {
            turn.startTimer("replaced", 5);
            turn.startTimer("replaced", 50);
            turn.startTimer("cancelled", 5);
            turn.cancelTimer("cancelled");
        };
        kernel.step();
        deeds.clear();
        clock.advance(Duration.ofNanos(49));
        assertThat(kernel.isReady()).isFalse();
        assertThat(kernel.nanosToNextTimer()).isEqualTo(1);
        clock.advance(Duration.ofNanos(1));
        assertThat(kernel.isReady()).isTrue();
        kernel.step();
        assertThat(deeds).containsExactly("first timer replaced");
        assertThat(kernel.nanosToNextTimer()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void allOfATurnHappensAtOneMoment() {
        List<Moment> seen = new ArrayList<>();
        first.onSignal = (signal, turn) -> {
            seen.add(turn.now());
            clock.advance(Duration.ofSeconds(1));
            seen.add(turn.now());
        };
        second.onSignal = (signal, turn) -> seen.add(turn.now());
        kernel.step();
        assertThat(seen).hasSize(3).containsOnly(seen.get(0));
    }

    @Test
    void twoMachinesForOneFamilyAreRefused() {
        assertThatThrownBy(() -> new NodeKernel(SELF, ports(), List.of(first, first)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("MEMBERSHIP");
    }

    @Test
    void turnOfAMachineIsOverWhenTheMachineReturns() {
        TurnedMachine forgetful = new TurnedMachine() {
            @Override
            public Optional<Family> family() {
                return Optional.of(Family.SEAT);
            }

            @Override
            protected void receive(NodeId from, ControlMessage message) {
                turn().count(Counter.VERDICTS);
            }

            @Override
            protected void due(Object key) {}
        };
        TurnRecorder recorder = new TurnRecorder(SELF);
        forgetful.onMessage(PEER, TO_FIRST, recorder);
        assertThat(recorder.counted()).containsExactly(Counter.VERDICTS);
        assertThatThrownBy(forgetful::turn).isInstanceOf(IllegalStateException.class);
    }
}
