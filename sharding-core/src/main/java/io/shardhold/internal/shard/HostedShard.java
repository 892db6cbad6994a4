package io.shardhold.internal.shard;

import io.shardhold.cluster.UndeliveredReason;
import io.shardhold.entity.EntityFactory;
import io.shardhold.entity.EntityType;
import io.shardhold.entity.StopReason;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.kernel.EntityExecutor;
import io.shardhold.internal.kernel.Gate;
import io.shardhold.internal.protocol.ShardEpoch;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * One shard under one epoch, from its opening until nothing of it runs or waits.
 *
 * <pre>
 *   Open ──stop──▶ Closing ──last deliverer out──▶ Finishing ──last cell gone──▶ Drained
 *     ▲              │    │                          │     │                       ▲
 *     └─────keep─────┴────┼──────────keep────────────┘     ▼ disorderly            │
 *                         └───disorderly, last out───▶ Dropping ──last cell gone───┘
 * </pre>
 *
 * <p>Concurrency: each stay in a phase is an object of its own, and phases change by comparing identities, so that a
 * thread that looked at an earlier stay changes nothing. Only the kernel's thread leaves Open, opens again and makes a
 * stop disorderly; deliverers and workers go on from Closing, Finishing and Dropping. Cells are made inside the gate only:
 * from Finishing on their number falls, and whoever finds it 0 under the phase that it read before has drained the shard.
 */
final class HostedShard<M> {
    /** Where the shard stands. */
    sealed interface Phase {
        default boolean takesUpNothing() {
            return false;
        }
    }

    /** Messages get in through the gate. */
    record Open(Gate gate) implements Phase {}

    /** The gate is closed; some deliverers may still be inside. */
    record Closing(Gate gate, StopReason reason, boolean orderly) implements Phase {
        @Override
        public boolean takesUpNothing() {
            return !orderly;
        }
    }

    /** Mailboxes are final; each entity stops behind its last message. */
    record Finishing(StopReason reason) implements Phase {}

    /** Mailboxes are final; what is in them goes back. */
    record Dropping() implements Phase {
        @Override
        public boolean takesUpNothing() {
            return true;
        }
    }

    /** Nothing of the shard runs or will run. */
    record Drained() implements Phase {
        @Override
        public boolean takesUpNothing() {
            return true;
        }
    }

    private final TypeShards<M> home;
    private final ShardEpoch epoch;
    private final Surroundings surroundings;
    private final Consumer<HostedShard<?>> onDrained;
    private final AtomicReference<Phase> phase = new AtomicReference<>(new Open(new Gate()));
    private final ConcurrentHashMap<String, EntityCell<M>> cells = new ConcurrentHashMap<>();

    /** Cells that are not gone; raised before a cell is in the map, lowered after it is out. */
    private final AtomicInteger live = new AtomicInteger();

    HostedShard(TypeShards<M> home, ShardEpoch epoch, Surroundings surroundings, Consumer<HostedShard<?>> onDrained) {
        this.home = home;
        this.epoch = epoch;
        this.surroundings = surroundings;
        this.onDrained = onDrained;
    }

    ShardEpoch epoch() {
        return epoch;
    }

    EntityType<M> type() {
        return home.type();
    }

    EntityFactory<M> factory() {
        return home.factory();
    }

    EntityExecutor executor() {
        return home.executor();
    }

    Surroundings surroundings() {
        return surroundings;
    }

    Phase phase() {
        return Objects.requireNonNull(phase.get());
    }

    /** Any thread. */
    ShardHost.Admission deliver(Letter letter) {
        if (!(phase() instanceof Open open) || !open.gate.enter()) {
            return ShardHost.Admission.NOT_HOSTED;
        }
        try {
            return admit(letter);
        } finally {
            open.gate.exit();
        }
    }

    private ShardHost.Admission admit(Letter letter) {
        String id = letter.envelope().entityId();
        while (true) {
            EntityCell<M> cell = cells.get(id);
            if (cell == null) {
                if (!addCell(id)) {
                    return refused(letter, UndeliveredReason.ENTITY_LIMIT);
                }
                continue;
            }
            switch (cell.offer(letter)) {
                case FIRST -> {
                    cell.schedule();
                    return ShardHost.Admission.ACCEPTED;
                }
                case QUEUED -> {
                    return ShardHost.Admission.ACCEPTED;
                }
                case FULL -> {
                    return refused(letter, UndeliveredReason.MAILBOX_FULL);
                }
                case RETIRED -> cells.remove(id, cell);
            }
        }
    }

