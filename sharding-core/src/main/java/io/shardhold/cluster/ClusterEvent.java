package io.shardhold.cluster;

import java.time.Duration;
import java.util.List;

/**
 * Something that changed and that an operator or a test may want to know. Events are published in the order in which
 * they happen on one node, on a thread of the sharding: receivers must not block.
 */
public sealed interface ClusterEvent {
    /** A cluster was founded; {@code again} if this node belonged to one before. */
    record Founded(long clusterId, long term, List<NodeId> seats) implements ClusterEvent {
        public Founded {
            seats = List.copyOf(seats);
        }
    }

    /** This node has become a member. */
    record Joined(NodeId self, long clusterId) implements ClusterEvent {}

    /** The cluster does not admit this node, which goes on asking; the reason names values and remedy. */
    record JoinRefused(String reason) implements ClusterEvent {}

    /** No seed answers as it should; the text names each address and what is known of it. */
    record SeedsUnanswered(String detail) implements ClusterEvent {}

    /** This node gave up its old identity and starts over under a new incarnation. */
    record Reborn(NodeId before, NodeId after, String reason) implements ClusterEvent {}

    /** This node has left; {@code orderly} if it handed over everything. */
    record Left(NodeId self, boolean orderly) implements ClusterEvent {}

    /** The committed status of a member changed. */
    record MemberChanged(Member member) implements ClusterEvent {}

    /** This node has heard of an active coordinator of a higher term. */
    record CoordinatorSeen(NodeId coordinator, long term) implements ClusterEvent {}

    /** This node may serve (again). */
    record RightGained() implements ClusterEvent {}

    /** This node may not serve: its entities are suspended. The missing seats are named. */
    record RightLost(List<String> missingSeats) implements ClusterEvent {
        public RightLost {
            missingSeats = List.copyOf(missingSeats);
        }
    }

    /** What is known of the lease here. */
    enum LeaseState {
        /** This node holds it. */
        HELD,
        /** Somebody else holds it, or did until a moment ago; this node asks on. */
        WAITING,
        /** The store does not answer, or not as it should; this node asks on. */
        UNREACHABLE,
        /** This node gave it up. */
        RELEASED,
        /** This node held it and does no more. */
        LOST
    }

    /** The lease of the coordinator, as this node sees it while it needs it; the detail names owner, token or cause. */
    record LeaseChanged(LeaseState state, String detail) implements ClusterEvent {}

    /** The seats of the cluster have changed, or this node sees them for the first time. */
    record SeatsChanged(List<Seat> seats) implements ClusterEvent {
        public SeatsChanged {
            seats = List.copyOf(seats);
        }
    }

    /**
     * How long the phases of a takeover took.
     *
     * @param lease from leading to holding the lease; nothing where there is none
     * @param promises until a quorum of seats had promised and was read
     * @param writing until the map was on a quorum under the new term
     */
    record TakeoverTimes(Duration lease, Duration promises, Duration writing) {}

    /** This node coordinates; it has adopted so many placements. */
    record CoordinatorActive(long term, int placements, TakeoverTimes took) implements ClusterEvent {}

    /** This node coordinates no more, or did not get so far; the term is its own, 0 if it had none yet. */
    record CoordinatorPassive(long term, String reason) implements ClusterEvent {}

    /** The coordinator on this node has removed a member. */
    record Verdict(NodeId member, String reason) implements ClusterEvent {}

    /** A shard moved on the word of the coordinator on this node. */
    record ShardMoved(String type, int shard, NodeId from, NodeId to, String epoch) implements ClusterEvent {}

    /** A shard could not be stopped in time and stays where it is; the entities that do not stop are named. */
    record ShardKept(String type, int shard, List<String> entities) implements ClusterEvent {
        public ShardKept {
            entities = List.copyOf(entities);
        }
    }

    /** This node hosts these shards now ({@code started}) or no more. */
    record ShardsHere(String type, int shard, String epoch, boolean started) implements ClusterEvent {}

    /** A directive of a lower term was refused. */
    record DirectiveRefused(NodeId from, long term, long highest) implements ClusterEvent {}

    /** Messages were not delivered; {@code count} of them for this reason. */
    record Undelivered(UndeliveredReason reason, String type, String entityId, long count, String detail)
            implements ClusterEvent {}

    /** A data connection died with so many messages in doubt. */
    record LinkLost(NodeId peer, long inDoubt) implements ClusterEvent {}

    /** An entity's handler, factory or stop hook threw. */
    record EntityFailed(String type, String entityId, Throwable cause) implements ClusterEvent {}

    /** A handler ran on after this node's right to serve had ended. */
    record HandlerOverrun(String type, String entityId, long millis) implements ClusterEvent {}

    /** A peer was refused, or refused this node; logged once per peer and reason. */
    record PeerRefused(String address, String reason) implements ClusterEvent {}

    /** A bug of Shardhold: the node stops. */
    record MachineFault(Throwable cause) implements ClusterEvent {}
}
