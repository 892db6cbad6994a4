package io.shardhold.internal.kernel;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.signal.Signal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A turn, and the clocks of its node, that a test moves by hand: it writes down what a machine does. One thread. */
public final class RecordedTurn implements Turn, TimeSource {
    /** A message that left. */
    public record Sent(NodeId to, ControlMessage message) {}

    private static final long WALL_ORIGIN = 1_700_000_000_000L;
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final NodeId self;
    private final SeededChance chance = new SeededChance(1);
    private final List<Sent> sent = new ArrayList<>();
    private final List<Signal> signals = new ArrayList<>();
    private final List<ClusterEvent> events = new ArrayList<>();
    private final Map<Object, Long> timers = new LinkedHashMap<>();
    private long nanos;

    public RecordedTurn(NodeId self) {
        this.self = self;
    }

    /** Lets time pass and the machine handle the timers that become due, in the order in which they do. */
    public void pass(Machine machine, long millis) {
        long until = nanos + millis * NANOS_PER_MILLI;
        for (Object key = nextDue(until); key != null; key = nextDue(until)) {
            nanos = Math.max(nanos, Objects.requireNonNull(timers.remove(key)));
            machine.onTimer(key, this);
        }
        nanos = until;
    }

    private @Nullable Object nextDue(long until) {
        Object first = null;
        long dueNanos = Long.MAX_VALUE;
        for (Map.Entry<Object, Long> timer : timers.entrySet()) {
            if (timer.getValue() <= until && timer.getValue() < dueNanos) {
                first = timer.getKey();
                dueNanos = timer.getValue();
            }
        }
        return first;
    }

    /** Messages of a type that have left, in order. */
    public <T extends ControlMessage> List<T> sent(Class<T> type) {
        return sent.stream()
                .map(Sent::message)
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    /** Forgets what has left. */
    public void clearSent() {
        sent.clear();
    }

    public List<ClusterEvent> events() {
        return events;
    }

    public List<Signal> signals() {
        return signals;
    }

    @Override
    public long monoNanos() {
        return nanos;
    }

    @Override
    public long wallMillis() {
        return WALL_ORIGIN + nanos / NANOS_PER_MILLI;
    }

    @Override
    public void measure(Gauge gauge, long value) {}

    @Override
    public void acquireLease(long attempt, long tokenFloor) {
        throw new UnsupportedOperationException("no machine under this test has a lease");
    }

    @Override
    public void releaseLease(long attempt) {
        throw new UnsupportedOperationException("no machine under this test has a lease");
    }

    @Override
    public NodeId self() {
        return self;
    }

    @Override
    public Moment now() {
        return new Moment(monoNanos(), wallMillis());
    }

    @Override
    public Chance chance() {
        return chance;
    }

    @Override
    public void send(NodeId to, ControlMessage message) {
        sent.add(new Sent(to, message));
    }

    @Override
    public void sendToAddress(String address, ControlMessage message) {
        throw new UnsupportedOperationException("no machine under test sends to an address");
    }

    @Override
    public void signal(Signal signal) {
        signals.add(signal);
    }

    @Override
    public void startTimer(Object key, long delayNanos) {
        timers.put(key, nanos + delayNanos);
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
    public void count(Counter counter) {}

    @Override
    public void end(Ending ending) {
        throw new UnsupportedOperationException("no machine under test ends its node");
    }
}
