package io.shardhold.internal.region;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import io.shardhold.config.Timings;
import io.shardhold.entity.StopReason;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.Turn;
import io.shardhold.internal.protocol.ByShard;
import io.shardhold.internal.protocol.CoordinatorMessage;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.Placement;
import io.shardhold.internal.protocol.RegionMessage;
import io.shardhold.internal.protocol.ShardEpoch;
import io.shardhold.internal.protocol.ShardKey;
import io.shardhold.internal.protocol.ShardMove;
import io.shardhold.internal.protocol.Term;
import io.shardhold.internal.shard.ShardHost;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which shards this incarnation hosts. Kernel thread. One shard goes through these states:
 *
 * <pre>
 *   ABSENT --HostShards with an epoch above every stopped one--> HOSTED
 *   HOSTED --HandOff--> STOPPING --drained--> ABSENT, the epoch stopped for ever
 *   STOPPING --not drained within the stop timeout, right held--> HOSTED, that handoff refused for ever
 * </pre>
 *
 * <p>Only a directive opens a shard, never a map entry; the owner's own word counts once the map shows the move.
 */
final class Hosting {
    private static final int NAMED = 5;

    /** One hosted shard. */
    private static final class Hosted {
        private final ShardKey shard;
        private final Epoch epoch;
        private boolean stopping;
        private @Nullable ShardMove move;
        private @Nullable Term commandedBy;

        private Hosted(ShardEpoch opened) {
            this.shard = opened.shard();
            this.epoch = opened.epoch();
        }
    }

    /** What hosting is connected to. */
    record Links(
            ShardHost host,
            Guards guards,
            Timings timings,
            Supplier<Turn> turn,
            Consumer<ShardKey> onChange,
            Collection<String> types) {}

    private final Links links;
    private final ByShard<Hosted> hosted = new ByShard<>();
    /** The highest epoch of each shard that was stopped here. */
    private final ByShard<ShardEpoch> stopped = new ByShard<>();

    private final Map<ShardKey, Epoch> refusedMoves = new TreeMap<>();
    private final TreeSet<ShardEpoch> unacknowledged = new TreeSet<>();
    private final List<ShardEpoch> started = new ArrayList<>();

    Hosting(Links links) {
        this.links = links;
    }

    private Turn turn() {
        return links.turn().get();
    }

    boolean isHosted(ShardKey shard) {
        Hosted here = hosted.get(shard);
        return here != null && !here.stopping;
    }

    boolean isEmpty() {
        return hosted.isEmpty();
    }

    List<ShardEpoch> hosted() {
        return hosted.values().stream()
                .map(here -> new ShardEpoch(here.shard, here.epoch))
                .toList();
    }

    List<ShardEpoch> stopped() {
        return List.copyOf(stopped.values());
    }

    /** Epochs that are over and that no coordinator has acknowledged. */
    List<ShardEpoch> unacknowledged() {
        return List.copyOf(unacknowledged);
    }

    void onAcknowledged(List<ShardEpoch> over) {
        over.forEach(unacknowledged::remove);
    }

    /** Shards that were opened since this was asked last. */
    List<ShardEpoch> takeStarted() {
        List<ShardEpoch> taken = List.copyOf(started);
        started.clear();
        return taken;
    }

    // ---- opening -----------------------------------------------------------------------------------------------

    /**
     * Opens a shard on the word of a coordinator, or of its owner.
     *
     * @param known what this node's map says of the shard
     * @return whether this epoch is hosted
     */
    boolean open(ShardEpoch shard, @Nullable Placement known) {
        Hosted here = hosted.get(shard.shard());
        if (here != null) {
            return here.epoch.equals(shard.epoch());
        }
        ShardEpoch last = stopped.get(shard.shard());
        Epoch over = last == null ? Epoch.NONE : last.epoch();
        Epoch inMap = known == null ? Epoch.NONE : known.epoch();
        if (links.guards().refusesEpoch(over, inMap, shard.epoch())) {
            boolean wasStopped = shard.epoch().compareTo(over) <= 0;
            if (wasStopped) {
                unacknowledged.add(shard);
            }
            turn().count(wasStopped ? Counter.EPOCHS_REFUSED_STOPPED : Counter.EPOCHS_REFUSED_OUTDATED);
            return false;
        }
        if (!links.types().contains(shard.shard().type())) {
            return false;
        }
        hosted.put(shard.shard(), new Hosted(shard));
        links.host().open(shard);
        started.add(shard);
        publish(shard, true);
        links.onChange().accept(shard.shard());
        return true;
    }

    private void publish(ShardEpoch shard, boolean isStarted) {
        turn().publish(new ClusterEvent.ShardsHere(
                shard.shard().type(), shard.shard().shard(), shard.epoch().toString(), isStarted));
    }

