package io.shardhold.testkit.fault;

import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.CoordinatorMessage;
import io.shardhold.internal.protocol.DetectorMessage;
import io.shardhold.internal.protocol.MembershipMessage;
import io.shardhold.internal.protocol.RegionMessage;
import io.shardhold.internal.protocol.ReplicaMessage;
import io.shardhold.internal.protocol.SeatMessage;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A message of the protocol that a test can wait for, hold up, or crash a node on. */
public enum ProtocolStep {
    /** A node asks seeds about their cluster. */
    SEEK(MembershipMessage.Seek.class),
    /** A candidate asks a seed to agree to a founding. */
    AGREE_REQUEST(MembershipMessage.AgreeRequest.class),
    /** A seed agrees to a founding. */
    AGREED(MembershipMessage.Agreed.class),
    /** A node asks the coordinator to become a member. */
    JOIN_REQUEST(CoordinatorMessage.JoinRequest.class),
    /** The coordinator says that a node is a member. */
    JOINED(MembershipMessage.Joined.class),
    /** A node says goodbye. */
    FAREWELL(CoordinatorMessage.Farewell.class),
    /** A node is told that it has been removed. */
    VERDICT_NOTICE(MembershipMessage.VerdictNotice.class),
    /** A node probes a seat. */
    PROBE(SeatMessage.Probe.class),
    /** A seat acknowledges a probe, with its consent. */
    PROBE_ACK(DetectorMessage.ProbeAck.class),
    /** A candidate asks a seat to promise. */
    PROMISE_REQUEST(SeatMessage.PromiseRequest.class),
    /** A seat promises. */
    PROMISED(CoordinatorMessage.Promised.class),
    /** A page of the map is read by a candidate. */
    READ_PAGE(CoordinatorMessage.ReadPage.class),
    /** The coordinator writes to a seat. */
    MAP_WRITE(SeatMessage.Replicate.class),
    /** A seat acknowledges a write. */
    MAP_WRITE_ACK(CoordinatorMessage.Accepted.class),
    /** The coordinator tells a seat that it is there, and how far the map is committed. */
    BEAT(SeatMessage.Beat.class),
    /** The coordinator tells a seat that it is none any more. */
    RESIGNED(SeatMessage.Resigned.class),
    /** The committed map travels to a node. */
    MAP_PAGE(ReplicaMessage.MapPage.class),
    /** The coordinator announces its term. */
    ANNOUNCE(RegionMessage.Announce.class),
    /** A region tells the coordinator what it hosts. */
    REGISTER(CoordinatorMessage.Register.class),
    /** A region asks for homes of shards. */
    HOME_QUERY(CoordinatorMessage.HomeQuery.class),
    /** The coordinator has a region host shards. */
    HOST_SHARDS(RegionMessage.HostShards.class),
    /** A region hosts shards. */
    SHARDS_HOSTED(CoordinatorMessage.ShardsHosted.class),
    /** The coordinator announces a handoff to the regions. */
    BEGIN_HAND_OFF(RegionMessage.BeginHandOff.class),
    /** A region parks what it has for shards that are going to move. */
    HAND_OFF_BEGUN(CoordinatorMessage.HandOffBegun.class),
    /** The coordinator has the owner stop shards and hand them on. */
    HAND_OFF(RegionMessage.HandOff.class),
    /** An owner has stopped shards. */
    SHARDS_STOPPED(CoordinatorMessage.ShardsStopped.class),
    /** An owner hands a stopped shard to its target. */
    HOST_MOVED(RegionMessage.HostMoved.class),
    /** A region tells the others what it has started. */
    SHARDS_STARTED(RegionMessage.ShardsStarted.class),
    /** An owner keeps a shard that would not stop. */
    SHARD_KEPT(CoordinatorMessage.ShardKept.class);

    private static final Map<Class<?>, ProtocolStep> BY_MESSAGE = byMessage();

    private final Class<? extends ControlMessage> message;

    ProtocolStep(Class<? extends ControlMessage> message) {
        this.message = message;
    }

    private static Map<Class<?>, ProtocolStep> byMessage() {
        Map<Class<?>, ProtocolStep> steps = new LinkedHashMap<>();
        for (ProtocolStep step : values()) {
            steps.put(step.message, step);
        }
        return steps;
    }

    /** The step that a message is; empty if the message has no name of its own here. */
    public static Optional<ProtocolStep> of(Object message) {
        return Optional.ofNullable(BY_MESSAGE.get(message.getClass()));
    }
}
