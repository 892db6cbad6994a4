package io.shardhold.internal.protocol;

/** A message between machines of different nodes, over a control connection. Its family is the machine that receives it. */
public sealed interface ControlMessage
        permits MembershipMessage, DetectorMessage, SeatMessage, CoordinatorMessage, ReplicaMessage, RegionMessage {
    Family family();

    /** The machine that a message is for; the order is part of the wire format. */
    enum Family {
        MEMBERSHIP,
        DETECTOR,
        SEAT,
        COORDINATOR,
        REPLICA,
        REGION
    }
}
