package io.shardhold.testkit;

import io.shardhold.cluster.ClusterView;
import io.shardhold.cluster.Member;
import io.shardhold.cluster.NodeId;
import io.shardhold.cluster.Seat;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a healed cluster comes to. */
final class Convergence {
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final Duration SETTLING = Duration.ofSeconds(1);

    private final MultiNodeSpec spec;
    private final Links links;
    private Duration nextLook = Duration.ZERO;
    private @Nullable Duration since;

    Convergence(MultiNodeSpec spec, Links links) {
        this.spec = spec;
        this.links = links;
    }

    /**
     * Whether the cluster has been converged for a while; looked at now and then only, because it costs what the cluster is
     * large.
     */
    boolean isReached() {
        Duration now = spec.elapsed();
        if (now.compareTo(nextLook) < 0) {
            return false;
        }
        nextLook = now.plus(LOOK);
        if (missing().isPresent()) {
            since = null;
            return false;
        }
        since = since == null ? now : since;
        return now.minus(since).compareTo(SETTLING) >= 0;
    }

    /** What is missing, in words, and the cuts if there are any: they may be the reason. */
    String whatIsMissing() {
        String cuts = links.cuts();
        return missing().orElse("just now") + (cuts.isEmpty() ? "" : "; cut: " + cuts + "; healAll() heals");
    }

    /** What is missing; empty if the cluster has converged. */
    Optional<String> missing() {
        List<TestNode> running =
                spec.nodes().stream().filter(TestNode::isRunning).toList();
        if (running.isEmpty()) {
            return Optional.of("no node runs");
        }
        for (TestNode node : running) {
            if (!node.isServing()) {
                return Optional.of(node + " does not serve");
            }
        }
        return firstOf(views(running), seats(running), homes(running), messages(running), cuts());
    }

    @SafeVarargs
    private static Optional<String> firstOf(Optional<String>... findings) {
        for (Optional<String> finding : findings) {
            if (finding.isPresent()) {
                return finding;
            }
        }
        return Optional.empty();
    }

    private Optional<String> views(List<TestNode> running) {
        Optional<TestNode> coordinator = spec.findCoordinator();
        if (coordinator.isEmpty()) {
            return Optional.of("no coordinator may act");
        }
        Set<NodeId> expected = new TreeSet<>();
        running.forEach(node -> expected.add(node.identity()));
        for (TestNode node : running) {
            ClusterView view = node.view();
            Set<NodeId> seen =
                    new TreeSet<>(view.members().stream().map(Member::id).toList());
            if (!seen.equals(expected)) {
                return Optional.of(node + " sees the members " + seen + ", but " + expected + " run");
            }
            if (view.clusterId() != coordinator.get().view().clusterId()) {
                return Optional.of(node + " and " + coordinator.get() + " are in different clusters");
            }
            if (!view.coordinator().equals(Optional.of(coordinator.get().identity()))) {
                return Optional.of(
                        node + " takes " + view.coordinator() + " for the coordinator, not " + coordinator.get());
            }
        }
        return Optional.empty();
    }

    /** A seed that runs holds its seat. */
    private static Optional<String> seats(List<TestNode> running) {
        for (TestNode node : running) {
            for (Seat seat : node.view().vacantSeats()) {
                Optional<TestNode> seed = running.stream()
                        .filter(n -> n.identity().address().equals(seat.address()))
                        .findFirst();
                if (seed.isPresent()) {
                    return Optional.of(node + " sees the seat " + seat + " that "
                            + seed.get().identity() + " has not got back");
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> homes(List<TestNode> running) {
        Map<String, TestNode> hosts = new HashMap<>();
        for (TestNode node : running) {
            for (Home home : node.homes()) {
                TestNode other = hosts.put(home.type() + "/" + home.shard(), node);
                if (other != null) {
                    return Optional.of(home + " is hosted on " + other + " and " + node);
                }
            }
        }
        return Optional.empty();
    }

    /** A cut that nobody has noticed yet is no less a cut. */
    private Optional<String> cuts() {
        return links.isAnyCut() ? Optional.of("links are cut") : Optional.empty();
    }

    private Optional<String> messages(List<TestNode> running) {
        for (TestNode node : running) {
            if (node.parked() > 0) {
                return Optional.of(node + " parks " + node.parked() + " messages for shards without a home");
            }
        }
        int open = spec.openMessages();
        return open == 0 ? Optional.empty() : Optional.of(open + " messages are neither taken up nor named");
    }
}
