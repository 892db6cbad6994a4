package io.shardhold.examples.ledger;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import java.util.Optional;
import java.util.stream.Collectors;

/** Says the few events that explain what the display shows; the log of each process has all of them. */
final class EventTexts {
    private EventTexts() {}

    static Optional<String> of(ClusterEvent event) {
        if (event instanceof ClusterEvent.Founded founded) {
            return Optional.of("founded the cluster, seats " + names(founded));
        }
        if (event instanceof ClusterEvent.CoordinatorActive active) {
            return Optional.of("coordinates under term " + active.term());
        }
        if (event instanceof ClusterEvent.LeaseChanged lease) {
            return Optional.of(of(lease));
        }
        if (event instanceof ClusterEvent.Verdict verdict) {
            return Optional.of("removed " + verdict.member().name() + ": " + verdict.reason());
        }
        if (event instanceof ClusterEvent.RightLost lost) {
            return Optional.of("may not serve, missing seats " + lost.missingSeats());
        }
        if (event instanceof ClusterEvent.Reborn reborn) {
            return Optional.of("starts over as a new incarnation: " + reborn.reason());
        }
        if (event instanceof ClusterEvent.JoinRefused refused) {
            return Optional.of("is not admitted: " + refused.reason());
        }
        if (event instanceof ClusterEvent.MachineFault fault) {
            return Optional.of("stops, a bug of Shardhold: " + fault.cause());
        }
        return Optional.empty();
    }

    private static String of(ClusterEvent.LeaseChanged lease) {
        return switch (lease.state()) {
            case HELD -> "holds the lease, " + lease.detail();
            case WAITING -> "waits for the lease, " + lease.detail();
            case UNREACHABLE -> "asks for the lease in vain: " + lease.detail();
            case RELEASED -> "gives the lease up" + (lease.detail().isEmpty() ? "" : ": " + lease.detail());
            case LOST -> "has lost the lease: " + lease.detail();
        };
    }

    private static String names(ClusterEvent.Founded founded) {
        return founded.seats().stream().map(NodeId::name).collect(Collectors.joining(", "));
    }
}
