package io.shardhold.internal.shard;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import io.shardhold.cluster.UndeliveredReason;
import io.shardhold.config.Limits;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.kernel.Counters;
import io.shardhold.internal.kernel.DataObserver;
import io.shardhold.internal.kernel.RightToServe;
import io.shardhold.internal.kernel.TimeSource;
import io.shardhold.internal.protocol.Envelope;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What all cells of a node share: its right to serve, clocks, counters and ports, and what is counted over all shards.
 *
 * <p>Concurrency: any thread. The number of entities is reserved before a cell exists and given back after it is gone.
 * Suspended cells are in a set ordered by the order of their making; taking one out of it, which only one thread can,
 * is the permission to schedule it.
 */
final class Surroundings {
    private final ShardHost.Resources resources;
    private final ShardHost.Ports ports;
    private final AtomicInteger entities = new AtomicInteger();
    private final AtomicLong cellsMade = new AtomicLong();
    private final ConcurrentSkipListSet<EntityCell<?>> suspended = new ConcurrentSkipListSet<>();

    Surroundings(ShardHost.Resources resources, ShardHost.Ports ports) {
        this.resources = resources;
        this.ports = ports;
    }

    Limits limits() {
        return resources.limits();
    }

    RightToServe right() {
        return resources.right();
    }

    TimeSource time() {
        return resources.time();
    }

    Counters counters() {
        return resources.counters();
    }

    DataObserver observer() {
        return resources.observer();
    }

    Supplier<RandomGenerator> random() {
        return resources.random();
    }

    ShardHost.Ports ports() {
        return ports;
    }

    /** Makes room for one more entity; false if there are as many as may be. */
    boolean reserveEntity() {
        int before = entities.get();
        while (before < resources.limits().entities()) {
            if (entities.compareAndSet(before, before + 1)) {
                return true;
            }
            before = entities.get();
        }
        return false;
    }

    void giveBackEntity() {
        entities.getAndDecrement();
    }

    int entities() {
        return entities.get();
    }

    long nextCellNumber() {
        return cellsMade.getAndIncrement();
    }

    void suspend(EntityCell<?> cell) {
        suspended.add(cell);
    }

    /** Whether the cell was suspended and the caller is now the one to schedule it. */
    boolean takeSuspended(EntityCell<?> cell) {
        return suspended.remove(cell);
    }

    /** Takes all suspended cells at once, so that one that suspends itself again waits for the next call. */
    List<EntityCell<?>> takeAllSuspended() {
        List<EntityCell<?>> taken = new ArrayList<>();
        EntityCell<?> cell = suspended.pollFirst();
        while (cell != null) {
            taken.add(cell);
            cell = suspended.pollFirst();
        }
        return taken;
    }

    /** A message that will not be handled and goes nowhere else: counted, reported, its ask failed. */
    void onUndelivered(Letter letter, UndeliveredReason reason, String detail) {
        Envelope envelope = letter.envelope();
        resources.counters().increment(Counter.MESSAGES_UNDELIVERED);
        resources.observer().onUndelivered(letter.sender(), envelope, reason);
        ports.publish(new ClusterEvent.Undelivered(reason, envelope.shard().type(), envelope.entityId(), 1, detail));
        failAsk(envelope, letter.sender(), reason, detail);
    }

    /** Something of the user's threw. */
    void onEntityFailed(String type, String entityId, Throwable cause) {
        resources.counters().increment(Counter.ENTITIES_FAILED);
        ports.publish(new ClusterEvent.EntityFailed(type, entityId, cause));
    }

    void failAsk(Envelope envelope, NodeId asker, UndeliveredReason reason, String detail) {
        if (envelope.askId() != 0) {
            ports.onAskFailed(asker, envelope.askId(), reason, detail);
        }
    }
}