    /** Whether there is a cell for the id now. */
    private boolean addCell(String id) {
        if (!surroundings.reserveEntity()) {
            return cells.containsKey(id);
        }
        live.getAndIncrement();
        if (cells.putIfAbsent(id, new EntityCell<>(this, id)) != null) {
            live.getAndDecrement();
            surroundings.giveBackEntity();
        }
        return true;
    }

    private ShardHost.Admission refused(Letter letter, UndeliveredReason reason) {
        boolean mailbox = reason == UndeliveredReason.MAILBOX_FULL;
        surroundings.counters().increment(mailbox ? Counter.MAILBOX_REFUSED : Counter.ENTITIES_REFUSED);
        String detail = mailbox
                ? surroundings.limits().mailbox() + " messages wait for this entity, the limit; send slower, make its"
                        + " handler faster, or raise Limits.mailbox"
                : surroundings.limits().entities() + " entities live on this node, the limit; add nodes, have entities"
                        + " stop when they are idle, or raise Limits.entities";
        surroundings.onUndelivered(letter, reason, detail);
        return ShardHost.Admission.REFUSED;
    }

    /** Kernel thread. */
    void stop(StopReason reason, boolean orderly) {
        if (phase() instanceof Open open) {
            phase.set(new Closing(open.gate, reason, orderly));
            open.gate.close(() -> onEmptied(open.gate));
        } else if (!orderly) {
            becomeDisorderly();
        }
    }

    private void becomeDisorderly() {
        while (true) {
            Phase now = phase();
            if (now instanceof Closing closing && closing.orderly) {
                if (phase.compareAndSet(now, new Closing(closing.gate, closing.reason, false))) {
                    return;
                }
            } else if (now instanceof Finishing) {
                if (phase.compareAndSet(now, new Dropping())) {
                    drop();
                    return;
                }
            } else {
                return;
            }
        }
    }

    /** The last deliverer is out, or there was none. */
    private void onEmptied(Gate gate) {
        while (phase() instanceof Closing closing && closing.gate == gate) {
            if (!closing.orderly) {
                if (phase.compareAndSet(closing, new Dropping())) {
                    drop();
                    return;
                }
            } else if (phase.compareAndSet(closing, new Finishing(closing.reason))) {
                cellsInOrder().forEach(EntityCell::finish);
                drainIfDone();
                return;
            }
        }
    }

    private void drop() {
        cellsInOrder().forEach(EntityCell::dropIfFree);
        drainIfDone();
    }

    /** Whether the shard is open now: it was, or an orderly stop that had not drained is taken back. Kernel thread. */
    boolean keep() {
        while (true) {
            Phase now = phase();
            if (now instanceof Open) {
                return true;
            }
            if (now instanceof Closing closing && closing.orderly && closing.gate.reopen()) {
                phase.set(new Open(closing.gate));
                return true;
            }
            if (now.takesUpNothing()) {
                return false;
            }
            if (phase.compareAndSet(now, new Open(new Gate()))) {
                return true;
            }
        }
    }

    /** The cell has neither instance nor letters and will not have any. Its last holder's thread. */
    void onGone(EntityCell<M> cell) {
        cells.remove(cell.id(), cell);
        surroundings.giveBackEntity();
        live.getAndDecrement();
        drainIfDone();
    }

    private void drainIfDone() {
        Phase now = phase();
        boolean ending = now instanceof Finishing || now instanceof Dropping;
        if (ending && live.get() == 0 && phase.compareAndSet(now, new Drained())) {
            onDrained.accept(this);
        }
    }

    /** By age: what is done to all cells is done in the same order in each run of a seed. */
    private List<EntityCell<M>> cellsInOrder() {
        return cells.values().stream().sorted().toList();
    }

    List<String> unfinished(int atMost) {
        return cells.keySet().stream().sorted().limit(atMost).toList();
    }

    @Override
    public String toString() {
        return epoch.toString();
    }
}
