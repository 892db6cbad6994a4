package io.shardhold.testkit;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.RegionMessage;
import io.shardhold.internal.protocol.SeatMessage;
import io.shardhold.internal.protocol.Term;
import io.shardhold.lease.Lease;
import io.shardhold.testkit.simulated.SimulatedRung;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * With a lease, what a coordinator commands and writes leaves its node only while the node's own lease is alive under the number
 * of its term. Looked at in the very moment in which it leaves, so on the simulated rung only.
 */
final class LeaseHolders implements WireCheck {
    private final MultiNodeSpec spec;
    private final boolean watches;

    LeaseHolders(MultiNodeSpec spec) {
        this.spec = spec;
        this.watches = spec.rung().equals(SimulatedRung.NAME);
    }

    @Override
    public void onReceived(NodeId self, NodeId from, ControlMessage message) {}

    @Override
    public void onSent(NodeId self, ControlMessage message) {
        Term term = watches ? term(message) : null;
        if (term == null) {
            return;
        }
        Optional<Lease> needed = spec.node(self.name()).machine().settings().lease();
        if (needed.isEmpty()) {
            return;
        }
        Lease lease = needed.get();
        if (!lease.checkAlive() || lease.fencingToken() != term.number()) {
            spec.violated(
                    Invariants.LEASE_HOLDER_ONLY.name(),
                    self + " sends " + message.getClass().getSimpleName() + " under " + term + ", and its lease "
                            + (lease.checkAlive() ? "has token " + lease.fencingToken() : "is over"));
        }
    }

    /** The term whose power a message needs; null if it needs none. */
    private static @Nullable Term term(ControlMessage message) {
        if (message instanceof RegionMessage.HostShards host) {
            return host.term();
        } else if (message instanceof RegionMessage.BeginHandOff begin) {
            return begin.term();
        } else if (message instanceof RegionMessage.HandOff handOff) {
            return handOff.term();
        } else if (message instanceof RegionMessage.StopAcknowledged stop) {
            return stop.term();
        } else if (message instanceof RegionMessage.Announce announce) {
            return announce.term();
        } else if (message instanceof RegionMessage.Registered registered) {
            return registered.term();
        } else if (message instanceof SeatMessage.Replicate write) {
            return write.term();
        } else if (message instanceof SeatMessage.Beat beat) {
            return beat.term();
        }
        return null;
    }
}
