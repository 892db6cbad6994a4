package io.shardhold.internal.protocol;

import io.shardhold.cluster.NodeId;

/** A directive to move: the shard under the epoch that its owner hosts, and the target under the next. */
public record ShardMove(ShardEpoch from, NodeId target, Epoch next) {}
