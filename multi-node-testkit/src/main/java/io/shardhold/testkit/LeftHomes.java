package io.shardhold.testkit;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.MemberStatus;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.CoordinatorMessage;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.RegionMessage;
import io.shardhold.internal.protocol.ShardEpoch;
import io.shardhold.internal.protocol.ShardKey;
import io.shardhold.internal.protocol.Term;
import io.shardhold.testkit.simulated.SimulatedRung;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A home is left before there is another one, whoever commands: each time that a region is told to host a shard under an epoch
 * that is new to this run, all who may have hosted it have stopped, or have been removed, and the wait for their right has
 * passed. A takeover, above all, moves nothing.
 *
 * <p>Who may host: whom a coordinator told to, or an owner that handed a shard on. Who has stopped: the node published it, or
 * told a coordinator.
 */
final class LeftHomes implements WireCheck {
    /** Clocks may tick faster by a twentieth, so a wait may seem shorter. */
    private static final double SHORTEST_WAIT = 0.95;

    private record Shard(long clusterId, ShardKey key) {}

    private record Host(String node, ShardKey shard) {}

    private record Possible(NodeId node, Epoch epoch) {}

    private record Removed(boolean orderly, Duration at) {}

    private final MultiNodeSpec spec;
    private final boolean timed;
    private final Map<Shard, List<Possible>> homes = new HashMap<>();
    private final Map<Shard, Epoch> highest = new HashMap<>();
    private final Map<Host, Long> stopped = new HashMap<>();
    private final Map<NodeId, Removed> removed = new HashMap<>();

    LeftHomes(MultiNodeSpec spec) {
        this.spec = spec;
        this.timed = spec.rung().equals(SimulatedRung.NAME);
    }

    @Override
    public void onReceived(NodeId self, NodeId from, ControlMessage message) {
        if (message instanceof RegionMessage.HostShards host) {
            host.shards().forEach(shard -> onCommanded(self, host.term(), shard));
        } else if (message instanceof CoordinatorMessage.ShardsStopped over) {
            over.shards().forEach(shard -> onStopped(from.name(), shard.shard(), shard.epoch()));
        } else if (message instanceof CoordinatorMessage.Register region) {
            region.stopped().forEach(shard -> onStopped(from.name(), shard.shard(), shard.epoch()));
        }
    }

    @Override
    public void onSent(NodeId self, ControlMessage message) {
        if (message instanceof RegionMessage.HostMoved handed) {
            Shard shard = new Shard(handed.clusterId(), handed.move().from().shard());
            if (isNew(shard, handed.move().next())) {
                homes.computeIfAbsent(shard, s -> new ArrayList<>())
                        .add(new Possible(handed.move().target(), handed.move().next()));
            }
        }
    }

    @Override
    public void onEvent(TestNode node, ClusterEvent event) {
        if (event instanceof ClusterEvent.ShardsHere here && !here.started()) {
            onStopped(node.name(), new ShardKey(here.type(), here.shard()), epoch(here.epoch()));
        } else if (event instanceof ClusterEvent.MemberChanged changed) {
            MemberStatus status = changed.member().status();
            if (status == MemberStatus.LEFT || status == MemberStatus.DOWN) {
                removed.putIfAbsent(changed.member().id(), new Removed(status == MemberStatus.LEFT, spec.elapsed()));
            }
        }
    }

    private static Epoch epoch(String text) {
        int slash = text.indexOf('/');
        return new Epoch(Long.parseLong(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
    }

    /** An epoch belongs to one incarnation, so the name will do. */
    private void onStopped(String node, ShardKey shard, Epoch epoch) {
        stopped.merge(new Host(node, shard), epoch.fence(), Math::max);
    }

    /** Whether this is a higher epoch than every one before; it is from now on. */
    private boolean isNew(Shard shard, Epoch epoch) {
        Epoch before = highest.get(shard);
        if (before == null || before.isBelow(epoch)) {
            highest.put(shard, epoch);
            return true;
        }
        return false;
    }

    private void onCommanded(NodeId home, Term term, ShardEpoch commanded) {
        Shard shard = new Shard(term.clusterId(), commanded.shard());
        if (!isNew(shard, commanded.epoch())) {
            return;
        }
        List<Possible> before = homes.computeIfAbsent(shard, s -> new ArrayList<>());
        for (Possible other : before) {
            String still = still(commanded.shard(), other);
            if (!still.isEmpty()) {
                spec.violated(
                        Invariants.TAKEOVER_MOVES_NOTHING.name(),
                        term + " has " + home + " host " + commanded + ", and " + other.node() + " " + still
                                + " its epoch " + other.epoch());
            }
        }
        before.clear();
        before.add(new Possible(home, commanded.epoch()));
    }

    /** What keeps a home from having been left; empty if nothing does. */
    private String still(ShardKey shard, Possible home) {
        if (stopped.getOrDefault(new Host(home.node().name(), shard), 0L)
                >= home.epoch().fence()) {
            return "";
        }
        Removed gone = removed.get(home.node());
        if (gone == null) {
            return "has neither stopped nor been removed, with";
        }
        long wait = spec.node(home.node().name())
                .machine()
                .settings()
                .timings()
                .verdictWait()
                .toMillis();
        boolean waited =
                gone.orderly() || !timed || spec.elapsed().minus(gone.at()).toMillis() >= wait * SHORTEST_WAIT;
        return waited ? "" : "was removed less than the wait ago, with";
    }
}
