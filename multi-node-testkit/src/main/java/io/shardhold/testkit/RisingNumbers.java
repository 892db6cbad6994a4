package io.shardhold.testkit;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.CoordinatorMessage;
import io.shardhold.internal.protocol.RegionMessage;
import io.shardhold.internal.protocol.Term;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Power carries a number: terms rise, and a region that was commanded under one never does as a lower one says. */
final class RisingNumbers implements WireCheck {
    private final MultiNodeSpec spec;
    private final Map<NodeId, Long> commanded = new HashMap<>();
    private final Map<Long, Long> byCluster = new HashMap<>();

    RisingNumbers(MultiNodeSpec spec) {
        this.spec = spec;
    }

    @Override
    public void onEvent(TestNode node, ClusterEvent event) {
        if (event instanceof ClusterEvent.CoordinatorActive active) {
            long cluster =
                    node.actingTerm().map(Term::clusterId).orElse(node.view().clusterId());
            long before = byCluster.getOrDefault(cluster, 0L);
            if (active.term() <= before) {
                violated(node + " coordinates under " + active.term() + " after a term of " + before);
            }
            byCluster.merge(cluster, active.term(), Math::max);
        }
    }

    @Override
    public void onReceived(NodeId self, NodeId from, ControlMessage message) {
        Term term = directive(message);
        if (term != null) {
            commanded.merge(self, term.number(), Math::max);
        }
    }

    private static @Nullable Term directive(ControlMessage message) {
        if (message instanceof RegionMessage.HostShards host) {
            return host.term();
        } else if (message instanceof RegionMessage.BeginHandOff begin) {
            return begin.term();
        } else if (message instanceof RegionMessage.HandOff handOff) {
            return handOff.term();
        }
        return null;
    }

    @Override
    public void onSent(NodeId self, ControlMessage answer) {
        Term obeyed = null;
        if (answer instanceof CoordinatorMessage.ShardsHosted hosted) {
            obeyed = hosted.term();
        } else if (answer instanceof CoordinatorMessage.HandOffBegun begun) {
            obeyed = begun.term();
        }
        if (obeyed != null && obeyed.number() < commanded.getOrDefault(self, 0L)) {
            violated(self + " obeyed " + obeyed + " after a directive of " + commanded.get(self));
        }
    }

    private void violated(String what) {
        spec.violated(Invariants.NUMBERS_ONLY_RISE.name(), what);
    }
}
