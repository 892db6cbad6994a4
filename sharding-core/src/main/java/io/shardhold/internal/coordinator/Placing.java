package io.shardhold.internal.coordinator;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.Member;
import io.shardhold.cluster.MemberStatus;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.kernel.Turn;
import io.shardhold.internal.protocol.CoordinatorMessage;
import io.shardhold.internal.protocol.EntryKey;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.Placement;
import io.shardhold.internal.protocol.RegionMessage;
import io.shardhold.internal.protocol.ShardEpoch;
import io.shardhold.internal.protocol.ShardKey;
import io.shardhold.internal.protocol.ShardMove;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Gives shards their homes and sees to it that the homes know. One shard goes through these states:
 *
 * <pre>
 *   WITHOUT HOME --asked for, and a candidate is there--> PLACED (home, epoch)
 *   PLACED --handoff begun, move written--> MOVING (home, epoch; target, next epoch)
 *   MOVING --owner stopped, or gone--> PLACED (target, next epoch)
 *   MOVING --owner keeps it--> PLACED (home, epoch)
 *   MOVING --owner and target both stopped or gone--> PLACED (anybody, new epoch)
 *   PLACED --home stopped, or gone--> PLACED (anybody, new epoch)
 * </pre>
 *
 * <p>Each arrow is a write, and no directive follows from a write before it is on a quorum; so one shard has at most one
 * uncommitted change. Directives are repeated until the region answers for exactly that epoch.
 */
final class Placing {
    /** An adopted placement: a region that has not registered keeps it, for however long. */
    private static final long UNTIMED = Long.MIN_VALUE;

    private final Tenure.Setup setup;
    private final Tenure tenure;
    private final Removal removal;
    private final Directives directives;
    private final MovePlanner planner;
    private final TreeSet<ShardKey> wanted = new TreeSet<>();
    private final TreeSet<ShardEpoch> stopped = new TreeSet<>();
    /** Since when a home or an owner owes an answer, for what is committed and not answered yet. */
    private final Map<ShardKey, Long> owed = new TreeMap<>();

    Placing(Tenure.Setup setup, Tenure tenure, Removal removal) {
        this.setup = setup;
        this.tenure = tenure;
        this.removal = removal;
        this.directives = new Directives(tenure.term());
        this.planner = new MovePlanner(setup, tenure, this);
    }

    private Turn turn() {
        return setup.turn().get();
    }

    private ShardTable table() {
        return tenure.table();
    }

    private boolean isCommitted(ShardKey shard) {
        return tenure.writes().isCommitted(EntryKey.placement(shard));
    }

    /** The shard's placement, if its latest version is on a quorum. */
    Optional<Placement> committed(ShardKey shard) {
        return isCommitted(shard) ? table().placement(shard) : Optional.empty();
    }

    boolean isCalm() {
        return wanted.isEmpty() && removal.waiting() == 0;
    }

    /** Takes over what the map says: every home is asked again whether it hosts what it should. */
    void adopt() {
        for (MapValue.PlacementEntry placed : table().all()) {
            boolean moving = placed.placement().move() != null;
            owed.put(placed.shard(), moving ? turn().now().monoNanos() : UNTIMED);
            if (isHomeless(placed.shard())) {
                wanted.add(placed.shard());
            }
        }
    }

    private boolean isHomeless(ShardKey shard) {
        Optional<Placement> placement = table().placement(shard);
        boolean registered =
                placement.filter(p -> table().isRegistered(p.home())).isPresent();
        return setup.guards().isHomeless(placement.isPresent(), registered);
    }

    // ---- what regions say ------------------------------------------------------------------------------------

    void onHomeQuery(List<ShardKey> shards) {
        for (ShardKey shard : shards) {
            boolean exists = table().shardsOf(shard.type())
                    .filter(n -> shard.shard() < n)
                    .isPresent();
            if (exists && isHomeless(shard)) {
                wanted.add(shard);
            }
        }
        placeWanted();
    }

