package io.shardhold.internal.membership;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.kernel.Turn;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Tells why this node is not admitted, and which others do not fit; each thing once. */
final class Complaints {
    /** Of so many others; beyond that nothing new is told. */
    private static final int MAX_OTHERS = 1_000;

    /** So many reasons of its own; beyond that nothing new is told. */
    private static final int MAX_OWN = 100;

    private final Set<String> ofOthers = new TreeSet<>();
    private final Set<String> ofSelf = new TreeSet<>();

    static String differingSeeds(NodeId other, List<String> there, List<String> here) {
        return other.address() + " has the seed list " + there + ", this node has " + here
                + "; give all nodes the same list in the same order";
    }

    /** This node is not admitted. */
    void ofSelf(Turn turn, String reason) {
        if (ofSelf.size() < MAX_OWN && ofSelf.add(reason)) {
            turn.publish(new ClusterEvent.JoinRefused(reason));
        }
    }

    /** Another node cannot take part; this one goes on. */
    void ofOther(Turn turn, NodeId other, String reason) {
        if (ofOthers.size() < MAX_OTHERS && ofOthers.add(reason)) {
            turn.publish(new ClusterEvent.PeerRefused(other.address(), reason));
        }
    }
}
