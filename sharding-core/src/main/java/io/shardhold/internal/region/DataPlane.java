package io.shardhold.internal.region;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import io.shardhold.cluster.UndeliveredReason;
import io.shardhold.config.Limits;
import io.shardhold.entity.EntityType;
import io.shardhold.entity.MessageRefusedException;
import io.shardhold.entity.StopReason;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.kernel.Counters;
import io.shardhold.internal.kernel.DataObserver;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.Thrown;
import io.shardhold.internal.kernel.Transport;
import io.shardhold.internal.protocol.Bytes;
import io.shardhold.internal.protocol.DataMessage;
import io.shardhold.internal.protocol.Envelope;
import io.shardhold.internal.protocol.ShardKey;
import io.shardhold.internal.shard.ShardHost;
import io.shardhold.internal.signal.Signal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries messages on the threads of callers, workers and connections; it decides nothing but what the route says. Lives
 * as long as the node, over all its incarnations.
 *
 * <p>Order. A sender takes a sequence, then sends. If a message cannot go the way of its route, the sender breaks the
 * route before it parks the message, so its next one is parked too. A home that has sent one message of a region back
 * goes on sending back what that region has for the shard, until the region's marker comes: so nothing
 * overtakes what came back, even if the home opens the shard in between.
 */
final class DataPlane {
    /** What the data plane is connected to; the identity and the kernel change with each incarnation. */
    record Wiring(NodeId self, Consumer<Signal> kernel) {}

    private final RouteTable table;
    private final Transport transport;
    private final Asks asks;
    private final Counters counters;
    private final Limits limits;
    private final Consumer<ClusterEvent> events;
    private final DataObserver observer;
    private final Guards guards;
    private final Map<String, EntityType<?>> types = new TreeMap<>();

    /** Regions to which something of a shard was sent back since their last marker for it. */
    private final Map<NodeId, Set<ShardKey>> sentBack = new ConcurrentHashMap<>();

    /** Ways to homes since their links were lost last; the kernel adds, the threads of links remove. */
    private final Map<NodeId, Way> ways = new ConcurrentHashMap<>();

    private volatile @Nullable Wiring wiring;
    private volatile @Nullable ShardHost host;
    private volatile boolean closed;

    DataPlane(RouteTable table, Asks asks, ShardRegion.Parts parts) {
        this.table = table;
        this.asks = asks;
        this.transport = parts.transport();
        this.counters = parts.counters();
        this.limits = parts.limits();
        this.events = parts.events();
        this.observer = parts.observer();
        this.guards = parts.guards();
        parts.specs().forEach(spec -> types.put(spec.type().name(), spec.type()));
    }

    void host(ShardHost shardHost) {
        host = shardHost;
    }

    void wire(Wiring next) {
        wiring = next;
        sentBack.clear();
        // All links of the incarnation before have ended, also those whose end is no loss.
        ways.keySet().forEach(this::breakWay);
    }

    NodeId self() {
        return wiring().self();
    }

    private Wiring wiring() {
        Wiring current = wiring;
        if (current == null) {
            throw new IllegalStateException("the sharding has not started");
        }
        return current;
    }

    private ShardHost host() {
        ShardHost current = host;
        if (current == null) {
            throw new IllegalStateException("the sharding has not started");
        }
        return current;
    }

    @Nullable
    EntityType<?> type(String name) {
        return types.get(name);
    }

    Asks asks() {
        return asks;
    }

    /** Refuses what callers want from now on; what is parked is reported. */
    void close() {
        closed = true;
        host().stopAll(StopReason.LEAVING, false);
        table.all().forEach(this::reportParked);
        asks.failAll(UndeliveredReason.CLOSED, "the sharding was closed");
    }

    private void reportParked(Slot slot) {
        for (Envelope envelope : slot.parked().take(Integer.MAX_VALUE)) {
            undelivered(UndeliveredReason.CLOSED, envelope, "the sharding was closed");
        }
    }

    boolean isClosed() {
        return closed;
    }

    void ensureOpen() {
        if (closed) {
            throw new IllegalStateException("the sharding is closed; start another one to send messages");
        }
    }

    // ---- what callers send -------------------------------------------------------------------------------------

