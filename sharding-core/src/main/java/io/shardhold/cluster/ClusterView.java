package io.shardhold.cluster;

import java.util.List;
import java.util.Optional;

/**
 * What one node knows of its cluster at one moment: a snapshot, safe to keep and to pass to any thread.
 *
 * @param self the node that looks
 * @param clusterId id of the cluster, 0 while the node belongs to none
 * @param members known members that may serve, by age
 * @param coordinator the active coordinator, as far as this node has heard
 * @param mayServe whether this node has the right to serve at this moment
 */
public record ClusterView(
        NodeId self, long clusterId, List<Member> members, Optional<NodeId> coordinator, boolean mayServe) {
    public ClusterView {
        members = List.copyOf(members);
    }

    /** Whether this node is a member of a cluster. */
    public boolean isUp() {
        return members.stream().anyMatch(m -> m.id().equals(self));
    }
}
