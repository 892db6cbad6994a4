package io.shardhold.internal.shard;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import io.shardhold.cluster.UndeliveredReason;
import io.shardhold.config.EntitySpec;
import io.shardhold.config.Limits;
import io.shardhold.entity.EntityRef;
import io.shardhold.entity.EntityType;
import io.shardhold.entity.ReplyAddresses;
import io.shardhold.entity.StopReason;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.kernel.Counters;
import io.shardhold.internal.kernel.DataObserver;
import io.shardhold.internal.kernel.EntityExecutor;
import io.shardhold.internal.kernel.RightToServe;
import io.shardhold.internal.kernel.TimeSource;
import io.shardhold.internal.protocol.Envelope;
import io.shardhold.internal.protocol.ShardEpoch;
import io.shardhold.internal.protocol.ShardKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Owns the shards that a node hosts, and their entities. The region opens and stops shards on the kernel's thread;
 * messages are delivered on any thread, without a lock and without entering the kernel.
 *
 * <pre>{@code
 * host.open(shardEpoch);
 * switch (host.deliver(envelope, sender)) {
 *   case ACCEPTED, REFUSED -> {}
 *   case NOT_HOSTED -> parkOrBounce(envelope);
 * }
 * host.stop(shardEpoch, StopReason.HAND_OFF, true); // ports.onDrained(shardEpoch) follows
 * }</pre>
 *
 * <p>An accepted message is taken up by its entity, or given to {@link Ports#onLeftOver}, or counted as undelivered
 * (its codec or its entity's factory failed): exactly one of the three. MESSAGES_HANDLED counts what a handler was
 * called with. ENTITIES_STARTED less ENTITIES_STOPPED is the number of instances; ENTITIES_FAILED counts what threw.
 */
public final class ShardHost {
    /** An entity type that this node hosts, and what runs its entities. */
    public record HostedType(EntitySpec<?> spec, EntityExecutor executor) {}

    /**
     * What the host uses of its node besides the ports.
     *
     * @param random called for each draw of an entity; the supplier must suit any worker thread
     */
    public record Resources(
            Limits limits,
            RightToServe right,
            TimeSource time,
            Counters counters,
            Supplier<RandomGenerator> random,
            DataObserver observer) {}

    /** What became of a message that was delivered. */
    public enum Admission {
        /** The entity has it. */
        ACCEPTED,
        /** The shard is not open here; the message is still the caller's. */
        NOT_HOSTED,
        /** A limit is reached; the message has been counted and reported, its ask failed. */
        REFUSED
    }

    /**
     * What the region hears. Called on any thread, also within calls of the host's methods; must not block. Calls for one
     * entity keep the order of its messages.
     */
    public interface Ports {
        /** Nothing of this epoch runs, waits or will run. Once per opened epoch; the shard may be opened again. */
        void onDrained(ShardEpoch shard);

        /** A message that was accepted and never taken up: to be sent on. Before {@link #onDrained} of its shard. */
        void onLeftOver(Envelope envelope, NodeId sender);

        /** An ask will not be answered. */
        void onAskFailed(NodeId asker, long askId, UndeliveredReason reason, String detail);

        /** Makes addresses for answers while messages are decoded. */
        ReplyAddresses replies();

        <M> EntityRef<M> entityRef(EntityType<M> type, String id);

        void publish(ClusterEvent event);
    }

    private final Map<String, TypeShards<?>> types = new HashMap<>();
    private final Surroundings surroundings;

    /** All shards that have not drained, for what concerns all of them. */
    private final ConcurrentSkipListMap<ShardKey, HostedShard<?>> hosted = new ConcurrentSkipListMap<>();

    private final AtomicInteger shards = new AtomicInteger();

    /** Raised after each change of {@link #hosted}. */
    private final AtomicLong version = new AtomicLong();

    /** The types are fixed from here on. */
    public ShardHost(List<HostedType> hostedTypes, Resources resources, Ports ports) {
        surroundings = new Surroundings(resources, ports);
        for (HostedType type : hostedTypes) {
            TypeShards<?> added = TypeShards.of(type.spec(), type.executor());
            if (types.put(added.type().name(), added) != null) {
                throw new IllegalArgumentException("two entity types are named " + added.type());
            }
        }
    }

    /**
     * Accepts messages for this shard from now on. Entities start with their first message. Kernel thread.
     *
     * @throws IllegalStateException if this node does not host the type, or an epoch of the shard has not drained: that
     *     one must have been told to {@link Ports#onDrained} first, so that no entity ever has two instances
     */
    public void open(ShardEpoch shard) {
        TypeShards<?> type = types.get(shard.shard().type());
        if (type == null || shard.shard().shard() >= type.shards()) {
            throw new IllegalStateException("not a shard of this node: " + shard);
        }
        openIn(type, shard);
    }

    private <M> void openIn(TypeShards<M> type, ShardEpoch shard) {
        HostedShard<M> before = type.get(shard.shard().shard());
        if (before != null) {
            throw new IllegalStateException(shard + " opened before " + before + " has drained");
        }
        HostedShard<M> opened = new HostedShard<>(type, shard, surroundings, this::onDrained);
        hosted.put(shard.shard(), opened);
        shards.getAndIncrement();
        surroundings.counters().increment(Counter.SHARDS_STARTED);
        type.put(opened);
        version.getAndIncrement();
    }

    /** Hands a message to its entity. Any thread; never blocks. */
    public Admission deliver(Envelope envelope, NodeId sender) {
        HostedShard<?> shard = find(envelope.shard());
        return shard == null ? Admission.NOT_HOSTED : shard.deliver(new Letter(envelope, sender));
    }

    /**
     * Stops a shard: no message is accepted any more, and {@link Ports#onDrained} follows once no handler runs, perhaps
     * within this call. Kernel thread.
     *
     * <p>Orderly: everything accepted is handled first, then each entity's stop hook is called; without the right to serve
     * that waits until {@link #wake}. Not orderly: nothing more is taken up, no hooks are called, waiting messages go to
     * {@link Ports#onLeftOver}. The second of two stops counts only if it is the disorderly one.
     *
     * @return whether this epoch is here; false if it has drained or never was
     */
    public boolean stop(ShardEpoch shard, StopReason reason, boolean orderly) {
        HostedShard<?> stopping = find(shard);
        if (stopping == null) {
            return false;
        }
        stopping.stop(reason, orderly);
        return true;
    }

    /**
     * Takes back an orderly stop. Entities that have stopped meanwhile start afresh with their next message. Kernel
     * thread.
     *
     * @return whether the shard is open now; false if it has drained, drops its messages, or never was here
     */
    public boolean keep(ShardEpoch shard) {
        HostedShard<?> kept = find(shard);
        return kept != null && kept.keep();
    }

    /** Stops all shards, in the order of their keys; as {@link #stop}. Kernel thread. */
    public void stopAll(StopReason reason, boolean orderly) {
        hosted.values().forEach(shard -> shard.stop(reason, orderly));
    }

    /**
     * Lets entities go on that found no right to serve. To be called after each extension of the right; cheap when none
     * waits. Any thread.
     */
    public void wake() {
        surroundings.takeAllSuspended().forEach(EntityCell::schedule);
    }

    /** The ids of entities of a shard that have not stopped, sorted; at most so many. */
    public List<String> unfinished(ShardEpoch shard, int atMost) {
        HostedShard<?> found = find(shard);
        return found == null ? List.of() : found.unfinished(atMost);
    }

    /** The shards that have not drained, sorted. */
    public List<ShardEpoch> hosted() {
        return hosted.values().stream().map(HostedShard::epoch).toList();
    }

    /** Changes whenever {@link #hosted} does, after it. Any thread. */
    public long version() {
        return version.get();
    }

    /** Whether no shard is here, and so no handler runs. */
    public boolean isSilent() {
        return shards.get() == 0;
    }

    /** Shards that have not drained. */
    public int shards() {
        return shards.get();
    }

    /** Entities that live or have messages waiting. */
    public int entities() {
        return surroundings.entities();
    }

    private @Nullable HostedShard<?> find(ShardKey key) {
        TypeShards<?> type = types.get(key.type());
        return type == null ? null : type.get(key.shard());
    }

    private @Nullable HostedShard<?> find(ShardEpoch shard) {
        HostedShard<?> found = find(shard.shard());
        return found != null && found.epoch().equals(shard) ? found : null;
    }

    private void onDrained(HostedShard<?> shard) {
        ShardKey key = shard.epoch().shard();
        hosted.remove(key, shard);
        TypeShards<?> type = types.get(key.type());
        if (type != null) {
            type.clear(key.shard());
        }
        surroundings.counters().increment(Counter.SHARDS_STOPPED);
        shards.getAndDecrement();
        version.getAndIncrement();
        surroundings.ports().onDrained(shard.epoch());
    }
}
