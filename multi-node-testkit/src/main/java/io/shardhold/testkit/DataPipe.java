package io.shardhold.testkit;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.kernel.Transport.SendResult;
import io.shardhold.internal.protocol.DataMessage;
import io.shardhold.internal.wire.WireException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
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
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final SimulatedNetwork network;
    private final SimulatedNode from;
    private final NodeId to;
    private final Deque<DataMessage> unacknowledged = new ArrayDeque<>();
    private long life;
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
        boolean lost = target == null
                || network.rules().isCut(from.name(), target.name())
                || network.happens(network.rules().loss(from.name(), target.name()));
        if (stalled) {
            return SendResult.QUEUED;
        }
        if (lost) {
            stall(target == null ? 5 : STALL_MILLIS);
            return SendResult.QUEUED;
        }
        long living = life;
        lastArrival = Math.max(time().nowNanos() + network.latencyNanos(), lastArrival);
        time().at(lastArrival, () -> arrive(living, encoded, message));
        return SendResult.QUEUED;
    }

    private void arrive(long living, byte[] encoded, DataMessage message) {
        SimulatedNode target = peer();
        if (living != life || stalled) {
            return;
        }
        if (target == null || network.rules().isCut(from.name(), target.name())) {
            stall(target == null ? 5 : STALL_MILLIS);
            return;
        }
        if (target.isPaused()) {
            target.afterPause(() -> arrive(living, encoded, message));
            return;
        }
        arrivedUnacknowledged++;
        lastAck = Math.max(time().nowNanos() + network.latencyNanos(), lastAck);
        time().at(lastAck, () -> acknowledge(living));
        try {
            target.listener().onData(from.identity(), network.codec().decodeData(encoded));
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

    /** The connection is gone: what had not left is returned, the rest is in doubt. */
    void die() {
        life++;
        List<DataMessage> open = new ArrayList<>(unacknowledged);
        int arrived = Math.min(arrivedUnacknowledged, open.size());
        int written = arrived + (open.size() > arrived ? network.below(open.size() - arrived + 1) : 0);
        unacknowledged.clear();
        stalled = false;
        arrivedUnacknowledged = 0;
        bytes = 0;
        lastArrival = 0;
        lastAck = 0;
        retryAtNanos = time().nowNanos() + BACKOFF_NANOS;
        if (from.isRunning()) {
            from.dataLinkLost(to, open.subList(written, open.size()), open.subList(0, written));
        }
    }
}
