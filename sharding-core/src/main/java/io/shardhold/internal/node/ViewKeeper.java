package io.shardhold.internal.node;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.ClusterView;
import io.shardhold.cluster.Member;
import io.shardhold.cluster.NodeId;
import io.shardhold.cluster.Seat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the view of the cluster that callers see.
 *
 * <p>Concurrency: written by the kernel's thread through events, read by any thread; the snapshot is replaced as a whole behind a
 * volatile field. A reader may see the view of a moment ago, never a mixture.
 */
final class ViewKeeper {
    private record Age(long age, NodeId id) implements Comparable<Age> {
        static Age of(Member member) {
            return new Age(member.age(), member.id());
        }

        @Override
        public int compareTo(Age other) {
            return age == other.age ? id.compareTo(other.id) : Long.compare(age, other.age);
        }
    }

    private final Map<NodeId, Member> members = new TreeMap<>();
    /** The same by age: kept, because a view is made after each change and a cluster may be large. */
    private final TreeMap<Age, Member> byAge = new TreeMap<>();

    private volatile @Nullable ClusterView snapshot;
    private @Nullable NodeId self;
    private long clusterId;
    private List<Seat> seats = List.of();
    private Optional<NodeId> coordinator = Optional.empty();

    void begin(NodeId identity) {
        self = identity;
        members.clear();
        byAge.clear();
        clusterId = 0;
        coordinator = Optional.empty();
        seats = List.of();
        publish();
    }

    void onEvent(ClusterEvent event) {
        if (event instanceof ClusterEvent.MemberChanged changed) {
            Member member = changed.member();
            Member before = member.status().mayServe() ? members.put(member.id(), member) : members.remove(member.id());
            if (before != null) {
                byAge.remove(Age.of(before));
            }
            if (member.status().mayServe()) {
                byAge.put(Age.of(member), member);
            }
        } else if (event instanceof ClusterEvent.Joined joined) {
            clusterId = joined.clusterId();
        } else if (event instanceof ClusterEvent.CoordinatorSeen seen) {
            coordinator = Optional.of(seen.coordinator());
        } else if (event instanceof ClusterEvent.SeatsChanged changed) {
            seats = changed.seats();
        } else {
            return;
        }
        publish();
    }

    private void publish() {
        NodeId identity = self;
        if (identity != null) {
            snapshot = new ClusterView(identity, clusterId, List.copyOf(byAge.values()), seats, coordinator, false);
        }
    }

    ClusterView view(boolean mayServe) {
        ClusterView current = snapshot;
        if (current == null) {
            throw new IllegalStateException("the node has not begun");
        }
        return new ClusterView(
                current.self(),
                current.clusterId(),
                current.members(),
                current.seats(),
                current.coordinator(),
                mayServe);
    }
}
