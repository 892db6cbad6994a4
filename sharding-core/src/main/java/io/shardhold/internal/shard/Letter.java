package io.shardhold.internal.shard;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.Envelope;
import org.jspecify.annotations.Nullable;

/** An envelope in a mailbox, with the node that sent it. In one mailbox at most, once. */
final class Letter {
    private final Envelope envelope;
    private final NodeId sender;

    /** The letter that came before, and after the mailbox has been turned round, the one that came after. */
    @Nullable
    Letter next;

    Letter(Envelope envelope, NodeId sender) {
        this.envelope = envelope;
        this.sender = sender;
    }

    Envelope envelope() {
        return envelope;
    }

    NodeId sender() {
        return sender;
    }
}
