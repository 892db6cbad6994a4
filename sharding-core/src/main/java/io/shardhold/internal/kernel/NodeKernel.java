package io.shardhold.internal.kernel;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.signal.Signal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One loop over all machines of one incarnation of a node. It owns no thread: a driver calls {@link #step} whenever there
 * is input or a timer is due; in production that is one thread, in the simulation a queue in virtual time.
 *
 * <p>Inputs are offered from any thread; everything else belongs to the driver. An input is handled by one machine, the
 * signals that it raises by all machines in their fixed order, and only then do messages leave, so that what a node
 * says is never ahead of what its machines know.
 */
public final class NodeKernel {
    /** What the kernel is connected to. */
    public record Ports(
            TimeSource time,
            Chance chance,
            Transport transport,
            Counters counters,
            @Nullable LeasePort lease,
            Consumer<ClusterEvent> events,
            KernelObserver observer) {}

    private static final int INBOX_CAPACITY = 100_000;
    private static final int CASCADE_LIMIT = 10_000;

    private final NodeId self;
    private final Ports ports;
    private final List<Machine> machines;
    private final Map<ControlMessage.Family, Integer> byFamily = new EnumMap<>(ControlMessage.Family.class);
    private final Inbox inbox = new Inbox(INBOX_CAPACITY);
    private final TimerQueue timers = new TimerQueue();
    private final Queue<Signal> cascade = new ArrayDeque<>();
    private final List<Runnable> outbox = new ArrayList<>();
    private volatile Runnable wakeUp = () -> {};
    private Moment now;
    private @Nullable Ending ending;

    public NodeKernel(NodeId self, Ports ports, List<Machine> machines) {
        this.self = self;
        this.ports = ports;
        this.machines = List.copyOf(machines);
        this.now = ports.time().now();
        for (int i = 0; i < this.machines.size(); i++) {
            int machine = i;
            this.machines.get(i).family().ifPresent(family -> {
                if (byFamily.put(family, machine) != null) {
                    throw new IllegalStateException("two machines for " + family);
                }
            });
        }
        inbox.offer(new Input.Raised(new Signal.Started()));
    }

    /** Called after an input was offered, by the offering thread. */
    public void onWakeUp(Runnable action) {
        wakeUp = action;
    }

    /** Offers a message from the wire. Any thread. */
    public void offer(NodeId from, ControlMessage message) {
        if (inbox.offer(new Input.Received(from, message))) {
            wakeUp.run();
        } else {
            ports.counters().increment(Counter.CONTROL_DROPPED);
        }
    }

    /** Offers a fact from the data plane, the transport or the application. Any thread. */
    public void offer(Signal signal) {
        inbox.offer(new Input.Raised(signal));
        wakeUp.run();
    }

    public NodeId self() {
        return self;
    }

    /** Why this kernel ended; null while it runs. */
    public @Nullable Ending ending() {
        return ending;
    }

    /** Whether {@link #step} would do something at this moment. */
    public boolean isReady() {
        return ending == null && (!inbox.isEmpty() || nanosToNextTimer() <= 0);
    }

    /** Nanoseconds until the next timer, not positive if one is due, {@link Long#MAX_VALUE} if none runs. */
    public long nanosToNextTimer() {
        return timers.isEmpty()
                ? Long.MAX_VALUE
                : timers.nextNanos() - ports.time().monoNanos();
    }

    /** Takes up one input; due timers first. Returns whether there was one. */
    public boolean step() {
        if (ending != null) {
            return false;
        }
        now = ports.time().now();
        Input input = timers.poll(now.monoNanos());
        if (input == null) {
            input = inbox.poll();
        }
        if (input == null) {
            return false;
        }
        ports.observer().onInput(self, input);
        try {
            handle(input);
            runCascade();
            outbox.forEach(Runnable::run);
        } catch (RuntimeException | Error cause) {
            ending = new Ending.Fault(cause);
            ports.events().accept(new ClusterEvent.MachineFault(cause));
        } finally {
            outbox.clear();
        }
        return true;
    }

    private void handle(Input input) {
        if (input instanceof Input.Received received) {
            Integer index = byFamily.get(received.message().family());
            if (index != null) {
                machines.get(index).onMessage(received.from(), received.message(), new KernelTurn(index));
            }
        } else if (input instanceof Input.Raised raised) {
            cascade.add(raised.signal());
        } else if (input instanceof Input.Due due) {
            machines.get(due.machine()).onTimer(due.key(), new KernelTurn(due.machine()));
        }
    }

    private void runCascade() {
        int handled = 0;
        for (Signal signal = cascade.poll(); signal != null; signal = cascade.poll()) {
            if (++handled > CASCADE_LIMIT) {
                throw new IllegalStateException("signals go round in circles: " + signal);
            }
            for (int i = 0; i < machines.size(); i++) {
                machines.get(i).onSignal(signal, new KernelTurn(i));
            }
        }
    }

    private LeasePort lease() {
        if (ports.lease() == null) {
            throw new IllegalStateException("there is no lease");
        }
        return ports.lease();
    }

    /** The effects of one machine's turn. */
    private final class KernelTurn implements Turn {
        private final int machine;

        KernelTurn(int machine) {
            this.machine = machine;
        }

        @Override
        public NodeId self() {
            return self;
        }

        @Override
        public Moment now() {
            return now;
        }

        @Override
        public Chance chance() {
            return ports.chance();
        }

        @Override
        public void send(NodeId to, ControlMessage message) {
            if (to.equals(self)) {
                outbox.add(() -> offer(self, message));
            } else {
                outbox.add(() -> ports.transport().send(to, message));
            }
        }

        @Override
        public void sendToAddress(String address, ControlMessage message) {
            outbox.add(() -> ports.transport().sendToAddress(address, message));
        }

        @Override
        public void signal(Signal signal) {
            cascade.add(signal);
        }

        @Override
        public void startTimer(Object key, long delayNanos) {
            timers.start(machine, key, now.monoNanos() + delayNanos);
        }

        @Override
        public void cancelTimer(Object key) {
            timers.cancel(machine, key);
        }

        @Override
        public void acquireLease(long attempt, long tokenFloor) {
            outbox.add(() -> lease().acquire(attempt, tokenFloor));
        }

        @Override
        public void releaseLease(long attempt) {
            outbox.add(() -> lease().release(attempt));
        }

        @Override
        public void publish(ClusterEvent event) {
            outbox.add(() -> ports.events().accept(event));
        }

        @Override
        public void count(Counter counter) {
            ports.counters().increment(counter);
        }

        @Override
        public void measure(Gauge gauge, long value) {
            ports.counters().set(gauge, value);
        }

        @Override
        public void end(Ending reason) {
            if (ending == null) {
                ending = reason;
            }
        }
    }
}
