package io.shardhold.testkit.loopback;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import io.shardhold.cluster.UndeliveredReason;
import io.shardhold.internal.driver.RunningNode;
import io.shardhold.internal.kernel.DataObserver;
import io.shardhold.internal.kernel.EntityExecutor;
import io.shardhold.internal.kernel.EntityTask;
import io.shardhold.internal.kernel.Input;
import io.shardhold.internal.kernel.TransportListener;
import io.shardhold.internal.node.ClusterNode;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.DataMessage;
import io.shardhold.internal.protocol.Envelope;
import io.shardhold.internal.protocol.ShardEpoch;
import io.shardhold.lease.LeaseRuntime;
import io.shardhold.testkit.fault.ProtocolStep;
import io.shardhold.testkit.rung.ProcessLease;
import io.shardhold.testkit.rung.RungListener;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One process on a machine: a running node with instruments at its ports, from its start to its end.
 *
 * <p>Concurrency: the threads of the node call the instruments. What they tell goes into the queue of the cluster under the
 * monitor of this object, and nothing goes there once {@code dead} is set under the same monitor: so what is told of a
 * process comes before its end. A message that is taken up after that is not told either, and its handler does not run.
 */
final class NodeProcess {
    private static final System.Logger LOG = System.getLogger("io.shardhold.testkit");
    private static final long FINISH_SECONDS = 10;

    private final LoopbackNode machine;
    private final LoopbackCluster cluster;
    private final ActingTerm acting;
    private final HandlerPace pace;
    private volatile boolean departed;
    private volatile boolean leftOrderly;
    private volatile boolean dead;
    private volatile @Nullable NodeId self;
    private volatile @Nullable RunningNode running;

    NodeProcess(LoopbackNode machine, LoopbackCluster cluster, HandlerPace pace) {
        this.machine = machine;
        this.cluster = cluster;
        this.pace = pace;
        this.acting = new ActingTerm(machine.settings().timings().consent().toNanos());
    }

    /** Binds a port and starts; returns the port. Test's thread. */
    int start(long above) {
        RunningNode.Instruments instruments = new RunningNode.Instruments(
                transport -> new TappedTransport(transport, this),
                Ear::new,
                executor -> (EntityExecutor) task -> executor.execute(new PacedTask(task)),
                this::onInput,
                new Watch(),
                this::onEvent);
        lease().ifPresent(lease -> lease.begin(LeaseRuntime.system()));
        RunningNode started = RunningNode.startAtAnyPort(machine.settings(), instruments, above);
        running = started;
        cluster.started(machine);
        if (dead) {
            started.kill();
        }
        return started.boundPort();
    }

    private Optional<ProcessLease> lease() {
        return machine.settings().lease().map(ProcessLease.class::cast);
    }

    RunningNode running() {
        RunningNode current = running;
        if (current == null) {
            throw new IllegalStateException(machine.name() + " has not started");
        }
        return current;
    }

    ClusterNode node() {
        return running().clusterNode();
    }

    LoopbackCluster cluster() {
        return cluster;
    }

    ActingTerm acting() {
        return acting;
    }

    HandlerPace pace() {
        return pace;
    }

    boolean isDead() {
        return dead;
    }

    /** Whether messages can be sent from here: not from when it has left, though its end may take a while to be told. */
    boolean isRunning() {
        return !dead && !departed;
    }

    /** Who this process is at the moment. Any thread. */
    NodeId self() {
        NodeId known = self;
        return known == null ? node().kernel().self() : known;
    }

    /**
     * Ends the process: nothing more is told of it. Its threads and sockets are freed when the end is told, at the latest.
     * Any thread.
     *
     * @return false if it had ended before
     */
    synchronized boolean end(String how, boolean orderly) {
        if (dead) {
            return false;
        }
        tellWithLine(how, listener -> {
            free();
            listener.onEnded(machine, orderly);
        });
        dead = true;
        return true;
    }

    /** It has handed over everything and said goodbye, or could not. Any thread. */
    void onLeft() {
        end("left", leftOrderly);
    }

