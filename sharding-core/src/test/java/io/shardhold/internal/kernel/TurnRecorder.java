package io.shardhold.internal.kernel;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.signal.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The turns of one machine under test: writes down what it says and starts, and fires its timers when told to.
 *
 * <pre>{@code
 * TurnRecorder turn = new TurnRecorder(Samples.node("n1"));
 * machine.onMessage(peer, message, turn);
 * assertThat(turn.takeSent(BeatAck.class)).hasSize(1);
 * turn.pass(machine, Duration.ofSeconds(3));
 * }</pre>
 */
public final class TurnRecorder implements Turn {
    /** A message on its way; {@code to} is a node's name with its incarnation, or an address. */
    public record Sent(String to, ControlMessage message) {}

    private final NodeId self;
    private final SteppedClock clock;
    private final SeededChance chance = new SeededChance(11);
    private final List<Sent> sent = new ArrayList<>();
    private final List<Signal> signals = new ArrayList<>();
    private final List<ClusterEvent> events = new ArrayList<>();
    private final List<Counter> counted = new ArrayList<>();
    private final Map<Object, Long> timers = new LinkedHashMap<>();
    private final Map<Gauge, Long> gauges = new LinkedHashMap<>();
    private final List<String> leaseCalls = new ArrayList<>();
    private @Nullable Ending ending;

    public TurnRecorder(NodeId self) {
        this(self, new SteppedClock());
    }

    public TurnRecorder(NodeId self, SteppedClock clock) {
        this.self = self;
        this.clock = clock;
    }

    public SteppedClock clock() {
        return clock;
    }

    // ---- what a test looks at ----------------------------------------------------------------------------------

    /** Everything sent since the last look. */
    public List<Sent> takeSent() {
        List<Sent> taken = List.copyOf(sent);
        sent.clear();
        return taken;
    }

    /** Messages of one kind, whoever gets them; all else that was sent is forgotten. */
    public <M extends ControlMessage> List<M> takeSent(Class<M> kind) {
        return takeSent().stream()
                .map(Sent::message)
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    /** Who was sent a message of this kind since the last look; all else that was sent is forgotten. */
    public <M extends ControlMessage> List<String> takeReceivers(Class<M> kind) {
        return takeSent().stream()
                .filter(s -> kind.isInstance(s.message()))
                .map(Sent::to)
                .toList();
    }

    /** Signals of one kind since the last look; the others are forgotten. */
    public <S extends Signal> List<S> takeSignals(Class<S> kind) {
        List<S> taken =
                signals.stream().filter(kind::isInstance).map(kind::cast).toList();
        signals.clear();
        return taken;
    }

    /** Events of one kind since the last look; the others are forgotten. */
    public <E extends ClusterEvent> List<E> takeEvents(Class<E> kind) {
        List<E> taken = events.stream().filter(kind::isInstance).map(kind::cast).toList();
        events.clear();
        return taken;
    }

    /** What was asked of the lease since the last look, as text. */
    public List<String> takeLeaseCalls() {
        List<String> taken = List.copyOf(leaseCalls);
        leaseCalls.clear();
        return taken;
    }

    /** What was measured last. */
    public Optional<Long> gauge(Gauge gauge) {
        return Optional.ofNullable(gauges.get(gauge));
    }

    public List<Counter> counted() {
        return counted;
    }

    /** Deadline of a running timer, on the monotonic clock. */
    public Optional<Long> timer(Object key) {
        return Optional.ofNullable(timers.get(key));
    }

    public @Nullable Ending ending() {
        return ending;
    }

    /** Lets time pass on both clocks and fires what is due, in order. */
    public void pass(Machine machine, Duration duration) {
        long until = clock.monoNanos() + duration.toNanos();
        Optional<Map.Entry<Object, Long>> next = next(until);
        while (next.isPresent()) {
            Object key = next.get().getKey();
            clock.advanceTo(Math.max(clock.monoNanos(), next.get().getValue()));
            timers.remove(key);
            machine.onTimer(key, this);
            next = next(until);
        }
        clock.advanceTo(until);
    }

    private Optional<Map.Entry<Object, Long>> next(long until) {
        return timers.entrySet().stream()
                .filter(t -> t.getValue() <= until)
                .min(Comparator.comparingLong(Map.Entry::getValue));
    }

    // ---- what the machine does ---------------------------------------------------------------------------------

    @Override
    public void measure(Gauge gauge, long value) {
        gauges.put(gauge, value);
    }

    @Override
    public void acquireLease(long attempt, long tokenFloor) {
        leaseCalls.add("acquire " + attempt + " above " + tokenFloor);
    }

    @Override
    public void releaseLease(long attempt) {
        leaseCalls.add("release " + attempt);
    }

    @Override
    public NodeId self() {
        return self;
    }

    @Override
    public Moment now() {
        return clock.now();
    }

    @Override
    public Chance chance() {
        return chance;
    }

    @Override
    public void send(NodeId to, ControlMessage message) {
        sent.add(new Sent(to.toString(), message));
    }

    @Override
    public void sendToAddress(String address, ControlMessage message) {
        sent.add(new Sent(address, message));
    }

    @Override
    public void signal(Signal signal) {
        signals.add(signal);
    }

    @Override
    public void startTimer(Object key, long delayNanos) {
        timers.remove(key);
        timers.put(key, clock.monoNanos() + delayNanos);
    }

    @Override
    public void cancelTimer(Object key) {
        timers.remove(key);
    }

    @Override
    public void publish(ClusterEvent event) {
        events.add(event);
    }

    @Override
    public void count(Counter counter) {
        counted.add(counter);
    }

    @Override
    public void end(Ending reason) {
        if (ending == null) {
            ending = reason;
        }
    }
}
