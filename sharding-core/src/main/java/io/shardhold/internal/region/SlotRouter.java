package io.shardhold.internal.region;

import io.shardhold.cluster.NodeId;
import io.shardhold.config.Timings;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.kernel.Turn;
import io.shardhold.internal.protocol.Envelope;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.Placement;
import io.shardhold.internal.protocol.ShardKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sets the routes of this node. Kernel thread. One slot goes through these states:
 *
 * <pre>
 *   PARKING --home known--> (senders of the old route are through) --marker answered by the home before--> flush --> OPEN
 *   OPEN --message came back | route broken | home changed | handoff begun--> PARKING
 * </pre>
 *
 * <p>The marker goes to the last home behind everything that was sent there; its answer comes behind everything that
 * came back. Without that, what is parked could overtake what is on its way. A lost link, or the removal of the old home,
 * stands for the answer: what was on the way is then in doubt.
 */
final class SlotRouter {
    private static final int FLUSHED_AT_ONCE = 256;

    private final RouteTable table;
    private final DataPlane plane;
    private final Timings timings;
    private final Supplier<Turn> turn;
    private final Predicate<ShardKey> hostedHere;
    private final Map<ShardKey, Placement> placements = new TreeMap<>();
    private final TreeSet<ShardKey> unsettled = new TreeSet<>();
    /** Who has its verdict and is still in the map, and since when this node knows. */
    private final Map<NodeId, Long> removed = new TreeMap<>();

    private long markers;
    private boolean givenUp;

    SlotRouter(
            RouteTable table, DataPlane plane, Timings timings, Supplier<Turn> turn, Predicate<ShardKey> hostedHere) {
        this.table = table;
        this.plane = plane;
        this.timings = timings;
        this.turn = turn;
        this.hostedHere = hostedHere;
    }

    private long nowNanos() {
        return turn.get().now().monoNanos();
    }

    @Nullable
    Placement placement(ShardKey shard) {
        return placements.get(shard);
    }

    boolean isDeclared(ShardKey shard) {
        return table.slot(shard) != null;
    }

    boolean mentions(NodeId node) {
        return placements.values().stream()
                .anyMatch(p -> p.home().equals(node)
                        || (p.move() != null && p.move().target().equals(node)));
    }

    // ---- what changes routes -----------------------------------------------------------------------------------

    /** A new incarnation begins with no knowledge of homes; what is parked stays parked. */
    void begin() {
        for (Slot slot : table.all()) {
            slot.dirty = null;
            slot.marker = 0;
            slot.heldUntilNanos = nowNanos();
            slot.movingEpoch = null;
            slot.attended();
            park(slot);
            slot.dirty = null;
            if (slot.parked().size() > 0) {
                unsettled.add(slot.shard());
            }
        }
    }

    void onPlaced(ShardKey shard, Placement placement) {
        Placement before = placements.put(shard, placement);
        Slot slot = table.slot(shard);
        if (slot == null) {
            return;
        }
        boolean newEpoch = before == null || !before.epoch().equals(placement.epoch());
        if (newEpoch || placement.move() == null) {
            slot.movingEpoch = null;
        }
        if (newEpoch) {
            slot.heldUntilNanos = nowNanos();
        }
        resolve(slot);
    }

    /** A handoff of this epoch begins: park, unless the map is further already. */
    void onHandOffBegun(ShardKey shard, Epoch epoch) {
        Slot slot = table.slot(shard);
        Placement placement = placements.get(shard);
        boolean older = placement != null && epoch.isBelow(placement.epoch());
        if (slot != null && !older) {
            slot.movingEpoch = epoch;
            slot.movingSinceNanos = nowNanos();
            resolve(slot);
        }
    }

    /** The home welcomes messages now. */
    void onStarted(ShardKey shard) {
        Slot slot = table.slot(shard);
        if (slot != null) {
            slot.startedSinceFlush = true;
            slot.heldUntilNanos = nowNanos();
            resolve(slot);
        }
    }

    /** The shard is hosted here from now on, or no more. */
    void onHostingChanged(ShardKey shard) {
        onStarted(shard);
    }

    void onWaits(ShardKey shard) {
        Slot slot = table.slot(shard);
        if (slot != null) {
            slot.attended();
            if (slot.takeBounced() && !slot.startedSinceFlush) {
                slot.heldUntilNanos = nowNanos() + timings.retry().toNanos() / 2;
            }
            resolve(slot);
        }
    }

    void onMarkerAnswered(NodeId from, ShardKey shard, long marker) {
        Slot slot = table.slot(shard);
        if (slot != null && slot.marker == marker && from.equals(slot.dirty)) {
            slot.dirty = null;
            slot.marker = 0;
            resolve(slot);
        }
    }

    /**
     * The peer has been removed: what is for it waits here for another home, and not on a dead link. What is on its way
     * there is given the wait of the verdict to come back, so that it keeps its place.
     */
    void onPeerRemoved(NodeId peer) {
        removed.putIfAbsent(peer, nowNanos());
        for (Slot slot : table.all()) {
            if (slot.route() instanceof Route.Remote remote && remote.home().equals(peer)) {
                resolve(slot);
            }
        }
    }

    /** The map says nothing of the peer any more. */
    void onPeerForgotten(NodeId peer) {
        removed.remove(peer);
    }