    /** Waits for the end of a process that does not run any more, and frees what it had. Test's thread. */
    void finish() {
        if (!dead) {
            try {
                running().leave().toCompletableFuture().get(FINISH_SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                LOG.log(System.Logger.Level.WARNING, machine + " has left, but does not end", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            onLeft();
        }
        free();
    }

    /** Frees threads and sockets of a process that has ended. Any thread. */
    void free() {
        lease().ifPresent(ProcessLease::end); // nothing is renewed by the dead
        acting.clear();
        pace.end();
        cluster.layer().noTarget(machine.name());
        RunningNode current = running;
        if (current != null) {
            current.kill();
        }
    }

    private synchronized void tell(Consumer<RungListener> event) {
        if (!dead) {
            cluster.tell(event);
        }
    }

    private void tellWithLine(String line, Consumer<RungListener> event) {
        Duration happened = cluster.elapsed();
        tell(listener -> {
            cluster.line(happened, machine + " " + line);
            event.accept(listener);
        });
    }

    private void onInput(NodeId incarnation, Input input) {
        self = incarnation;
        refreshActing();
        if (input instanceof Input.Received received) {
            tell(listener -> listener.onReceived(machine, incarnation, received.from(), received.message()));
        }
    }

    /** Kernel thread, whenever what it is going to do may depend on the answer. */
    private void refreshActing() {
        RunningNode current = running;
        if (current != null && !dead) {
            acting.refresh(current.clusterNode());
        }
    }

    private synchronized void onEvent(ClusterEvent event) {
        tellWithLine("! " + event, listener -> listener.onEvent(machine, event));
        if (event instanceof ClusterEvent.Left left) {
            leftOrderly = left.orderly();
            departed = true;
        } else if (event instanceof ClusterEvent.MachineFault fault && end("stopped on a fault", false)) {
            cluster.tell(listener -> listener.onFault(machine, fault.cause()));
        }
    }

    /** A control message is about to leave. Kernel thread. */
    boolean mayLeave(String to, ControlMessage message) {
        refreshActing();
        return ProtocolStep.of(message)
                        .map(step -> cluster.tap().onLeaving(machine, to, step))
                        .orElse(true)
                && !dead;
    }

    /** A control message has left. Kernel thread. */
    void onLeft(String to, ControlMessage message) {
        NodeId sender = self();
        tell(listener -> listener.onSent(machine, sender, message));
        ProtocolStep.of(message).ifPresent(step -> cluster.tap().onLeft(machine, to, step));
    }

    /** Sees what becomes of messages. */
    private final class Watch implements DataObserver {
        @Override
        public void onEntered(NodeId sender, Envelope envelope) {
            tell(listener -> listener.onEntered(machine, sender, envelope));
        }

        @Override
        public void onTakenUp(NodeId sender, Envelope envelope, ShardEpoch home) {
            tell(listener -> listener.onTakenUp(machine, sender, envelope, home));
        }

        @Override
        public void onUndelivered(NodeId sender, Envelope envelope, UndeliveredReason reason) {
            tell(listener -> listener.onUndelivered(machine, sender, envelope, reason));
        }
    }

    /** Hears what arrives. */
    private final class Ear implements TransportListener {
        private final TransportListener node;

        Ear(TransportListener node) {
            this.node = node;
        }

        @Override
        public void onControl(NodeId from, ControlMessage message) {
            node.onControl(from, message);
        }

        @Override
        public void onData(NodeId from, DataMessage message) {
            if (message instanceof Envelope envelope) {
                tell(listener -> listener.onArrived(machine, from, envelope));
            } else if (message instanceof DataMessage.Bounce bounce) {
                NodeId sender = self();
                tell(listener -> listener.onArrived(machine, sender, bounce.envelope()));
            }
            node.onData(from, message);
        }

        @Override
        public void onDataLinkLost(NodeId peer, List<DataMessage> unsent, long inDoubt) {
            node.onDataLinkLost(peer, unsent, inDoubt);
        }

        @Override
        public void onUnreachable(String address, String why) {
            node.onUnreachable(address, why);
        }

        @Override
        public void onOutdated(long newestIncarnation) {
            node.onOutdated(newestIncarnation);
        }

        @Override
        public void onPeerRefused(String address, String why) {
            node.onPeerRefused(address, why);
        }
    }

    /** Takes as long as the test says; the work is done at some moment within that. */
    private final class PacedTask implements EntityTask {
        private final EntityTask task;
        /** Drawn before anybody can see that something is taken up: a change after that is for the next. */
        private HandlerPace.Share share = HandlerPace.Share.NONE;

        PacedTask(EntityTask task) {
            this.task = task;
        }

        @Override
        public boolean begin() {
            share = pace.draw();
            return !dead && task.begin();
        }

        @Override
        public void run() {
            try {
                pace.awaitBefore(share);
                if (dead) {
                    return;
                }
                task.run();
                pace.awaitAfter(share);
            } catch (InterruptedException e) {
                // Workers are interrupted only when their process dies or has left; the work, if it was not done, is
                // not.
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void end() {
            task.end();
        }
    }
}
