package io.shardhold.testkit;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.kernel.SeededChance;
import io.shardhold.internal.kernel.Transport;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.DataMessage;
import io.shardhold.internal.protocol.RegionMessage;
import io.shardhold.internal.wire.WireCodec;
import io.shardhold.internal.wire.WireException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The wire between simulated nodes. Every message is encoded and decoded. Control messages may be lost, doubled and
 * delayed, in order on each link; a data link is a stream that breaks as a whole, as a TCP connection does.
 */
final class SimulatedNetwork {
    private static final double MILLION = 1_000_000.0;

    private final VirtualTime time;
    private final SeededChance chance;
    private final LinkRules rules = new LinkRules();
    private final Map<String, SimulatedNode> byAddress = new TreeMap<>();
    private final Map<String, Long> lastControl = new TreeMap<>();
    private final WireCodec codec = new WireCodec();

    SimulatedNetwork(VirtualTime time, SeededChance chance) {
        this.time = time;
        this.chance = chance;
    }

    LinkRules rules() {
        return rules;
    }

    VirtualTime time() {
        return time;
    }

    WireCodec codec() {
        return codec;
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

    long latencyNanos() {
        long span = rules.longestNanos() - rules.shortestNanos();
        return rules.shortestNanos() + (span <= 0 ? 0 : chance.below(span));
    }

    int below(int bound) {
        return chance.below(bound);
    }

    /** The transport of one incarnation of a node. */
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
        byte[] bytes = codec.encode(message);
        SimulatedNode target = byAddress.get(address);
        if (target == null || rules.isCut(from.name(), target.name())) {
            return;
        }
        int copies = happens(rules.loss(from.name(), target.name())) ? 0 : happens(rules.duplication()) ? 2 : 1;
        NodeId sender = from.identity();
        from.onSent(message);
        if (happens(rules.lateShare(message instanceof RegionMessage))) {
            time.after(chance.below(rules.lateNanos()), () -> arrive(sender, from, target, to, bytes));
        }
        for (int i = 0; i < copies; i++) {
            String link = from.name() + ">" + target.name();
            long arrival = Math.max(time.nowNanos() + latencyNanos(), lastControl.getOrDefault(link, 0L));
            lastControl.put(link, arrival);
            time.at(arrival, () -> arrive(sender, from, target, to, bytes));
        }
    }

    private void arrive(NodeId sender, SimulatedNode from, SimulatedNode target, @Nullable NodeId to, byte[] bytes) {
        if (target.isPaused()) {
            target.afterPause(() -> arrive(sender, from, target, to, bytes));
            return;
        }
        boolean reaches = target.isRunning() && (to == null || to.equals(target.identity()));
        if (reaches && !rules.isCut(from.name(), target.name())) {
            try {
                target.listener().onControl(sender, codec.decodeControl(bytes));
            } catch (WireException e) {
                throw new IllegalStateException("the codec does not read what it wrote", e);
            }
        }
    }
}
