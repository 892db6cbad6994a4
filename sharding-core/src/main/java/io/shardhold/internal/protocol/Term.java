package io.shardhold.internal.protocol;

import io.shardhold.cluster.NodeId;

/**
 * The number of a coordinator: a cluster has at most one term with a given number, and its power rises with it.
 *
 * @param clusterId random id of the cluster, never compared for order
 * @param number rises with each term of the cluster, at least the unix time in seconds at the founding
 * @param node who coordinates under it
 */
public record Term(long clusterId, long number, NodeId node) {
    /** Numbers fit 35 bits, so that an epoch fits a positive long. */
    public static final long MAX_NUMBER = (1L << 35) - 1;

    public Term {
        if (clusterId == 0 || number < 1 || number > MAX_NUMBER) {
            throw new IllegalArgumentException("no term: cluster " + clusterId + ", number " + number);
        }
    }

    @Override
    public String toString() {
        return "term " + number + " of " + node;
    }
}