    /** The region hosts these; whatever the map agrees with is settled. */
    void onHosted(NodeId region, List<ShardEpoch> hosted) {
        for (ShardEpoch claim : hosted) {
            Placement placement = committed(claim.shard()).orElse(null);
            if (placement == null) {
                continue;
            }
            Placement.Move move = placement.move();
            if (move == null) {
                if (setup.guards().isClaim(placement.home().equals(region), placement.epoch(), claim.epoch())) {
                    owed.remove(claim.shard());
                }
            } else if (setup.guards().isClaim(move.target().equals(region), move.epoch(), claim.epoch())) {
                stopped.add(new ShardEpoch(claim.shard(), placement.epoch()));
                settle(claim.shard());
            }
        }
    }

    /** These epochs are over at the region. */
    void onStopped(NodeId region, List<ShardEpoch> over) {
        for (ShardEpoch claim : over) {
            Placement placement = table().placement(claim.shard()).orElse(null);
            if (placement == null) {
                continue;
            }
            Placement.Move move = placement.move();
            boolean asHome =
                    placement.home().equals(region) && placement.epoch().equals(claim.epoch());
            boolean asTarget =
                    move != null && move.target().equals(region) && move.epoch().equals(claim.epoch());
            if (asHome || asTarget) {
                stopped.add(claim);
                settle(claim.shard());
            }
        }
    }

    void onKept(NodeId region, ShardMove kept) {
        ShardKey shard = kept.from().shard();
        Placement placement = committed(shard).orElse(null);
        if (placement == null || placement.move() == null || !placement.home().equals(region)) {
            return;
        }
        boolean thisMove = placement.epoch().equals(kept.from().epoch())
                && placement.move().epoch().equals(kept.next());
        if (thisMove && !stopped.contains(kept.from())) {
            planner.onKept(shard);
            put(shard, new Placement(placement.home(), placement.epoch()));
        }
    }

    void onHandOffBegun(NodeId region, List<ShardEpoch> shards) {
        planner.onBegun(region, shards);
    }

    void onRegistered(NodeId region) {
        table().onRegistered(region);
        placeWanted();
        repeatDirectives(region);
    }

    // ---- placing ---------------------------------------------------------------------------------------------

    /** Nothing of the member can run any more. */
    void memberGone(NodeId member) {
        planner.memberGone(member);
        table().touching(member).forEach(this::settle);
        flush();
    }

    /** Whether the placement under this epoch at this node is over for good. */
    private boolean isOver(ShardKey shard, NodeId node, Epoch epoch) {
        return removal.isGone(node) || stopped.contains(new ShardEpoch(shard, epoch));
    }

    /** Whether whoever owes an answer for this shard has not given it for the handoff time. */
    private boolean isLate(ShardKey shard) {
        long since = owed.getOrDefault(shard, UNTIMED);
        long patience = setup.timings().handOff().toNanos();
        return since != UNTIMED && turn().now().monoNanos() - since >= patience;
    }

    /** Looks whether the shard can go to its next state. */
    private void settle(ShardKey shard) {
        Placement placement = committed(shard).orElse(null);
        boolean over = placement != null && isOver(shard, placement.home(), placement.epoch());
        if (placement == null || !setup.guards().hasLeft(over, isLate(shard))) {
            return;
        }
        Placement.Move move = placement.move();
        if (move == null || isOver(shard, move.target(), move.epoch())) {
            place(shard);
        } else if (isServing(move.target())) {
            turn().publish(new ClusterEvent.ShardMoved(
                    shard.type(),
                    shard.shard(),
                    placement.home(),
                    move.target(),
                    move.epoch().toString()));
            put(shard, new Placement(move.target(), move.epoch()));
        }
    }

    private boolean isServing(NodeId node) {
        return tenure.writes()
                .store()
                .member(node)
                .filter(m -> m.status().mayServe())
                .isPresent();
    }

