package io.shardhold.internal.protocol;

import io.shardhold.cluster.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * Where a shard lives, and, while it moves, where it goes.
 *
 * @param home who may host it under {@code epoch}
 * @param epoch number of this placement
 * @param move the move that is under way, if one is: from its commit on, home and target are both possible homes
 */
public record Placement(NodeId home, Epoch epoch, @Nullable Move move) {
    /**
     * The second half of a move.
     *
     * @param target who is to host the shard after its owner has stopped it
     * @param epoch number of the placement there
     */
    public record Move(NodeId target, Epoch epoch) {}

    public Placement(NodeId home, Epoch epoch) {
        this(home, epoch, null);
    }
}