    /** Nothing that was sent to the peer is under way any more: its link is lost. */
    void onPeerLost(NodeId peer) {
        for (Slot slot : table.all()) {
            boolean routed =
                    slot.route() instanceof Route.Remote remote && remote.home().equals(peer);
            if (routed && slot.route() instanceof Route.Remote remote && remote.isBroken()) {
                park(slot);
            }
            if (peer.equals(slot.dirty)) {
                slot.dirty = null;
                slot.marker = 0;
                unsettled.add(slot.shard());
            }
            if (routed) {
                resolve(slot);
            }
        }
    }

    void onGivingUp() {
        givenUp = true;
        for (Slot slot : table.all()) {
            park(slot);
        }
    }

    /** Looks again at every slot that waits for something. */
    void tick() {
        for (ShardKey shard : List.copyOf(unsettled)) {
            Slot slot = table.slot(shard);
            if (slot != null) {
                resolve(slot);
            }
        }
    }

    /** Shards with parked messages and no home that the map knows. */
    List<ShardKey> homeless() {
        List<ShardKey> homeless = new ArrayList<>();
        for (ShardKey shard : unsettled) {
            if (!placements.containsKey(shard)) {
                homeless.add(shard);
            }
        }
        return homeless;
    }

    // ---- one slot ----------------------------------------------------------------------------------------------

    /** The route that the slot should have; null if its messages are to wait. */
    private Route.@Nullable Open desired(Slot slot) {
        boolean moving = slot.movingEpoch != null
                && nowNanos() - slot.movingSinceNanos < timings.handOff().toNanos();
        if (givenUp || moving) {
            return null;
        }
        if (hostedHere.test(slot.shard())) {
            return new Route.Local();
        }
        Placement placement = placements.get(slot.shard());
        if (placement == null || placement.home().equals(turn.get().self()) || nowNanos() - slot.heldUntilNanos < 0) {
            return null;
        }
        if (removed.containsKey(placement.home())) {
            return null;
        }
        return new Route.Remote(placement.home());
    }

    private static boolean isSame(Route current, Route.@Nullable Open desired) {
        if (current instanceof Route.Open open && open.isBroken()) {
            return false;
        }
        if (current instanceof Route.Remote here && desired instanceof Route.Remote there) {
            return here.home().equals(there.home());
        }
        return current instanceof Route.Local && desired instanceof Route.Local;
    }

    private void resolve(Slot slot) {
        Route.Open desired = desired(slot);
        if (isSame(slot.route(), desired) && slot.parked().size() == 0) {
            unsettled.remove(slot.shard());
            return;
        }
        park(slot);
        unsettled.add(slot.shard());
        if (desired == null && slot.parked().size() == 0 && slot.dirty == null && slot.movingEpoch == null) {
            unsettled.remove(slot.shard());
        }
        NodeId home = slot.dirty;
        boolean asks = desired != null || (home != null && removed.containsKey(home));
        if (!slot.isDraining() && asks && isClear(slot) && desired != null) {
            flush(slot, desired);
        }
    }

    /** Closes the open route, if there is one: from now on messages park. */
    private void park(Slot slot) {
        if (slot.route() instanceof Route.Open open) {
            slot.parked().open();
            slot.route(new Route.Parking());
            if (open instanceof Route.Remote remote) {
                slot.dirty = remote.home();
                slot.marker = 0;
            }
            slot.draining(true);
            open.gate().close(() -> {
                slot.draining(false);
                plane.attend(slot);
            });
        }
    }

    /** Whether nothing that left by an earlier route can still come back; asks with a marker if it could. */
    private boolean isClear(Slot slot) {
        NodeId home = slot.dirty;
        if (home == null) {
            return true;
        }
        Long since = removed.get(home);
        if (since != null && nowNanos() - since >= timings.verdictWait().toNanos()) {
            slot.dirty = null;
            slot.marker = 0;
            return true;
        }
        if (slot.marker == 0) {
            slot.marker = ++markers;
            slot.markerSentNanos = nowNanos();
            plane.sendMarker(home, slot.shard(), slot.marker);
        } else if (nowNanos() - slot.markerSentNanos >= timings.retry().toNanos()) {
            slot.markerSentNanos = nowNanos();
            plane.sendMarker(home, slot.shard(), slot.marker);
        }
        return false;
    }

    private void flush(Slot slot, Route.Open desired) {
        slot.startedSinceFlush = false;
        while (true) {
            for (Envelope envelope : slot.parked().take(FLUSHED_AT_ONCE)) {
                if (desired.isBroken() || !plane.flush(envelope, desired)) {
                    desired.breakDown();
                    plane.putBack(slot, envelope);
                } else {
                    turn.get().count(Counter.MESSAGES_UNPARKED);
                }
            }
            if (desired.isBroken()) {
                holdAfterFailure(slot, desired);
                return;
            }
            if (slot.parked().closeIfEmpty(() -> slot.route(desired))) {
                unsettled.remove(slot.shard());
                return;
            }
        }
    }

    /** Part of what was parked may have left by the route: the rest waits, and follows behind a marker. */
    private void holdAfterFailure(Slot slot, Route.Open failed) {
        slot.heldUntilNanos = nowNanos() + timings.retry().toNanos() / 2;
        if (failed instanceof Route.Remote remote) {
            slot.dirty = remote.home();
            slot.marker = 0;
        }
    }
}