    /** Sends a message of a caller on its way; exactly one of: delivered, queued on a link, parked, reported. */
    <M> void send(EntityType<M> type, Slot slot, String entityId, M message, long askId) {
        ensureOpen();
        long sequence = slot.nextSequence();
        byte[] payload = null;
        boolean entered = false;
        boolean done = false;
        while (!done) {
            Route route = slot.route();
            if (route instanceof Route.Local local && !local.isBroken()) {
                Envelope near = new Envelope(slot.shard(), entityId, sequence, askId, message, payload);
                entered = entered || enter(near);
                done = local.gate().enter() && deliverThrough(local, near);
            } else {
                payload = payload == null ? encode(type, entityId, message) : payload;
                Envelope far = new Envelope(slot.shard(), entityId, sequence, askId, message, payload);
                entered = entered || enter(far);
                if (route instanceof Route.Remote remote && !remote.isBroken()) {
                    done = remote.gate().enter() && sendThrough(remote, far);
                } else {
                    ParkedMessages.Parking parking = route instanceof Route.Open broken
                            ? slot.parked().parkBehind(broken, slot::route, far)
                            : slot.parked().park(far);
                    done = afterParking(slot, far, parking);
                }
            }
        }
    }

    /** The codec, where it is needed, has not refused the message: from here on something becomes of it. */
    private boolean enter(Envelope envelope) {
        counters.increment(Counter.MESSAGES_ENTERED);
        observer.onEntered(self(), envelope);
        return true;
    }

    private <M> byte[] encode(EntityType<M> type, String entityId, M message) {
        byte[] payload;
        try {
            payload = type.codec().encode(message);
            Objects.requireNonNull(payload, "the codec made null of it");
        } catch (Throwable thrown) {
            Thrown.rethrowIfFatal(thrown);
            counters.increment(Counter.MESSAGES_REFUSED);
            throw new MessageRefusedException(
                    "the codec of entity type '" + type + "' did not write "
                            + message.getClass().getName() + " for '" + entityId + "': " + Thrown.describe(thrown),
                    thrown);
        }
        if (payload.length > limits.frameBytes()) {
            counters.increment(Counter.MESSAGES_REFUSED);
            throw new MessageRefusedException(
                    "a message of " + payload.length + " bytes for " + type + " '" + entityId + "' is longer than "
                            + limits.frameBytes()
                            + " bytes, the limit; send less, or raise Limits.frameBytes on all nodes",
                    null);
        }
        return payload;
    }

    /** Inside the gate. */
    private boolean deliverThrough(Route.Local route, Envelope envelope) {
        try {
            boolean taken = host().deliver(envelope, self()) != ShardHost.Admission.NOT_HOSTED;
            if (!taken) {
                route.breakDown();
            }
            return taken;
        } finally {
            route.gate().exit();
        }
    }

    /** Inside the gate. */
    private boolean sendThrough(Route.Remote route, Envelope envelope) {
        try {
            return switch (transport.sendData(route.home(), envelope)) {
                case QUEUED -> {
                    counters.increment(Counter.MESSAGES_SENT);
                    yield true;
                }
                case FULL -> {
                    counters.increment(Counter.OUTBOUND_REFUSED);
                    undelivered(
                            UndeliveredReason.OUTBOUND_FULL,
                            envelope,
                            "more than " + limits.outboundBytesPerLink() + " bytes (Limits.outboundBytesPerLink) would"
                                    + " wait for " + route.home());
                    yield true;
                }
                case NO_LINK -> {
                    route.breakDown();
                    yield false;
                }
            };
        } finally {
            route.gate().exit();
        }
    }

    /** Reports what came of parking; false if the slot has an open route again. */
    private boolean afterParking(Slot slot, Envelope envelope, ParkedMessages.Parking parking) {
        return switch (parking) {
            case PARKED -> {
                counters.increment(Counter.MESSAGES_PARKED);
                attend(slot);
                if (closed) {
                    reportParked(slot);
                }
                yield true;
            }
            case FULL -> {
                counters.increment(Counter.PARKED_REFUSED);
                undelivered(
                        UndeliveredReason.PARKED_FULL,
                        envelope,
                        "shard " + slot.shard() + " has no home that can be reached, and "
                                + slot.parked().size() + " messages wait for one; at most " + limits.parkedPerShard()
                                + " of a shard (Limits.parkedPerShard) and " + limits.parkedBytes()
                                + " bytes on the node (Limits.parkedBytes) may");
                yield true;
            }
            case CLOSED, LATE -> false;
        };
    }

    /** Takes back a message that could not stay where it was. */
    void takeBack(Envelope envelope) {
        Slot slot = table.slot(envelope.shard());
        if (slot == null) {
            undelivered(UndeliveredReason.UNKNOWN_TYPE, envelope, "this node does not declare the type");
        } else {
            slot.noteBounce();
            afterParking(slot, envelope, slot.parked().takeBack(envelope));
        }
    }