    /** Gives the shard a home, or remembers that it wants one. */
    private void place(ShardKey shard) {
        List<Member> candidates = table().candidates(shard.type());
        if (candidates.isEmpty() || !tenure.mayPlace(turn())) {
            wanted.add(shard);
            return;
        }
        wanted.remove(shard);
        NodeId home = setup.strategy().allocate(shard.type(), shard.shard(), candidates, table());
        put(shard, new Placement(home, tenure.nextEpoch()));
    }

    private void placeWanted() {
        for (ShardKey shard : List.copyOf(wanted)) {
            if (isHomeless(shard)) {
                place(shard);
            } else {
                settle(shard);
            }
        }
    }

    void put(ShardKey shard, Placement placement) {
        table().onWrite(shard, placement);
        tenure.writes().write(new MapValue.PlacementEntry(shard, placement));
        stopped.removeIf(s -> s.shard().equals(shard)
                && !s.epoch().equals(placement.epoch())
                && (placement.move() == null
                        || !s.epoch().equals(placement.move().epoch())));
        owed.remove(shard);
        wanted.remove(shard);
    }

    /** A placement is on a quorum: now, and not before, the directive leaves. */
    void onPlacementCommitted(ShardKey shard, Placement placement) {
        owed.put(shard, turn().now().monoNanos());
        direct(shard, placement);
        settle(shard);
    }

    private void direct(ShardKey shard, Placement placement) {
        Placement.Move move = placement.move();
        ShardEpoch here = new ShardEpoch(shard, placement.epoch());
        if (move == null) {
            directives.host(placement.home(), here);
        } else {
            directives.handOff(placement.home(), new ShardMove(here, move.target(), move.epoch()));
        }
    }

    // ---- time ------------------------------------------------------------------------------------------------

    /** Repeats what has not been answered, and judges who does not answer for too long. */
    void tick() {
        placeWanted();
        planner.tick();
        TreeSet<NodeId> late = new TreeSet<>();
        for (ShardKey shard : List.copyOf(owed.keySet())) {
            committed(shard).ifPresent(p -> {
                if (table().isRegistered(p.home()) && setup.guards().repeatsDirectives()) {
                    direct(shard, p);
                }
                if (isLate(shard)) {
                    late.add(p.home());
                    settle(shard);
                }
            });
        }
        for (NodeId node : late) {
            if (isServing(node) && !node.equals(turn().self())) {
                removal.condemn(node, "it has not answered the coordinator for the handoff time");
            }
        }
        flush();
    }

    private void repeatDirectives(NodeId region) {
        for (Map.Entry<ShardKey, Long> owing : owed.entrySet()) {
            committed(owing.getKey()).filter(p -> p.home().equals(region)).ifPresent(p -> {
                owing.setValue(turn().now().monoNanos());
                direct(owing.getKey(), p);
            });
        }
    }

    void rebalance() {
        planner.rebalance();
    }

    /** Sends the directives of this turn, in batches. */
    void flush() {
        directives.flush(turn());
    }

    /** Begins a handoff: all regions park messages for the shards, if they can. */
    void begin(List<ShardEpoch> shards) {
        for (Member member : tenure.writes().store().serving()) {
            turn().send(member.id(), new RegionMessage.BeginHandOff(tenure.term(), shards));
        }
    }

    /** Acknowledges to a region what it has stopped. */
    void acknowledge(NodeId region, CoordinatorMessage.ShardsStopped message) {
        turn().send(region, new RegionMessage.StopAcknowledged(tenure.term(), message.shards()));
    }

    /** Members whose shards are to move away: they leave, or lose contact again and again. */
    List<Member> toBeDrained() {
        return tenure.writes().store().serving().stream()
                .filter(m -> m.status() == MemberStatus.LEAVING || table().isDrained(m.id()))
                .toList();
    }
}
