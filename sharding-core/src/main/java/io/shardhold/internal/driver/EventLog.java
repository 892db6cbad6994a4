package io.shardhold.internal.driver;

import io.shardhold.cluster.ClusterEvent;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Turns events into lines for operators: INFO says what changed, WARNING wants a look, DEBUG is for single messages. */
final class EventLog {
    private static final Logger LOG = System.getLogger("io.shardhold");

    private EventLog() {}

    static void write(String node, ClusterEvent event) {
        Level level = level(event);
        if (LOG.isLoggable(level)) {
            LOG.log(level, node + ": " + line(event));
        }
        if (event instanceof ClusterEvent.MachineFault fault) {
            LOG.log(Level.ERROR, node + ": the node stops on a bug of Shardhold, please report it", fault.cause());
        } else if (event instanceof ClusterEvent.EntityFailed failed) {
            LOG.log(
                    Level.WARNING,
                    node + ": entity " + failed.type() + "/" + failed.entityId() + " failed and starts fresh",
                    failed.cause());
        }
    }

    private static Level level(ClusterEvent event) {
        if (event instanceof ClusterEvent.Undelivered
                || event instanceof ClusterEvent.ShardsHere
                || event instanceof ClusterEvent.HandlerOverrun
                || event instanceof ClusterEvent.EntityFailed) {
            return Level.DEBUG;
        }
        boolean wantsLook = event instanceof ClusterEvent.RightLost
                || event instanceof ClusterEvent.Verdict
                || event instanceof ClusterEvent.Reborn
                || event instanceof ClusterEvent.JoinRefused
                || event instanceof ClusterEvent.SeedsUnanswered
                || event instanceof ClusterEvent.PeerRefused
                || event instanceof ClusterEvent.LinkLost
                || event instanceof ClusterEvent.ShardKept
                || (event instanceof ClusterEvent.LeaseChanged lease
                        && (lease.state() == ClusterEvent.LeaseState.LOST
                                || lease.state() == ClusterEvent.LeaseState.UNREACHABLE))
                || event instanceof ClusterEvent.MachineFault;
        return wantsLook ? Level.WARNING : Level.INFO;
    }

    /** The line for operators. */
    static String line(ClusterEvent event) {
        if (event instanceof ClusterEvent.ShardMoved moved) {
            return "shard " + moved.type() + "/" + moved.shard() + " moves "
                    + moved.from().name() + " → " + moved.to().name() + ", epoch " + moved.epoch();
        } else if (event instanceof ClusterEvent.RightLost lost) {
            return "no right to serve, entities are suspended; seats that do not consent: " + lost.missingSeats();
        } else if (event instanceof ClusterEvent.RightGained) {
            return "right to serve";
        } else if (event instanceof ClusterEvent.Verdict verdict) {
            return verdict.member() + " at " + verdict.member().address() + " is removed: " + verdict.reason();
        } else if (event instanceof ClusterEvent.Founded founded) {
            return "cluster " + Long.toHexString(founded.clusterId()) + " founded under term " + founded.term()
                    + ", seats " + founded.seats();
        } else if (event instanceof ClusterEvent.Joined joined) {
            return joined.self() + " has joined cluster " + Long.toHexString(joined.clusterId());
        } else if (event instanceof ClusterEvent.Reborn reborn) {
            return reborn.before() + " starts over as " + reborn.after() + ": " + reborn.reason();
        } else if (event instanceof ClusterEvent.JoinRefused refused) {
            return "not admitted: " + refused.reason();
        } else if (event instanceof ClusterEvent.SeedsUnanswered unanswered) {
            return "no cluster found: " + unanswered.detail();
        } else if (event instanceof ClusterEvent.MemberChanged changed) {
            return changed.member().id() + " at " + changed.member().id().address() + " is "
                    + changed.member().status();
        } else if (event instanceof ClusterEvent.CoordinatorActive active) {
            return "coordinates under term " + active.term() + ", " + active.placements()
                    + " placements adopted, after "
                    + active.took().lease().toMillis() + " ms for the lease, "
                    + active.took().promises().toMillis() + " ms for promises, "
                    + active.took().writing().toMillis() + " ms for writing";
        } else if (event instanceof ClusterEvent.CoordinatorPassive passive) {
            return "coordinates no more: " + passive.reason();
        } else if (event instanceof ClusterEvent.LeaseChanged lease) {
            return "lease " + lease.state() + (lease.detail().isEmpty() ? "" : ": " + lease.detail());
        } else if (event instanceof ClusterEvent.SeatsChanged changed) {
            return "seats: " + changed.seats();
        } else if (event instanceof ClusterEvent.PeerRefused refused) {
            return "connection with " + refused.address() + " refused: " + refused.reason();
        } else if (event instanceof ClusterEvent.LinkLost lost) {
            return "connection to " + lost.peer() + " lost, " + lost.inDoubt() + " messages in doubt";
        }
        return event.toString();
    }
}