    /**
     * A message came back over the wire. A removed home may wake up and give back what it had accepted after messages behind
     * it went to its successor: to send that on would break the order, so it is reported.
     */
    private void onBounce(NodeId from, Envelope envelope) {
        Slot slot = table.slot(envelope.shard());
        long removal = table.removed().number(from);
        if (slot == null || removal == 0) {
            takeBack(envelope);
            return;
        }
        ParkedMessages.Parking parking = slot.parked().takeBackFromRemoved(removal, envelope);
        if (parking == ParkedMessages.Parking.LATE) {
            undelivered(
                    UndeliveredReason.LINK_LOST,
                    envelope,
                    from + " gave it back after its removal, and later messages have been sent to another home");
        } else {
            slot.noteBounce();
            afterParking(slot, envelope, parking);
        }
    }

    void attend(Slot slot) {
        if (slot.signal()) {
            wiring().kernel().accept(new Signal.SlotWaits(slot.shard()));
        }
    }

    /** A new route. One that was made before a loss of the link is broken by it, whether it is in place yet or not. */
    Route.Open routeTo(NodeId home) {
        return home.equals(self()) ? new Route.Local() : new Route.Remote(ways.computeIfAbsent(home, Way::new));
    }

    // ---- what the region flushes -------------------------------------------------------------------------------

    /** Sends a parked message on; returns whether it left. */
    boolean flush(Envelope parked, Route.Open route) {
        if (route instanceof Route.Remote remote) {
            Envelope encoded = encoded(parked);
            if (encoded == null) {
                return true;
            }
            boolean queued = transport.sendData(remote.home(), encoded) == Transport.SendResult.QUEUED;
            if (queued) {
                counters.increment(Counter.MESSAGES_SENT);
            }
            return queued;
        }
        return host().deliver(parked, self()) != ShardHost.Admission.NOT_HOSTED;
    }

    /** The envelope with its payload; null if the codec fails, which is reported. */
    private @Nullable Envelope encoded(Envelope parked) {
        Object message = parked.message();
        EntityType<?> type = types.get(parked.shard().type());
        if (parked.payload() != null || message == null || type == null) {
            return parked;
        }
        try {
            byte[] payload = encodeUnchecked(type, parked.entityId(), message);
            return new Envelope(parked.shard(), parked.entityId(), parked.sequence(), parked.askId(), message, payload);
        } catch (MessageRefusedException e) {
            undelivered(UndeliveredReason.CODEC_FAILED, parked, String.valueOf(e.getMessage()));
            return null;
        }
    }

    private <M> byte[] encodeUnchecked(EntityType<M> type, String entityId, Object message) {
        return encode(type, entityId, type.messages().cast(message));
    }

    /** Parks a message again that could not leave. */
    void putBack(Slot slot, Envelope envelope) {
        if (slot.parked().takeBack(envelope) == ParkedMessages.Parking.FULL) {
            undelivered(UndeliveredReason.PARKED_FULL, envelope, "its place was taken while it was tried again");
        }
    }

    void sendMarker(NodeId home, ShardKey shard, long marker) {
        transport.sendData(home, new DataMessage.Marker(shard, marker));
    }

    // ---- what arrives ------------------------------------------------------------------------------------------

    void onData(NodeId from, DataMessage message) {
        if (message instanceof Envelope envelope) {
            counters.increment(Counter.MESSAGES_RECEIVED);
            onEnvelope(from, envelope);
        } else if (message instanceof DataMessage.Bounce bounce) {
            onBounce(from, bounce.envelope());
        } else if (message instanceof DataMessage.Reply reply) {
            asks.answerEncoded(reply.askId(), reply.payload().array());
        } else if (message instanceof DataMessage.AskFailure failure) {
            asks.fail(failure.askId(), failure.reason(), failure.detail());
        } else if (message instanceof DataMessage.Marker marker) {
            Set<ShardKey> backwards = sentBack.get(from);
            if (backwards != null) {
                backwards.remove(marker.shard());
            }
            transport.sendData(from, new DataMessage.MarkerAnswer(marker.shard(), marker.marker()));
        } else if (message instanceof DataMessage.MarkerAnswer answer) {
            Slot slot = table.slot(answer.shard());
            if (slot != null && slot.awaits(answer.marker())) {
                wiring().kernel().accept(new Signal.MarkerAnswered(from, answer.shard(), answer.marker()));
            }
        }
    }

    private void onEnvelope(NodeId from, Envelope envelope) {
        Set<ShardKey> backwards = sentBack.get(from);
        boolean goesBack = backwards != null && !backwards.isEmpty() && backwards.contains(envelope.shard());
        if (table.slot(envelope.shard()) == null) {
            undeliveredFrom(
                    from,
                    UndeliveredReason.UNKNOWN_TYPE,
                    envelope,
                    self() + " does not declare the entity type '"
                            + envelope.shard().type() + "'; add it to the settings there");
        } else {
            boolean taken = !goesBack && host().deliver(envelope, from) != ShardHost.Admission.NOT_HOSTED;
            if (guards.mustReturn(taken)) {
                sendBack(from, envelope);
            }
        }
    }

