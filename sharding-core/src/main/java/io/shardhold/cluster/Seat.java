package io.shardhold.cluster;

import java.util.Objects;
import java.util.Optional;

/**
 * A vote in the cluster: one per seed address, held by one incarnation of the seed, or empty.
 *
 * @param address the seed's {@code host:port}
 * @param holder who votes; an empty seat counts as no
 */
public record Seat(String address, Optional<NodeId> holder) {
    public Seat {
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(holder, "holder");
    }

    @Override
    public String toString() {
        return address + " " + holder.map(NodeId::toString).orElse("(empty)");
    }
}
