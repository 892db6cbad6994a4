package io.shardhold.internal.region;

import io.shardhold.cluster.NodeId;

/**
 * What all routes to one home have in common, from one loss of the link to it to the next: however many shards live there,
 * a loss breaks all their routes with one write.
 */
final class Way {
    private final NodeId home;

    /** Set once, by the thread that ends the link, before what had not left is parked; read by any thread. */
    private volatile boolean broken;

    Way(NodeId home) {
        this.home = home;
    }

    NodeId home() {
        return home;
    }

    boolean isBroken() {
        return broken;
    }

    void breakDown() {
        broken = true;
    }
}
