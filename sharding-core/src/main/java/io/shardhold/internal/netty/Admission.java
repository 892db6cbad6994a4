package io.shardhold.internal.netty;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.wire.Handshake;
import io.shardhold.internal.wire.Handshake.Hello;
import io.shardhold.internal.wire.Handshake.Refusal;
import io.shardhold.internal.wire.Handshake.Refused;
import org.jspecify.annotations.Nullable;

/** Who may connect. Both ends read the text, so it names the values of both and what to do. */
final class Admission {
    private Admission() {}

    /** Null if the peer is welcome. */
    static @Nullable Refused check(Hello hello, NodeId self, NettyTransport.Settings settings) {
        NodeId peer = hello.self();
        if (!hello.clusterName().equals(settings.clusterName())) {
            return new Refused(
                    Refusal.CLUSTER_NAME,
                    peer + " belongs to cluster \"" + hello.clusterName() + "\", " + self + " to \""
                            + settings.clusterName() + "\": seeds and ports of the two must differ");
        }
        if (hello.settingsDigest() != settings.settingsDigest()) {
            return new Refused(
                    Refusal.SETTINGS,
                    peer + " has (" + hello.timings() + "), " + self + " has (" + settings.timings()
                            + "): all nodes must agree on these; give this one the settings of the others");
        }
        if (peer.address().equals(self.address())) {
            return sameAddress(peer, self);
        }
        if (hello.wantedIncarnation() != 0
                && (hello.wantedIncarnation() != self.incarnation()
                        || !hello.wantedAddress().equals(self.address()))) {
            return new Refused(
                    Refusal.NOT_WANTED,
                    "incarnation " + hello.wantedIncarnation() + " at " + hello.wantedAddress() + " is wanted, here is "
                            + self + " at " + self.address());
        }
        return null;
    }

    private static Refused sameAddress(NodeId peer, NodeId self) {
        if (peer.equals(self)) {
            return new Refused(
                    Refusal.SELF,
                    self + " has connected to itself: that is another way to write its address, and it advertises "
                            + self.address() + "; write it so in the seeds of all nodes");
        }
        if (peer.incarnation() < self.incarnation()) {
            return stale(peer, self.incarnation());
        }
        return new Refused(
                Refusal.SELF,
                peer + " advertises " + self.address() + ", which is the address of " + self
                        + ": give each node an address of its own");
    }

    static Refused stale(NodeId peer, long highest) {
        return new Refused(
                Refusal.STALE,
                peer + " is outdated: incarnation " + highest + " has been seen at " + peer.address()
                        + "; a new start begins again above it",
                highest);
    }

    static Refused protocol(int major) {
        return new Refused(
                Refusal.PROTOCOL,
                "the protocol of the one that connects is version " + major + ", of the one that answers "
                        + Handshake.PROTOCOL_MAJOR
                        + ": run releases with the same major version");
    }

    static Refused notStarted() {
        return new Refused(Refusal.NOT_STARTED, "the node is starting or closing; try again");
    }

    static Refused tooMany(int max) {
        return new Refused(Refusal.TOO_MANY, "the node has " + max + " connections, no more are taken");
    }

    /** Whether refusing for this reason is something an operator should look at. */
    static boolean isWorthTelling(Refusal refusal) {
        return switch (refusal) {
            case SELF, NOT_STARTED, NOT_WANTED -> false;
            case OTHER, PROTOCOL, CLUSTER_NAME, SETTINGS, STALE, TOO_MANY -> true;
        };
    }
}
