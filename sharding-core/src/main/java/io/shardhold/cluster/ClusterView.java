package io.shardhold.cluster;

import java.util.List;
import java.util.Optional;

/**
 * What one node knows of its cluster at one moment: a snapshot, safe to keep and to pass to any thread.
 *
 * @param self the node that looks
 * @param clusterId id of the cluster, 0 while the node belongs to none
 * @param members known members that may serve, by age
 * @param seats the votes of the cluster, in the order of the seeds; none while the node belongs to no cluster
 * @param coordinator the active coordinator, as far as this node has heard
 * @param mayServe whether this node has the right to serve at this moment
 */
public record ClusterView(
        NodeId self,
        long clusterId,
        List<Member> members,
        List<Seat> seats,
        Optional<NodeId> coordinator,
        boolean mayServe) {
    public ClusterView {
        members = List.copyOf(members);
        seats = List.copyOf(seats);
    }

    /** Whether this node is a member of a cluster. */
    public boolean isUp() {
        return members.stream().anyMatch(m -> m.id().equals(self));
    }

    /** Whether this node holds a seat: a seed that was restarted does when it has got its seat back. */
    public boolean holdsSeat() {
        return seats.stream().anyMatch(seat -> seat.holder().equals(Optional.of(self)));
    }

    /**
     * Seats that no member holds: empty ones, and those of seeds that are gone or have not got theirs back yet. As long as
     * there is one, do not stop another seed: it could be the one that the quorum needs. Ask a node that {@linkplain #isUp()
     * is up}: one that belongs to no cluster knows of no seats, so of no vacant one either.
     */
    public List<Seat> vacantSeats() {
        return seats.stream()
                .filter(seat -> members.stream().noneMatch(m -> seat.holder().equals(Optional.of(m.id()))))
                .toList();
    }
}