    /** The peer has been removed: it gets nothing back any more, and what waits on the way to it comes back. */
    void forget(NodeId peer) {
        sentBack.remove(peer);
        table.removed().add(peer);
        transport.drop(peer);
        // The loss of a link breaks the way; there may have been none.
        breakWay(peer);
    }

    private void breakWay(NodeId peer) {
        Way way = ways.remove(peer);
        if (way != null) {
            way.breakDown();
        }
    }

    /** Sends a message back to the region that it came from. */
    void sendBack(NodeId to, Envelope envelope) {
        sentBack.computeIfAbsent(to, id -> ConcurrentHashMap.newKeySet()).add(envelope.shard());
        counters.increment(Counter.MESSAGES_BOUNCED);
        if (transport.sendData(to, new DataMessage.Bounce(envelope)) != Transport.SendResult.QUEUED) {
            undeliveredFrom(to, UndeliveredReason.LINK_LOST, envelope, "it could not be sent back to " + to);
        }
    }

    /** The outgoing link to the peer is gone: what had not left is parked again, what may have arrived is counted. */
    void onDataLinkLost(NodeId peer, List<DataMessage> unsent, long inDoubt) {
        breakWay(peer);
        if (inDoubt > 0) {
            counters.add(Counter.MESSAGES_IN_DOUBT, inDoubt);
            events.accept(new ClusterEvent.LinkLost(peer, inDoubt));
        }
        for (DataMessage message : unsent) {
            if (message instanceof Envelope envelope) {
                takeBack(envelope);
            } else if (message instanceof DataMessage.Bounce bounce) {
                undeliveredFrom(
                        peer, UndeliveredReason.LINK_LOST, bounce.envelope(), "it could not be sent back to " + peer);
            } else if (message instanceof DataMessage.Reply || message instanceof DataMessage.AskFailure) {
                counters.increment(Counter.REPLIES_LOST);
            }
        }
        Wiring current = wiring;
        if (current != null) {
            current.kernel().accept(new Signal.DataLinkLost(peer, inDoubt));
        }
    }

    // ---- answers and reports -----------------------------------------------------------------------------------

    /** Sends the answer to an ask of another node, or of this one. */
    void reply(NodeId asker, long askId, String typeName, Object answer) {
        if (asker.equals(self())) {
            asks.answer(askId, answer);
            return;
        }
        EntityType<?> type = types.get(typeName);
        String problem = "this node does not declare the entity type '" + typeName + "'";
        byte[] payload = null;
        if (type != null) {
            try {
                payload = Objects.requireNonNull(type.codec().encodeReply(answer), "the codec made null of it");
                problem = "the answer has " + payload.length + " bytes, the limit is " + limits.frameBytes()
                        + "; answer in parts, or raise Limits.frameBytes on all nodes";
            } catch (Throwable thrown) {
                Thrown.rethrowIfFatal(thrown);
                problem = "the codec did not write the answer, a "
                        + answer.getClass().getName() + ": " + Thrown.describe(thrown);
            }
        }
        if (payload != null && payload.length <= limits.frameBytes()) {
            if (transport.sendData(asker, new DataMessage.Reply(askId, new Bytes(payload)))
                    != Transport.SendResult.QUEUED) {
                counters.increment(Counter.REPLIES_LOST);
            }
        } else {
            failAsk(asker, askId, UndeliveredReason.CODEC_FAILED, problem);
        }
    }

    void failAsk(NodeId asker, long askId, UndeliveredReason reason, String detail) {
        if (asker.equals(self())) {
            asks.fail(askId, reason, detail);
        } else if (transport.sendData(asker, new DataMessage.AskFailure(askId, reason, detail))
                != Transport.SendResult.QUEUED) {
            counters.increment(Counter.REPLIES_LOST);
        }
    }

    void undelivered(UndeliveredReason reason, Envelope envelope, String detail) {
        undeliveredFrom(self(), reason, envelope, detail);
    }

    void undeliveredFrom(NodeId sender, UndeliveredReason reason, Envelope envelope, String detail) {
        counters.increment(Counter.MESSAGES_UNDELIVERED);
        observer.onUndelivered(sender, envelope, reason);
        events.accept(new ClusterEvent.Undelivered(reason, envelope.shard().type(), envelope.entityId(), 1, detail));
        if (envelope.askId() != 0) {
            failAsk(sender, envelope.askId(), reason, detail);
        }
    }

    void publish(ClusterEvent event) {
        events.accept(event);
    }
}
