package io.shardhold.internal.protocol;

import io.shardhold.cluster.UndeliveredReason;

/** A message of the data plane, over a data connection; never handled by a machine. */
public sealed interface DataMessage
        permits Envelope,
                DataMessage.Bounce,
                DataMessage.Reply,
                DataMessage.AskFailure,
                DataMessage.Marker,
                DataMessage.MarkerAnswer {
    /** Roughly what the message takes up while it waits to be sent. */
    int sizeBytes();

    /** Whether this message counts towards what a link accepts as the user's, and may be refused when the link is full. */
    default boolean isBounded() {
        return true;
    }

    /** An envelope that came to a node that does not host its shard, on its way back to the region that sent it. */
    record Bounce(Envelope envelope) implements DataMessage {
        @Override
        public int sizeBytes() {
            return envelope.sizeBytes();
        }
    }

    /** The answer to an ask. */
    record Reply(long askId, Bytes payload) implements DataMessage {
        @Override
        public int sizeBytes() {
            return 32 + payload.length();
        }
    }

    /** An ask that will not be answered, with the reason. */
    record AskFailure(long askId, UndeliveredReason reason, String detail) implements DataMessage {
        @Override
        public int sizeBytes() {
            return 32 + detail.length();
        }
    }

    /** Sent behind the last envelope for a shard; its answer proves that nothing for the shard is under way any more. */
    record Marker(ShardKey shard, long marker) implements DataMessage {
        @Override
        public int sizeBytes() {
            return 48;
        }

        @Override
        public boolean isBounded() {
            return false;
        }
    }

    /** Sent behind everything that came back before the marker arrived. */
    record MarkerAnswer(ShardKey shard, long marker) implements DataMessage {
        @Override
        public int sizeBytes() {
            return 48;
        }

        @Override
        public boolean isBounded() {
            return false;
        }
    }
}
