package io.shardhold.internal.coordinator;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.Member;
import io.shardhold.cluster.MemberStatus;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.kernel.Turn;
import io.shardhold.internal.protocol.ByShard;
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
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

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

    /** Since when a home or an owner owes an answer, for what is committed and not answered yet. */
    private record Owed(ShardKey shard, long sinceNanos) {}

    /** Who can be given shards of a type, found out once for many shards of one turn. */
    private final class Candidates {
        private String type = "";
        private List<Member> members = List.of();

        private List<Member> of(String asked) {
            if (!asked.equals(type)) {
                members = table().candidates(asked);
                type = asked;
            }
            return members;
        }
    }

    private final Tenure.Setup setup;
    private final Tenure tenure;
    private final Removal removal;
    private final Directives directives;
    private final MovePlanner planner;
    private final ByShard<ShardKey> wanted = new ByShard<>();
    /** Epochs of the placement as it is written that are over. */
    private final ByShard<TreeSet<Epoch>> stopped = new ByShard<>();

    private final ByShard<Owed> owed = new ByShard<>();

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
        return Optional.ofNullable(committedAt(shard));
    }

    private @Nullable Placement committedAt(ShardKey shard) {
        return isCommitted(shard) ? table().at(shard) : null;
    }

    private void owes(ShardKey shard, long sinceNanos) {
        owed.put(shard, new Owed(shard, sinceNanos));
    }

    private boolean hasStopped(ShardKey shard, Epoch epoch) {
        TreeSet<Epoch> over = stopped.get(shard);
        return over != null && over.contains(epoch);
    }

    private void noteStopped(ShardKey shard, Epoch epoch) {
        TreeSet<Epoch> over = stopped.get(shard);
        if (over == null) {
            over = new TreeSet<>();
            stopped.put(shard, over);
        }
        over.add(epoch);
    }

    boolean isCalm() {
        return wanted.isEmpty() && removal.waiting() == 0;
    }

    /** Takes over what the map says: every home is asked again whether it hosts what it should. */
    void adopt() {
        for (MapValue.PlacementEntry placed : table().all()) {
            boolean moving = placed.placement().move() != null;
            owes(placed.shard(), moving ? turn().now().monoNanos() : UNTIMED);
            want(placed.shard());
        }
    }

    private boolean isHomeless(ShardKey shard) {
        Placement placement = table().at(shard);
        boolean registered = placement != null && table().isRegistered(placement.home());
        return setup.guards().isHomeless(placement != null, registered);
    }

    private void want(ShardKey shard) {
        if (isHomeless(shard)) {
            wanted.put(shard, shard);
        }
    }

    // ---- what regions say ------------------------------------------------------------------------------------

    void onHomeQuery(List<ShardKey> shards) {
        Candidates candidates = new Candidates();
        for (ShardKey shard : shards) {
            boolean exists = table().shardsOf(shard.type())
                    .filter(n -> shard.shard() < n)
                    .isPresent();
            if (exists) {
                want(shard);
            }
            if (wanted.contains(shard)) {
                attend(shard, candidates);
            }
        }
    }

    /** The region hosts these; whatever the map agrees with is settled. */
    void onHosted(NodeId region, List<ShardEpoch> hosted) {
        Candidates candidates = new Candidates();
        for (ShardEpoch claim : hosted) {
            Placement placement = committedAt(claim.shard());
            if (placement == null) {
                continue;
            }
            Placement.Move move = placement.move();
            if (move == null) {
                if (setup.guards().isClaim(placement.home().equals(region), placement.epoch(), claim.epoch())) {
                    owed.remove(claim.shard());
                }
            } else if (setup.guards().isClaim(move.target().equals(region), move.epoch(), claim.epoch())) {
                noteStopped(claim.shard(), placement.epoch());
                settle(claim.shard(), candidates);
            }
        }
    }

    /** These epochs are over at the region. */
    void onStopped(NodeId region, List<ShardEpoch> over) {
        Candidates candidates = new Candidates();
        for (ShardEpoch claim : over) {
            Placement placement = table().at(claim.shard());
            if (placement == null) {
                continue;
            }
            Placement.Move move = placement.move();
            boolean asHome =
                    placement.home().equals(region) && placement.epoch().equals(claim.epoch());
            boolean asTarget =
                    move != null && move.target().equals(region) && move.epoch().equals(claim.epoch());
            if (asHome || asTarget) {
                noteStopped(claim.shard(), claim.epoch());
                settle(claim.shard(), candidates);
            }
        }
    }

    void onKept(NodeId region, ShardMove kept) {
        ShardKey shard = kept.from().shard();
        Placement placement = committedAt(shard);
        if (placement == null || placement.move() == null || !placement.home().equals(region)) {
            return;
        }
        boolean thisMove = placement.epoch().equals(kept.from().epoch())
                && placement.move().epoch().equals(kept.next());
        if (thisMove && !hasStopped(shard, placement.epoch())) {
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
        Candidates candidates = new Candidates();
        table().touching(member).forEach(shard -> settle(shard, candidates));
        flush();
    }

    /** Whether the placement under this epoch at this node is over for good. */
    private boolean isOver(ShardKey shard, NodeId node, Epoch epoch) {
        return removal.isGone(node) || hasStopped(shard, epoch);
    }

    /** Whether whoever owes an answer for this shard has not given it for the handoff time. */
    private boolean isLate(ShardKey shard) {
        Owed owing = owed.get(shard);
        long patience = setup.timings().handOff().toNanos();
        return owing != null
                && owing.sinceNanos() != UNTIMED
                && turn().now().monoNanos() - owing.sinceNanos() >= patience;
    }

    /** Looks whether the shard can go to its next state. */
    private void settle(ShardKey shard, Candidates candidates) {
        Placement placement = committedAt(shard);
        boolean over = placement != null && isOver(shard, placement.home(), placement.epoch());
        if (placement == null || !setup.guards().hasLeft(over, isLate(shard))) {
            return;
        }
        Placement.Move move = placement.move();
        if (move == null || isOver(shard, move.target(), move.epoch())) {
            place(shard, candidates);
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
    private void place(ShardKey shard, Candidates candidates) {
        List<Member> able = candidates.of(shard.type());
        if (able.isEmpty() || !tenure.mayPlace(turn())) {
            wanted.put(shard, shard);
            return;
        }
        wanted.remove(shard);
        NodeId home = setup.strategy().allocate(shard.type(), shard.shard(), able, table());
        put(shard, new Placement(home, tenure.nextEpoch()));
    }

    private void placeWanted() {
        Candidates candidates = new Candidates();
        wanted.values().forEach(shard -> attend(shard, candidates));
    }

    /** Looks again at a shard that wants a home. */
    private void attend(ShardKey shard, Candidates candidates) {
        if (isHomeless(shard)) {
            place(shard, candidates);
        } else {
            settle(shard, candidates);
        }
    }

    void put(ShardKey shard, Placement placement) {
        table().onWrite(shard, placement);
        tenure.writes().write(new MapValue.PlacementEntry(shard, placement));
        TreeSet<Epoch> over = stopped.get(shard);
        if (over != null) {
            Placement.Move move = placement.move();
            over.removeIf(epoch -> !epoch.equals(placement.epoch()) && (move == null || !epoch.equals(move.epoch())));
            if (over.isEmpty()) {
                stopped.remove(shard);
            }
        }
        owed.remove(shard);
        wanted.remove(shard);
    }

    /** A placement is on a quorum: now, and not before, the directive leaves. */
    void onPlacementCommitted(ShardKey shard, Placement placement) {
        owes(shard, turn().now().monoNanos());
        direct(shard, placement);
        settle(shard, new Candidates());
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
        Candidates candidates = new Candidates();
        TreeSet<NodeId> late = new TreeSet<>();
        for (Owed owing : owed.values()) {
            Placement placement = committedAt(owing.shard());
            if (placement == null) {
                continue;
            }
            if (table().isRegistered(placement.home()) && setup.guards().repeatsDirectives()) {
                direct(owing.shard(), placement);
            }
            if (isLate(owing.shard())) {
                late.add(placement.home());
                settle(owing.shard(), candidates);
            }
        }
        for (NodeId node : late) {
            if (isServing(node) && !node.equals(turn().self())) {
                removal.condemn(node, "it has not answered the coordinator for the handoff time");
            }
        }
        flush();
    }

    private void repeatDirectives(NodeId region) {
        for (Owed owing : owed.values()) {
            Placement placement = committedAt(owing.shard());
            if (placement != null && placement.home().equals(region)) {
                owes(owing.shard(), turn().now().monoNanos());
                direct(owing.shard(), placement);
            }
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
