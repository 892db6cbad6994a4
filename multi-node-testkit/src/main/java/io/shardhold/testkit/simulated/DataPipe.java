package io.shardhold.testkit.simulated;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.kernel.Transport.SendResult;
import io.shardhold.internal.protocol.DataMessage;
import io.shardhold.internal.protocol.Envelope;
import io.shardhold.internal.wire.FrameKind;
import io.shardhold.internal.wire.WireException;
import io.shardhold.testkit.fault.LinkRule;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The outgoing data connection of a node to one incarnation of another.
 *
 * <pre>
 *   OPEN --a frame is lost, the link is cut, the peer is not there--> STALLED --after a while--> DEAD --backoff--> OPEN
 * </pre>
 *
 * <p>Of what is unacknowledged when it dies, a random part counts as not written and is returned; the rest is in doubt.
 */
final class DataPipe {
    private static final long BACKOFF_NANOS = 200_000_000L;
    private static final int STALL_MILLIS = 1_500;
    private static final int REFUSED_MILLIS = 5;
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final SimulatedNetwork network;
    private final SimulatedNode from;
    private final NodeId to;
    private final Deque<DataMessage> unacknowledged = new ArrayDeque<>();
    private long life;
    /** Whether the peer was there at all: else nothing can have been written. */
    private boolean connected;

    private boolean stalled;
    private int arrivedUnacknowledged;
    private long bytes;
    private long lastArrival;
    private long lastAck;
    private long retryAtNanos;

    DataPipe(SimulatedNetwork network, SimulatedNode from, NodeId to) {
        this.network = network;
        this.from = from;
        this.to = to;
    }

    private VirtualTime time() {
        return network.time();
    }

    private @Nullable SimulatedNode peer() {
        SimulatedNode target = network.at(to.address());
        return target != null && target.isRunning() && target.identity().equals(to) ? target : null;
    }

    SendResult send(DataMessage message) {
        if (time().nowNanos() < retryAtNanos) {
            return SendResult.NO_LINK;
        }
        if (message.isBounded()
                && bytes + message.sizeBytes() > from.settings().limits().outboundBytesPerLink()) {
            return SendResult.FULL;
        }
        byte[] encoded = network.codec().encode(message);
        unacknowledged.addLast(message);
        bytes += message.sizeBytes();
        SimulatedNode target = peer();
        if (stalled) {
            return SendResult.QUEUED;
        }
        if (target == null) {
            stall(REFUSED_MILLIS);
            return SendResult.QUEUED;
        }
        LinkRule rule = network.rule(from, target);
        if (network.happens(rule.corruption())) {
            network.damage(encoded, FrameKind.DATA);
            stall(REFUSED_MILLIS);
            return SendResult.QUEUED;
        }
        connected |= !rule.cut();
        if (rule.cut() || network.happens(rule.loss())) {
            stall(STALL_MILLIS);
            return SendResult.QUEUED;
        }
        connected = true;
        long living = life;
        lastArrival = Math.max(time().nowNanos() + network.latencyNanos(rule), lastArrival);
        time().at(lastArrival, () -> arrive(living, encoded, message));
        return SendResult.QUEUED;
    }

    private void arrive(long living, byte[] encoded, DataMessage message) {
        SimulatedNode target = peer();
        if (living != life || stalled) {
            return;
        }
        if (target == null || network.rule(from, target).cut()) {
            stall(target == null ? REFUSED_MILLIS : STALL_MILLIS);
            return;
        }
        if (target.isPaused()) {
            target.afterPause(() -> arrive(living, encoded, message));
            return;
        }
        arrivedUnacknowledged++;
        lastAck = Math.max(time().nowNanos() + network.latencyNanos(network.rule(target, from)), lastAck);
        time().at(lastAck, () -> acknowledge(living));
        try {
            DataMessage read = network.codec().decodeData(encoded);
            network.cluster().onBytes(from, target, encoded, read);
            envelopeOf(read, (sender, envelope) -> network.cluster().listener().onArrived(target, sender, envelope));
            target.listener().onData(from.identity(), read);
        } catch (WireException e) {
            throw new IllegalStateException("the codec does not read what it wrote", e);
        }
    }

    private void acknowledge(long living) {
        if (living == life && !unacknowledged.isEmpty()) {
            bytes -= unacknowledged.removeFirst().sizeBytes();
            arrivedUnacknowledged--;
        }
    }

    private void stall(int atMostMillis) {
        stalled = true;
        long living = life;
        long delay = (1 + network.below(atMostMillis)) * NANOS_PER_MILLI;
        time().after(delay, () -> {
            if (living == life) {
                die();
            }
        });
    }

    /** The user's message that a message of the data plane carries, with the node that sent it first. */
    private void envelopeOf(DataMessage message, BiConsumer<NodeId, Envelope> reader) {
        if (message instanceof Envelope envelope) {
            reader.accept(from.identity(), envelope);
        } else if (message instanceof DataMessage.Bounce bounce) {
            reader.accept(to, bounce.envelope());
        }
    }

    private void inDoubt(List<DataMessage> messages) {
        for (DataMessage message : messages) {
            envelopeOf(
                    message, (sender, envelope) -> network.cluster().listener().onInDoubt(from, sender, envelope));
        }
    }

    /** The process has ended in order: what is on the way may arrive or not. */
    void abandon() {
        inDoubt(new ArrayList<>(unacknowledged));
    }

    /** The connection is gone: what had not left is returned, the rest is in doubt. */
    void die() {
        life++;
        List<DataMessage> open = new ArrayList<>(unacknowledged);
        int arrived = Math.min(arrivedUnacknowledged, open.size());
        int written = arrived + (connected && open.size() > arrived ? network.below(open.size() - arrived + 1) : 0);
        connected = false;
        unacknowledged.clear();
        stalled = false;
        arrivedUnacknowledged = 0;
        bytes = 0;
        lastArrival = 0;
        lastAck = 0;
        retryAtNanos = time().nowNanos() + BACKOFF_NANOS;
        if (from.isRunning()) {
            inDoubt(open.subList(0, written));
            from.dataLinkLost(to, open.subList(written, open.size()), written);
        }
    }
}
