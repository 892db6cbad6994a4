package io.shardhold.internal.region;

import io.shardhold.cluster.NodeId;
import io.shardhold.entity.ReplyTo;
import java.util.Objects;

/** Where an ask waits: a node, the ask's id there, and the entity type whose codec writes the answer. */
record AnswerAddress<R>(DataPlane plane, NodeId node, long askId, String type) implements ReplyTo<R> {
    private static final int PARTS = 6;

    /** Reads {@link #token()}. */
    static <R> AnswerAddress<R> parse(DataPlane plane, String token) {
        String[] parts = token.split(" ", PARTS);
        if (parts.length != PARTS) {
            throw new IllegalArgumentException("no address for an answer: '" + token + "'");
        }
        NodeId node = new NodeId(parts[5], parts[4], Integer.parseInt(parts[3]), Long.parseLong(parts[2]));
        return new AnswerAddress<>(plane, node, Long.parseLong(parts[1]), parts[0]);
    }

    @Override
    public void reply(R answer) {
        Objects.requireNonNull(answer, "an answer is never null: answer with a value, for example true");
        plane.reply(node, askId, type, answer);
    }

    @Override
    public String token() {
        return String.join(
                " ",
                type,
                Long.toString(askId),
                Long.toString(node.incarnation()),
                Integer.toString(node.port()),
                node.host(),
                node.name());
    }

    @Override
    public String toString() {
        return "ReplyTo[" + token() + "]";
    }
}