    // ---- stopping ----------------------------------------------------------------------------------------------

    /** Stops a shard for a move; what this region does not host is over. */
    void handOff(Term term, ShardMove move, boolean mayServe) {
        ShardKey shard = move.from().shard();
        Hosted here = hosted.get(shard);
        if (here == null || !here.epoch.equals(move.from().epoch())) {
            if (here == null || move.from().epoch().isBelow(here.epoch)) {
                noteStopped(move.from());
            }
            return;
        }
        Epoch refused = refusedMoves.getOrDefault(shard, Epoch.NONE);
        if (move.next().compareTo(refused) <= 0) {
            turn().count(Counter.MOVES_REFUSED);
            turn().send(term.node(), new CoordinatorMessage.ShardKept(term, move));
            return;
        }
        here.commandedBy = term;
        if (!here.stopping) {
            here.stopping = true;
            here.move = move;
            turn().startTimer(shard, links.timings().stop().toNanos());
            links.onChange().accept(shard);
            links.host().stop(move.from(), StopReason.HAND_OFF, mayServe);
        }
    }

    /** The stop timeout of a shard has passed: it is kept, or dropped if this node may not serve. */
    void onStopTimeout(ShardKey shard, boolean mayServe) {
        Hosted here = hosted.get(shard);
        if (here == null || !here.stopping) {
            return;
        }
        ShardEpoch epoch = new ShardEpoch(shard, here.epoch);
        ShardMove move = here.move;
        List<String> late = links.host().unfinished(epoch, NAMED);
        if (move != null && mayServe && links.host().keep(epoch)) {
            here.stopping = false;
            here.move = null;
            refusedMoves.put(shard, move.next());
            turn().publish(new ClusterEvent.ShardKept(shard.type(), shard.shard(), late));
            if (here.commandedBy != null) {
                turn().send(here.commandedBy.node(), new CoordinatorMessage.ShardKept(here.commandedBy, move));
            }
            links.onChange().accept(shard);
        } else {
            turn().publish(new ClusterEvent.ShardKept(shard.type(), shard.shard(), late));
            if (!mayServe) {
                links.host().stop(epoch, StopReason.HAND_OFF, false);
            }
            turn().startTimer(shard, links.timings().stop().toNanos());
        }
    }

    /** Drops a shard at once: the map says that another epoch of it lives elsewhere. */
    void drop(ShardKey shard) {
        Hosted here = hosted.get(shard);
        if (here != null) {
            here.stopping = true;
            links.onChange().accept(shard);
            links.host().stop(new ShardEpoch(shard, here.epoch), StopReason.HAND_OFF, false);
        }
    }

    /** Whether the shard is hosted under a lower epoch than this. */
    boolean isBelow(ShardKey shard, Epoch epoch) {
        Hosted here = hosted.get(shard);
        return here != null && here.epoch.isBelow(epoch);
    }

    void stopAll(StopReason reason, boolean orderly) {
        for (Hosted here : hosted.values()) {
            here.stopping = true;
            here.move = null;
            turn().cancelTimer(here.shard);
        }
        List.copyOf(hosted.values()).forEach(here -> links.onChange().accept(here.shard));
        links.host().stopAll(reason, orderly);
    }

    /** Nothing of the shard runs any more; returns the move that this completes, if it was one. */
    @Nullable
    ShardMove onDrained(ShardEpoch shard) {
        Hosted here = hosted.get(shard.shard());
        if (here == null || !here.epoch.equals(shard.epoch())) {
            return null;
        }
        hosted.remove(shard.shard());
        turn().cancelTimer(shard.shard());
        noteStopped(shard);
        publish(shard, false);
        links.onChange().accept(shard.shard());
        return here.move;
    }

    private void noteStopped(ShardEpoch shard) {
        ShardEpoch last = stopped.get(shard.shard());
        if (last == null || last.epoch().isBelow(shard.epoch())) {
            stopped.put(shard.shard(), shard);
        }
        unacknowledged.add(shard);
    }

    /** The members that are to hear of what was started here. */
    static void announce(Turn turn, long clusterId, List<ShardEpoch> shards, Collection<NodeId> members) {
        if (!shards.isEmpty()) {
            for (NodeId member : members) {
                turn.send(member, new RegionMessage.ShardsStarted(clusterId, shards));
            }
        }
    }

    Map<ShardKey, Epoch> epochs() {
        Map<ShardKey, Epoch> epochs = new TreeMap<>();
        hosted.values().forEach(here -> epochs.put(here.shard, here.epoch));
        return Collections.unmodifiableMap(epochs);
    }
}
