package io.shardhold.internal.region;

import io.shardhold.cluster.NodeId;
import io.shardhold.config.Timings;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.kernel.Turn;
import io.shardhold.internal.protocol.ByShard;
import io.shardhold.internal.protocol.Envelope;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.Placement;
import io.shardhold.internal.protocol.ShardEpoch;
import io.shardhold.internal.protocol.ShardKey;
import java.util.ArrayList;
import java.util.List;
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
    private static final int ANNOUNCED_RETRIES = 4;

    private final RouteTable table;
    private final DataPlane plane;
    private final Timings timings;
    private final Supplier<Turn> turn;
    private final Predicate<ShardKey> hostedHere;
    private final ByShard<Placement> placements = new ByShard<>();
    private final ByShard<ShardKey> unsettled = new ByShard<>();
    /** Who has its verdict and is still in the map. */
    private final TreeSet<NodeId> removed = new TreeSet<>();

    private long markers;
    /** How many terms have begun: what one coordinator was asked, the next does not know. */
    private long terms;

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
            slot.heldUntilNanos = nowNanos();
            slot.movingEpoch = null;
            slot.askedOf = Slot.NOBODY;
            slot.attended();
            park(slot);
            slot.clean();
            if (slot.parked().size() > 0) {
                unsettled.put(slot.shard(), slot.shard());
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
            // An answer to an earlier marker may be ahead of what the old home sent back when it stopped.
            slot.marker(0);
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

    /** The home welcomes messages now; what it sent back before may still be on its way. */
    void onStarted(ShardEpoch started) {
        Slot slot = table.slot(started.shard());
        if (slot != null) {
            slot.startedEpoch = started.epoch();
            onHostingChanged(started.shard());
        }
    }

    /** The shard is hosted here from now on, or no more. */
    void onHostingChanged(ShardKey shard) {
        Slot slot = table.slot(shard);
        if (slot != null) {
            slot.heldUntilNanos = nowNanos();
            resolve(slot);
        }
    }

    void onWaits(ShardKey shard) {
        Slot slot = table.slot(shard);
        if (slot != null) {
            slot.attended();
            if (slot.takeBounced() && !takeStarted(slot)) {
                slot.heldUntilNanos = nowNanos() + timings.retry().toNanos() / 2;
            }
            resolve(slot);
        }
    }

    /** Whether the home has said that it started since it was tried last: then it need not be given time. */
    private boolean takeStarted(Slot slot) {
        Placement placement = placements.get(slot.shard());
        boolean started = placement != null && placement.epoch().equals(slot.startedEpoch);
        slot.startedEpoch = null;
        return started;
    }

    void onMarkerAnswered(NodeId from, ShardKey shard, long marker) {
        Slot slot = table.slot(shard);
        if (slot != null && slot.awaits(marker) && from.equals(slot.dirty)) {
            slot.clean();
            resolve(slot);
        }
    }

    /**
     * The link to the peer is lost. What it had sent back may still be on its way over its own link: a marker over a new
     * one asks, and silence for the detection time stands for the answer.
     */
    void onLinkLost(NodeId peer) {
        for (Slot slot : table.all()) {
            if (slot.route() instanceof Route.Remote remote && remote.home().equals(peer) && remote.isBroken()) {
                park(slot);
            }
            if (peer.equals(slot.dirty) && removed.contains(peer)) {
                slot.clean();
                unsettled.put(slot.shard(), slot.shard());
                resolve(slot);
            } else if (peer.equals(slot.dirty)) {
                slot.marker(0);
                if (!slot.linkLost) {
                    slot.linkLost = true;
                    slot.linkLostNanos = nowNanos();
                }
                unsettled.put(slot.shard(), slot.shard());
                resolve(slot);
            }
        }
    }

    /** The map says nothing of the peer any more. */
    void onPeerForgotten(NodeId peer) {
        removed.remove(peer);
    }

    /**
     * The peer has been removed: what is for it waits for another home. What had not left to it comes back with the loss of
     * the link, which is told in any case; only then is the way clear.
     */
    void onPeerRemoved(NodeId peer) {
        removed.add(peer);
        for (Slot slot : table.all()) {
            if (slot.route() instanceof Route.Remote remote && remote.home().equals(peer)) {
                park(slot);
            }
        }
        plane.forget(peer);
    }

    /** Another coordinator may know nothing of a handoff that the one before it only announced. */
    void onNewTerm() {
        terms++;
        for (Slot slot : table.all()) {
            if (slot.movingEpoch != null) {
                slot.movingEpoch = null;
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
        for (ShardKey shard : unsettled.values()) {
            Slot slot = table.slot(shard);
            if (slot != null) {
                resolve(slot);
            }
        }
    }

    /** Shards with parked messages and no home that the map knows, whose home is to be asked for now or again. */
    List<ShardKey> toAskFor() {
        List<ShardKey> homeless = new ArrayList<>();
        for (ShardKey shard : unsettled.values()) {
            if (beginAsking(shard)) {
                homeless.add(shard);
            }
        }
        return homeless;
    }

    /** Notes that the home is asked for now; false if the map knows it, or this coordinator was asked a moment ago. */
    boolean beginAsking(ShardKey shard) {
        Slot slot = table.slot(shard);
        if (slot == null || placements.contains(shard)) {
            return false;
        }
        boolean due = slot.askedOf != terms
                || nowNanos() - slot.askedNanos >= timings.retry().toNanos() / 2;
        if (due) {
            slot.askedOf = terms;
            slot.askedNanos = nowNanos();
        }
        return due;
    }

    // ---- one slot ----------------------------------------------------------------------------------------------

    /** Where the messages of the slot should go, this node if its shard is open here; null if they are to wait. */
    private @Nullable NodeId desired(Slot slot) {
        if (givenUp || isMoving(slot)) {
            return null;
        }
        NodeId self = turn.get().self();
        if (hostedHere.test(slot.shard())) {
            return self;
        }
        Placement placement = placements.get(slot.shard());
        if (placement == null || placement.home().equals(self) || nowNanos() - slot.heldUntilNanos < 0) {
            return null;
        }
        return removed.contains(placement.home()) ? null : placement.home();
    }

    /** Whether a handoff is awaited: for its timeout once the map shows it, for a few retries while it is only announced. */
    private boolean isMoving(Slot slot) {
        if (slot.movingEpoch == null) {
            return false;
        }
        Placement placement = placements.get(slot.shard());
        long patience = placement != null && placement.move() != null
                ? timings.handOff().toNanos()
                : ANNOUNCED_RETRIES * timings.retry().toNanos();
        return nowNanos() - slot.movingSinceNanos < patience;
    }

    private boolean leadsTo(Route current, @Nullable NodeId home) {
        if (home == null || (current instanceof Route.Open open && open.isBroken())) {
            return false;
        }
        return current instanceof Route.Remote there
                ? there.home().equals(home)
                : current instanceof Route.Local && home.equals(turn.get().self());
    }

    private void resolve(Slot slot) {
        NodeId desired = desired(slot);
        if (leadsTo(slot.route(), desired) && slot.parked().size() == 0) {
            unsettled.remove(slot.shard());
            return;
        }
        park(slot);
        unsettled.put(slot.shard(), slot.shard());
        if (desired == null && slot.parked().size() == 0 && slot.dirty == null && slot.movingEpoch == null) {
            unsettled.remove(slot.shard());
        }
        if (!slot.isDraining() && desired != null && isClear(slot)) {
            flush(slot, plane.routeTo(desired));
        }
    }

    /** Closes the open route, if there is one: from now on messages park. */
    private void park(Slot slot) {
        if (slot.route() instanceof Route.Open open) {
            slot.parked().open();
            slot.route(new Route.Parking());
            if (open instanceof Route.Remote remote) {
                slot.dirty = remote.home();
                slot.marker(0);
                slot.linkLost = false;
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
        if (slot.linkLost
                && nowNanos() - slot.linkLostNanos >= timings.detection().toNanos()) {
            slot.clean();
            return true;
        }
        boolean first = slot.marker() == 0;
        if (first) {
            slot.marker(++markers);
        }
        if (first || nowNanos() - slot.markerSentNanos >= timings.retry().toNanos()) {
            slot.markerSentNanos = nowNanos();
            plane.sendMarker(home, slot.shard(), slot.marker());
        }
        return false;
    }

    private void flush(Slot slot, Route.Open desired) {
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
            slot.marker(0);
            slot.linkLost = false;
        }
    }
}
