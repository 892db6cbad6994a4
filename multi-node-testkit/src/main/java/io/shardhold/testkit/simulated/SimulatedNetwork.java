package io.shardhold.testkit.simulated;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.kernel.SeededChance;
import io.shardhold.internal.kernel.Transport;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.DataMessage;
import io.shardhold.internal.protocol.RegionMessage;
import io.shardhold.internal.wire.FrameKind;
import io.shardhold.internal.wire.WireCodec;
import io.shardhold.internal.wire.WireException;
import io.shardhold.testkit.fault.LinkRule;
import io.shardhold.testkit.fault.ProtocolStep;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The wire between simulated nodes. Every message is encoded and decoded. Control messages may be lost, doubled, delayed
 * and repeated late; on each link they are in order otherwise. A data link is a stream that breaks as a whole, as a TCP
 * connection does.
 */
final class SimulatedNetwork {
    private static final double MILLION = 1_000_000.0;

    private final SimulatedCluster cluster;
    private final SeededChance chance;
    private final LinkRules rules = new LinkRules();
    private final Map<String, SimulatedNode> byAddress = new TreeMap<>();
    private final Map<Long, Long> lastControl = new HashMap<>();
    private final WireCodec codec = new WireCodec();

    SimulatedNetwork(SimulatedCluster cluster, SeededChance chance) {
        this.cluster = cluster;
        this.chance = chance;
    }

    LinkRules rules() {
        return rules;
    }

    LinkRule rule(SimulatedNode from, SimulatedNode to) {
        return rules.of(from.index(), to.index());
    }

    VirtualTime time() {
        return cluster.time();
    }

    WireCodec codec() {
        return codec;
    }

    SimulatedCluster cluster() {
        return cluster;
    }

    void attach(SimulatedNode node) {
        byAddress.put(node.address(), node);
    }

    @Nullable
    SimulatedNode at(String address) {
        return byAddress.get(address);
    }

    boolean happens(double share) {
        return share > 0 && chance.below(1_000_000) < share * MILLION;
    }

    long latencyNanos(LinkRule rule) {
        long shortest = rule.shortest().toNanos();
        long span = rule.longest().toNanos() - shortest;
        return shortest + (span <= 0 ? 0 : chance.below(span));
    }

    int below(int bound) {
        return chance.below(bound);
    }

    /** A byte of a frame changes on the way: its checksum must tell, and the receiver ends the connection. */
    void damage(byte[] body, FrameKind kind) {
        byte[] frame = ByteBuffer.allocate(FrameKind.AROUND_BYTES + body.length)
                .put((byte) kind.tag())
                .put(body)
                .putInt(FrameKind.checksum(kind.tag(), body, 0, body.length))
                .array();
        frame[below(frame.length)] ^= (byte) (1 + below(0xff));
        try {
            FrameKind.check(frame, 0, frame.length);
        } catch (WireException refused) {
            return;
        }
        throw new IllegalStateException("a damaged frame passed its checksum");
    }

    /** The transport of one node, over all its incarnations. */
    Transport transportOf(SimulatedNode node) {
        return new Transport() {
            @Override
            public void send(NodeId to, ControlMessage message) {
                control(node, to.address(), to, message);
            }

            @Override
            public void sendToAddress(String address, ControlMessage message) {
                control(node, address, null, message);
            }

            @Override
            public void drop(NodeId peer) {
                node.pipeTo(peer).die();
            }

            @Override
            public SendResult sendData(NodeId to, DataMessage message) {
                return node.pipeTo(to).send(message);
            }
        };
    }

    private void control(SimulatedNode from, String address, @Nullable NodeId to, ControlMessage message) {
        if (!from.isRunning()) {
            return;
        }
        byte[] bytes = codec.encode(message);
        SimulatedNode target = byAddress.get(address);
        String name = target == null ? address : target.name();
        Optional<ProtocolStep> step = ProtocolStep.of(message);
        if (step.isPresent() && !cluster.tap().onLeaving(from, name, step.get())) {
            return;
        }
        cluster.listener().onSent(from, from.identity(), message);
        if (target != null && !rule(from, target).cut()) {
            carry(from, target, to, message, bytes);
        }
        step.ifPresent(s -> cluster.tap().onLeft(from, name, s));
    }

    private void carry(
            SimulatedNode from, SimulatedNode target, @Nullable NodeId to, ControlMessage message, byte[] bytes) {
        LinkRule rule = rule(from, target);
        NodeId sender = from.identity();
        int copies = happens(rule.loss()) ? 0 : happens(rule.duplication()) ? 2 : 1;
        if (happens(rule.corruption())) {
            damage(bytes, FrameKind.CONTROL);
            copies = 0;
        }
        if (happens(message instanceof RegionMessage ? rule.lateDirectives() : rule.late())) {
            time().after(
                            chance.below(Math.max(1, rule.lateAtMost().toNanos())),
                            () -> arrive(sender, from, target, to, bytes));
        }
        for (int i = 0; i < copies; i++) {
            long link = (long) from.index() << 32 | target.index();
            long arrival = Math.max(time().nowNanos() + latencyNanos(rule), lastControl.getOrDefault(link, 0L));
            lastControl.put(link, arrival);
            time().at(arrival, () -> arrive(sender, from, target, to, bytes));
        }
    }

    private void arrive(NodeId sender, SimulatedNode from, SimulatedNode target, @Nullable NodeId to, byte[] bytes) {
        if (target.isPaused()) {
            target.afterPause(() -> arrive(sender, from, target, to, bytes));
            return;
        }
        boolean reaches = target.isRunning() && (to == null || to.equals(target.identity()));
        if (reaches && !rule(from, target).cut()) {
            try {
                ControlMessage message = codec.decodeControl(bytes);
                cluster.onBytes(from, target, bytes, message.getClass().getSimpleName());
                target.listener().onControl(sender, message);
            } catch (WireException e) {
                throw new IllegalStateException("the codec does not read what it wrote", e);
            }
        }
    }
}
