package io.shardhold.benchmarks;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import io.shardhold.config.EntitySpec;
import io.shardhold.config.ShardingSettings;
import io.shardhold.entity.Entity;
import io.shardhold.entity.EntityRef;
import io.shardhold.internal.driver.RunningNode;
import io.shardhold.internal.kernel.DataObserver;
import io.shardhold.internal.kernel.Input;
import io.shardhold.internal.kernel.Transport;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.DataMessage;
import io.shardhold.internal.protocol.RegionMessage;
import io.shardhold.internal.protocol.SeatMessage;
import io.shardhold.internal.protocol.ShardEpoch;
import io.shardhold.internal.wire.WireCodec;
import io.shardhold.internal.wire.WireWriter;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/**
 * One node with production drivers and instruments that note when things happen. A moment that has not come is 0.
 *
 * <p>Concurrency: the node's threads write volatile and atomic fields, the benchmark reads them.
 */
final class BenchNode {
    /** Around each control message on the wire: length, kind, checksum. */
    private static final int FRAME_BYTES = 9;

    private final AtomicInteger hosted = new AtomicInteger();
    private final AtomicInteger moved = new AtomicInteger();
    private final AtomicLong handled = new AtomicLong();
    private final AtomicLong controlBytes = new AtomicLong();
    private final WireCodec codec = new WireCodec();
    private final WireWriter writer = new WireWriter(1 << 16);
    private final boolean countsBytes;
    private final RunningNode running;
    private volatile long candidateNanos;
    private volatile int candidacies;
    private volatile long activeNanos;
    private volatile int adopted;
    private volatile long registeredNanos;
    private volatile long candidateProcessorNanos;
    private volatile long registeredProcessorNanos;

    BenchNode(int port, String[] seeds, int shards, boolean countsBytes) {
        this.countsBytes = countsBytes;
        ShardingSettings settings = ShardingSettings.builder("benchmark")
                .bind("127.0.0.1", port)
                .seeds(seeds)
                .entity(EntitySpec.of(Call.TYPE, context -> new Answering()).shards(shards))
                .build();
        RunningNode.Instruments instruments = new RunningNode.Instruments(
                Tap::new,
                UnaryOperator.identity(),
                UnaryOperator.identity(),
                this::onInput,
                DataObserver.NONE,
                this::onEvent);
        running = RunningNode.start(settings, instruments, 0);
    }

    /** Counts, and answers if an answer is wanted. */
    private final class Answering implements Entity<Call> {
        @Override
        public void onMessage(Call message) {
            handled.incrementAndGet();
            if (message.replyTo() != null) {
                message.replyTo().reply(true);
            }
        }
    }

    RunningNode running() {
        return running;
    }

    EntityRef<Call> entity(String id) {
        return running.entityRef(Call.TYPE, id);
    }

    List<ShardEpoch> hostedEpochs() {
        return running.clusterNode().region().hosted();
    }

    /** Shards that are open here. */
    int hosted() {
        return hosted.get();
    }

    /** Shards that moved on the word of the coordinator on this node. */
    int moved() {
        return moved.get();
    }

    long handled() {
        return handled.get();
    }

    /** Bytes of control messages to other nodes, if they are counted. */
    long controlBytes() {
        return controlBytes.get();
    }

    /** When this node first asked a seat for its promise since {@link #forget}. */
    long candidateNanos() {
        return candidateNanos;
    }

    /** How many times it has become a candidate since then. */
    int candidacies() {
        return candidacies;
    }

    /** When it became the active coordinator. */
    long activeNanos() {
        return activeNanos;
    }

    /** Placements that it adopted then. */
    int adopted() {
        return adopted;
    }

    /** When a coordinator told this node that it has taken its registration. */
    long registeredNanos() {
        return registeredNanos;
    }

    /** Time of processors that the JVM had used at {@link #candidateNanos}. */
    long candidateProcessorNanos() {
        return candidateProcessorNanos;
    }

    /** Time of processors that the JVM had used at {@link #registeredNanos}. */
    long registeredProcessorNanos() {
        return registeredProcessorNanos;
    }

    /** Forgets all moments. */
    void forget() {
        candidateNanos = 0;
        candidacies = 0;
        activeNanos = 0;
        registeredNanos = 0;
    }

    private void onEvent(ClusterEvent event) {
        if (event instanceof ClusterEvent.ShardsHere here) {
            hosted.addAndGet(here.started() ? 1 : -1);
        } else if (event instanceof ClusterEvent.ShardMoved) {
            moved.incrementAndGet();
        } else if (event instanceof ClusterEvent.CoordinatorActive active) {
            adopted = active.placements();
            activeNanos = System.nanoTime();
        } else if (event instanceof ClusterEvent.MachineFault fault) {
            fault.cause().printStackTrace();
        }
    }

    private void onInput(NodeId self, Input input) {
        if (input instanceof Input.Received received && received.message() instanceof RegionMessage.Registered) {
            registeredProcessorNanos = Benchmarks.processorNanos();
            registeredNanos = System.nanoTime();
        }
    }

    /** Sees what leaves. Kernel thread, but for data. */
    private final class Tap implements Transport {
        private final Transport wire;
        private long term;

        Tap(Transport wire) {
            this.wire = wire;
        }

        @Override
        public void send(NodeId to, ControlMessage message) {
            if (message instanceof SeatMessage.PromiseRequest request) {
                onCandidate(request.term().number());
            }
            count(message);
            wire.send(to, message);
        }

        @SuppressWarnings("NonAtomicVolatileUpdate") // the kernel's thread is the only one that writes
        private void onCandidate(long number) {
            if (candidateNanos == 0) {
                candidateProcessorNanos = Benchmarks.processorNanos();
                candidateNanos = System.nanoTime();
            }
            if (number != term) {
                term = number;
                candidacies++;
            }
        }

        private void count(ControlMessage message) {
            if (countsBytes) {
                writer.reset();
                codec.encode(message, writer);
                controlBytes.addAndGet(writer.size() + FRAME_BYTES);
            }
        }

        @Override
        public void sendToAddress(String address, ControlMessage message) {
            count(message);
            wire.sendToAddress(address, message);
        }

        @Override
        public SendResult sendData(NodeId to, DataMessage message) {
            return wire.sendData(to, message);
        }

        @Override
        public void drop(NodeId peer) {
            wire.drop(peer);
        }
    }
}
