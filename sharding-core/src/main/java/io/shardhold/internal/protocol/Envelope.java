package io.shardhold.internal.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A user's message on its way to an entity. Immutable, but for the arrays that nobody writes.
 *
 * <p>Within a node it carries the message itself; over the wire it carries the encoded payload; while it is parked it
 * carries both, because the home may turn out to be near or far.
 */
public final class Envelope implements DataMessage {
    private final ShardKey shard;
    private final String entityId;
    private final long sequence;
    private final long askId;
    private final @Nullable Object message;
    private final byte @Nullable [] payload;

    /**
     * At least one of {@code message} and {@code payload} is there.
     *
     * @param sequence order within the sending region and the shard, from 1; kept when the envelope comes back
     * @param askId id of the ask that waits at the sending node, 0 for a tell
     */
    public Envelope(
            ShardKey shard,
            String entityId,
            long sequence,
            long askId,
            @Nullable Object message,
            byte @Nullable [] payload) {
        if (message == null && payload == null) {
            throw new IllegalArgumentException("envelope without content for " + shard);
        }
        this.shard = shard;
        this.entityId = entityId;
        this.sequence = sequence;
        this.askId = askId;
        this.message = message;
        this.payload = payload;
    }

    public ShardKey shard() {
        return shard;
    }

    public String entityId() {
        return entityId;
    }

    public long sequence() {
        return sequence;
    }

    public long askId() {
        return askId;
    }

    /** The message as the sender made it, if it was made on this node. */
    public @Nullable Object message() {
        return message;
    }

    /** The encoded message; never to be written to. */
    public byte @Nullable [] payload() {
        return payload;
    }

    @Override
    public int sizeBytes() {
        return 64 + entityId.length() + (payload == null ? 0 : payload.length);
    }

    @Override
    public String toString() {
        return "Envelope[" + shard + " " + entityId + " " + sequence + "]";
    }
}
