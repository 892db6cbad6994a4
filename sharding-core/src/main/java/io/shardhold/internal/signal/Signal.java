package io.shardhold.internal.signal;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.Declaration;
import io.shardhold.internal.protocol.MapSegment;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.ShardEpoch;
import io.shardhold.internal.protocol.ShardKey;
import io.shardhold.internal.protocol.Term;
import io.shardhold.lease.LeaseAnswer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A fact that one machine, or the data plane, tells the machines of the same node. All machines see it, in a fixed
 * order, before the kernel takes up anything else.
 */
public sealed interface Signal {
    void dispatch(Handler handler);

    /** One method per signal; a machine overrides those that concern it. */
    interface Handler {
        default void onStarted(Started signal) {}

        default void onAgreedToFound(AgreedToFound signal) {}

        default void onMajorityAgreed(MajorityAgreed signal) {}

        default void onSeatTaken(SeatTaken signal) {}

        default void onSeatsAdopted(SeatsAdopted signal) {}

        default void onClusterEntered(ClusterEntered signal) {}

        default void onRightChanged(RightChanged signal) {}

        default void onVerdictLearned(VerdictLearned signal) {}

        default void onCoordinatorHeard(CoordinatorHeard signal) {}

        default void onLeadershipChanged(LeadershipChanged signal) {}

        default void onCoordinatorChanged(CoordinatorChanged signal) {}

        default void onMapChanged(MapChanged signal) {}

        default void onGivingUp(GivingUp signal) {}

        default void onStopAll(StopAll signal) {}

        default void onRegionSilent(RegionSilent signal) {}

        default void onLeaveAsked(LeaveAsked signal) {}

        default void onHandedOver(HandedOver signal) {}

        default void onCommitted(Committed signal) {}

        default void onShardDrained(ShardDrained signal) {}

        default void onSlotWaits(SlotWaits signal) {}

        default void onMarkerAnswered(MarkerAnswered signal) {}

        default void onDataLinkLost(DataLinkLost signal) {}

        default void onPeerSeen(PeerSeen signal) {}

        default void onOutdated(Outdated signal) {}

        default void onLeaseWanted(LeaseWanted signal) {}

        default void onLeaseUnwanted(LeaseUnwanted signal) {}

        default void onLeaseHeld(LeaseHeld signal) {}

        default void onLeaseGone(LeaseGone signal) {}

        default void onLeaseReach(LeaseReach signal) {}

        default void onLeaseAnswered(LeaseAnswered signal) {}

        default void onLeaseReleased(LeaseReleased signal) {}

        default void onLeaseLost(LeaseLost signal) {}

        default void onSeedUnreachable(SeedUnreachable signal) {}
    }

    /** The kernel runs; machines start their timers. */
    record Started() implements Signal {
        @Override
        public void dispatch(Handler handler) {
            handler.onStarted(this);
        }
    }

    /** This seed agreed that the candidate founds under the number: its seat accepts nothing lower. */
    record AgreedToFound(long number, NodeId candidate) implements Signal {
        @Override
        public void dispatch(Handler handler) {
            handler.onAgreedToFound(this);
        }
    }

    /** One seed's agreement. */
    record Agreement(NodeId node, Declaration declaration) {}

    /** A majority of the seeds agreed that this node founds; agreements in the order of the seeds. */
    record MajorityAgreed(long number, List<String> seeds, List<Optional<Agreement>> agreements) implements Signal {
        public MajorityAgreed {
            seeds = List.copyOf(seeds);
            agreements = List.copyOf(agreements);
        }

        @Override
        public void dispatch(Handler handler) {
            handler.onMajorityAgreed(this);
        }
    }

    /** This node's seat accepted seats in which it holds one: it belongs to the cluster from now on. */
    record SeatTaken(long clusterId, MapValue.Seats seats) implements Signal {
        @Override
        public void dispatch(Handler handler) {
            handler.onSeatTaken(this);
        }
    }

    /**
     * The coordinator of this node writes the map under seats that its copy does not show yet; with null, it does so no
     * more.
     */
    record SeatsAdopted(MapValue.@Nullable Seats seats) implements Signal {
        @Override
        public void dispatch(Handler handler) {
            handler.onSeatsAdopted(this);
        }
    }

    /** This node has been admitted to the cluster. */
    record ClusterEntered(long clusterId) implements Signal {
        @Override
        public void dispatch(Handler handler) {
            handler.onClusterEntered(this);
        }
    }

    /** This node may serve from now on, or may not. */
    record RightChanged(boolean held) implements Signal {
        @Override
        public void dispatch(Handler handler) {
            handler.onRightChanged(this);
        }
    }

    /** The cluster has removed this node. */
    record VerdictLearned(String how) implements Signal {
        @Override
        public void dispatch(Handler handler) {
            handler.onVerdictLearned(this);
        }
    }

    /** A seat, or the coordinator itself, says who coordinates and how far its writes are committed. */
    record CoordinatorHeard(Term term, long committed, NodeId source) implements Signal {
        @Override
        public void dispatch(Handler handler) {
            handler.onCoordinatorHeard(this);
        }
    }

    /** A quorum of seats thinks that this node should coordinate, or no longer does. */
    record LeadershipChanged(boolean leading, long highestNumber) implements Signal {
        @Override
        public void dispatch(Handler handler) {
            handler.onLeadershipChanged(this);
        }
    }

    /** The coordinator of this node has become active under the term, or passive if the term is null. */
    record CoordinatorChanged(@Nullable Term term) implements Signal {
        @Override
        public void dispatch(Handler handler) {
            handler.onCoordinatorChanged(this);
        }
    }

