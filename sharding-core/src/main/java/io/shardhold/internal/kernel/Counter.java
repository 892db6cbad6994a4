package io.shardhold.internal.kernel;

/** What a node counts. The names are part of what operators see. */
public enum Counter {
    /** Refused at the caller: the codec did not write it, or it is longer than a frame. */
    MESSAGES_REFUSED,
    MESSAGES_ENTERED,
    MESSAGES_HANDLED,
    MESSAGES_SENT,
    MESSAGES_RECEIVED,
    MESSAGES_BOUNCED,
    MESSAGES_PARKED,
    MESSAGES_UNPARKED,
    PARKED_REFUSED,
    MESSAGES_UNDELIVERED,
    MESSAGES_IN_DOUBT,
    ASKS_OPENED,
    ASKS_REFUSED,
    ASKS_ANSWERED,
    ASKS_FAILED,
    REPLIES_LATE,
    REPLIES_LOST,
    MAILBOX_REFUSED,
    ENTITIES_REFUSED,
    ENTITIES_STARTED,
    ENTITIES_STOPPED,
    ENTITIES_FAILED,
    HANDLER_OVERRUNS,
    SHARDS_STARTED,
    SHARDS_STOPPED,
    /** Of a lower term than this region has seen. */
    DIRECTIVES_REFUSED,
    /** To host an epoch that has been stopped here, or is not above it. */
    EPOCHS_REFUSED_STOPPED,
    /** To host an epoch that is below the one in this node's map. */
    EPOCHS_REFUSED_OUTDATED,
    /** To move a shard under an epoch at which it has been kept. */
    MOVES_REFUSED,
    CONTROL_DROPPED,

    FRAMES_REJECTED,
    PEERS_REFUSED,
    OUTBOUND_REFUSED,
    JOINS_REFUSED,
    VERDICTS,
    RIGHTS_LOST,
    TERMS_STARTED,
    LEASES_GRANTED,
    LEASES_LOST,
    /** Questions for homes that came to a coordinator that was not active yet, and of which there were too many. */
    QUERIES_REFUSED,
    /** Pages of a region's registration beyond what any region needs. */
    REGISTRATIONS_REFUSED
}
