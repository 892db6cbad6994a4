package io.shardhold.internal.region;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import io.shardhold.cluster.UndeliveredReason;
import io.shardhold.config.EntitySpec;
import io.shardhold.config.Limits;
import io.shardhold.config.Timings;
import io.shardhold.entity.EntityRef;
import io.shardhold.entity.EntityType;
import io.shardhold.entity.ReplyAddresses;
import io.shardhold.entity.ReplyTo;
import io.shardhold.internal.kernel.Counters;
import io.shardhold.internal.kernel.DataObserver;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.Machine;
import io.shardhold.internal.kernel.RightToServe;
import io.shardhold.internal.kernel.TimeSource;
import io.shardhold.internal.kernel.Transport;
import io.shardhold.internal.protocol.DataMessage;
import io.shardhold.internal.protocol.Envelope;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.ShardEpoch;
import io.shardhold.internal.protocol.ShardKey;
import io.shardhold.internal.shard.ShardHost;
import io.shardhold.internal.signal.Signal;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The region of a node: the door through which messages enter, and behind which entities live. It outlives the
 * incarnations of its node; each of them gets a machine of its own. What callers and connections use is safe for any thread.
 */
public final class ShardRegion {
    /** What a region is made of. */
    public record Parts(
            List<EntitySpec<?>> specs,
            List<ShardHost.HostedType> hosted,
            Timings timings,
            Limits limits,
            Guards guards,
            TimeSource time,
            RightToServe right,
            Transport transport,
            Counters counters,
            Supplier<RandomGenerator> random,
            Executor callbacks,
            Consumer<ClusterEvent> events,
            DataObserver observer) {}

    private static final int MAX_ID = 1_024;
    private static final int NAMED = 60;

    private final Parts parts;
    private final RouteTable table;
    private final DataPlane plane;
    private final ShardHost host;
    private final Map<String, EntitySpec<?>> specs = new TreeMap<>();
    private volatile @Nullable Consumer<Signal> kernel;
    private @Nullable RegionMachine machine;

    public ShardRegion(Parts parts) {
        this.parts = parts;
        this.table = new RouteTable(parts.specs(), parts.limits(), parts.guards());
        Asks asks = new Asks(parts.limits().openAsks(), parts.counters(), parts.callbacks());
        this.plane = new DataPlane(table, asks, parts);
        this.host = new ShardHost(
                parts.hosted(),
                new ShardHost.Resources(
                        parts.limits(),
                        parts.right(),
                        parts.time(),
                        parts.counters(),
                        parts.random(),
                        parts.observer()),
                new HostPorts());
        plane.host(host);
        parts.specs().forEach(spec -> specs.put(spec.type().name(), spec));
    }

    /** The machine of a new incarnation; signals for it go to the given kernel. */
    public Machine begin(NodeId self, Consumer<Signal> signals) {
        kernel = signals;
        plane.wire(new DataPlane.Wiring(self, signals));
        List<String> hosts =
                parts.hosted().stream().map(type -> type.spec().type().name()).toList();
        machine = new RegionMachine(parts.timings(), parts.guards(), plane, table, host, hosts);
        return machine;
    }

    /**
     * A reference to an entity.
     *
     * @throws IllegalArgumentException if this node does not declare the type, or the id is empty or too long
     */
    public <M> EntityRef<M> entityRef(EntityType<M> type, String id) {
        EntitySpec<?> spec = specs.get(type.name());
        if (spec == null) {
            throw new IllegalArgumentException("this node does not declare the entity type '" + type + "', only "
                    + specs.keySet() + "; add EntitySpec.of(...) or EntitySpec.route(...) to the settings");
        }
        if (!spec.type().messages().equals(type.messages())) {
            throw new IllegalArgumentException("entity type '" + type + "' has messages of "
                    + type.messages().getName() + " here, and of "
                    + spec.type().messages().getName() + " in the settings of this node: use the same EntityType");
        }
        checkId(id);
        Slot slot = table.slots(type.name()).get(ShardKey.shardOf(id, spec.shards()));
        return new RegionRef<>(plane, parts.time(), type, id, slot);
    }

    private static void checkId(String id) {
        if (id.isEmpty() || id.length() > MAX_ID) {
            throw new IllegalArgumentException("an entity id has 1 to " + MAX_ID + " characters, was " + id.length()
                    + ": '" + (id.length() > MAX_ID ? id.substring(0, NAMED) + "…" : id) + "'");
        }
        for (int i = 0; i < id.length(); i = id.offsetByCodePoints(i, 1)) {
            int character = id.codePointAt(i);
            if (character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE) {
                throw new IllegalArgumentException("an entity id is text that UTF-8 can carry; character " + i
                        + " is half of one, U+" + Integer.toHexString(character).toUpperCase(Locale.ROOT));
            }
        }
    }

    /** A message from a data connection. */
    public void onData(NodeId from, DataMessage message) {
        plane.onData(from, message);
    }

    /** The outgoing data connection to the peer is gone. */
    public void onDataLinkLost(NodeId peer, List<DataMessage> unsent, long inDoubt) {
        plane.onDataLinkLost(peer, unsent, inDoubt);
    }

    /** Asks of the incarnation that is over will not be answered: their addresses name it. */
    public void onRebirth() {
        plane.asks().failAll(UndeliveredReason.REBORN, "the node has started over under a new incarnation");
    }

    /** Refuses messages from now on, reports those that are parked, fails open asks. */
    public void close() {
        plane.close();
    }

    /** Shards hosted here, those that are stopping included, with their epochs. */
    public List<ShardEpoch> hosted() {
        return host.hosted();
    }

    /** Changes whenever {@link #hosted} does, after it. Any thread. */
    public long hostedVersion() {
        return host.version();
    }

    /** What the machine of the current incarnation thinks that it hosts; for invariants. */
    public Map<ShardKey, Epoch> epochs() {
        return machine == null ? Collections.emptyMap() : machine.epochs();
    }

    public int entities() {
        return host.entities();
    }

    public long parkedBytes() {
        return table.parkedBytes();
    }

    /** Messages parked over all shards. */
    public int parked() {
        return table.all().stream().mapToInt(slot -> slot.parked().size()).sum();
    }

    public int openAsks() {
        return plane.asks().size();
    }

    /** What the entity side tells the region. */
    private final class HostPorts implements ShardHost.Ports {
        @Override
        public void onDrained(ShardEpoch shard) {
            Consumer<Signal> signals = kernel;
            if (signals != null) {
                signals.accept(new Signal.ShardDrained(shard, List.of()));
            }
        }

        @Override
        public void onLeftOver(Envelope envelope, NodeId sender) {
            if (plane.isClosed()) {
                plane.undeliveredFrom(sender, UndeliveredReason.CLOSED, envelope, "the sharding was closed");
            } else if (sender.equals(plane.self())) {
                plane.takeBack(envelope);
            } else {
                plane.sendBack(sender, envelope);
            }
        }

        @Override
        public void onAskFailed(NodeId asker, long askId, UndeliveredReason reason, String detail) {
            plane.failAsk(asker, askId, reason, detail);
        }

        @Override
        public ReplyAddresses replies() {
            return new ReplyAddresses() {
                @Override
                public <R> ReplyTo<R> replyTo(String token) {
                    return AnswerAddress.parse(plane, token);
                }
            };
        }

        @Override
        public <M> EntityRef<M> entityRef(EntityType<M> type, String id) {
            return ShardRegion.this.entityRef(type, id);
        }

        @Override
        public void publish(ClusterEvent event) {
            plane.publish(event);
        }
    }
}