    /** This node's copy of the map changed: entries with their new values, and entries that are gone. */
    record MapChanged(List<MapValue> changed, List<MapValue> removed) implements Signal {
        public MapChanged {
            changed = List.copyOf(changed);
            removed = List.copyOf(removed);
        }

        @Override
        public void dispatch(Handler handler) {
            handler.onMapChanged(this);
        }
    }

    /** This node gives up its cluster for good: serving ends at once, coordination too. */
    record GivingUp(String reason) implements Signal {
        @Override
        public void dispatch(Handler handler) {
            handler.onGivingUp(this);
        }
    }

    /** This node leaves without handing over: entities finish and stop in an orderly way. */
    record StopAll() implements Signal {
        @Override
        public void dispatch(Handler handler) {
            handler.onStopAll(this);
        }
    }

    /** The region hosts nothing, and no handler runs any more. */
    record RegionSilent() implements Signal {
        @Override
        public void dispatch(Handler handler) {
            handler.onRegionSilent(this);
        }
    }

    /** The application wants this node to leave. */
    record LeaveAsked() implements Signal {
        @Override
        public void dispatch(Handler handler) {
            handler.onLeaveAsked(this);
        }
    }

    /** This node is leaving, hosts nothing any more, and the map shows nothing here. */
    record HandedOver() implements Signal {
        @Override
        public void dispatch(Handler handler) {
            handler.onHandedOver(this);
        }
    }

    /** The local coordinator's writes are on a quorum up to here; the segment is what is new. */
    record Committed(Term term, long committed, List<MapSegment> segments) implements Signal {
        public Committed {
            segments = List.copyOf(segments);
        }

        @Override
        public void dispatch(Handler handler) {
            handler.onCommitted(this);
        }
    }

    /** From the data plane: the shard has stopped, or ({@code kept} not empty) could not be stopped in time. */
    record ShardDrained(ShardEpoch shard, List<String> kept) implements Signal {
        public ShardDrained {
            kept = List.copyOf(kept);
        }

        @Override
        public void dispatch(Handler handler) {
            handler.onShardDrained(this);
        }
    }

    /** From the data plane: a message for the shard is parked; the region should see to it. */
    record SlotWaits(ShardKey shard) implements Signal {
        @Override
        public void dispatch(Handler handler) {
            handler.onSlotWaits(this);
        }
    }

    /** From the data plane: what was sent to the node for the shard before the marker has arrived or come back. */
    record MarkerAnswered(NodeId from, ShardKey shard, long marker) implements Signal {
        @Override
        public void dispatch(Handler handler) {
            handler.onMarkerAnswered(this);
        }
    }

    /** From the transport: the outgoing data connection died, with so many messages in doubt. */
    record DataLinkLost(NodeId peer, long inDoubt) implements Signal {
        @Override
        public void dispatch(Handler handler) {
            handler.onDataLinkLost(this);
        }
    }

    /** A node has spoken that may be a newer incarnation of a member. */
    record PeerSeen(NodeId peer) implements Signal {
        @Override
        public void dispatch(Handler handler) {
            handler.onPeerSeen(this);
        }
    }

    /** From the transport: a peer has seen a later incarnation of this node. */
    record Outdated(long newestIncarnation) implements Signal {
        @Override
        public void dispatch(Handler handler) {
            handler.onOutdated(this);
        }
    }

    /** What the lease is wanted for. */
    enum LeaseUse {
        FOUNDING,
        COORDINATING
    }

    /** The lease is wanted, with a token above the floor; told again to raise the floor. */
    record LeaseWanted(LeaseUse use, long floor) implements Signal {
        @Override
        public void dispatch(Handler handler) {
            handler.onLeaseWanted(this);
        }
    }

    /** The lease is not wanted for this any more; nobody acts under it. */
    record LeaseUnwanted(LeaseUse use) implements Signal {
        @Override
        public void dispatch(Handler handler) {
            handler.onLeaseUnwanted(this);
        }
    }

    /** The lease is held under this token; told to each who wants it, so perhaps more than once. */
    record LeaseHeld(long token) implements Signal {
        @Override
        public void dispatch(Handler handler) {
            handler.onLeaseHeld(this);
        }
    }

    /** The grant with this token is over, and was not given up. */
    record LeaseGone(long token) implements Signal {
        @Override
        public void dispatch(Handler handler) {
            handler.onLeaseGone(this);
        }
    }

    /** Whether this node could get the lease, as far as it knows: not if the store has not answered for long. */
    record LeaseReach(boolean reached) implements Signal {
        @Override
        public void dispatch(Handler handler) {
            handler.onLeaseReach(this);
        }
    }

    /** From the lease: what became of an attempt. */
    record LeaseAnswered(long attempt, LeaseAnswer answer) implements Signal {
        @Override
        public void dispatch(Handler handler) {
            handler.onLeaseAnswered(this);
        }
    }

    /** From the lease: it is given up, whatever the store says to that. */
    record LeaseReleased(long attempt) implements Signal {
        @Override
        public void dispatch(Handler handler) {
            handler.onLeaseReleased(this);
        }
    }

    /** From the lease: a grant has ended without being given up. */
    record LeaseLost(long token, String how) implements Signal {
        @Override
        public void dispatch(Handler handler) {
            handler.onLeaseLost(this);
        }
    }

    /** From the transport: no connection to this address, and why. */
    record SeedUnreachable(String address, String why) implements Signal {
        @Override
        public void dispatch(Handler handler) {
            handler.onSeedUnreachable(this);
        }
    }
}
