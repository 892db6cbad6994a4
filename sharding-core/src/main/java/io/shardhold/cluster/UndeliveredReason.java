package io.shardhold.cluster;

/** Why a message that had entered a region was not delivered, or an ask was not answered. */
public enum UndeliveredReason {
    /** More messages for a shard without a reachable home than may be parked; the newest is refused. */
    PARKED_FULL,
    /** The mailbox of the entity is full; the newest message is refused. */
    MAILBOX_FULL,
    /** The connection to the home has more bytes waiting than it may; the newest message is refused. */
    OUTBOUND_FULL,
    /** The node hosts as many entities as it may; no new one is started. */
    ENTITY_LIMIT,
    /** The connection died with the message on the way: it may or may not have arrived. */
    LINK_LOST,
    /** The codec of the entity type could not read the message, or could not write the reply. */
    CODEC_FAILED,
    /** The factory of the entity type did not make an entity. */
    FACTORY_FAILED,
    /** The handler of the entity threw; the message was delivered, an ask is not answered. */
    HANDLER_FAILED,
    /** The node that held the message does not know the entity type. */
    UNKNOWN_TYPE,
    /** The sharding was closed with the message parked. */
    CLOSED,
    /** No answer came in time. */
    TIMED_OUT,
    /** More asks are open than may be. */
    TOO_MANY_ASKS,
    /** The node started over under a new incarnation; answers to the old one do not arrive. */
    REBORN
}
