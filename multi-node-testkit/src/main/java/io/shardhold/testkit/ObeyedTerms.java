package io.shardhold.testkit;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.kernel.Input;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.CoordinatorMessage;
import io.shardhold.internal.protocol.RegionMessage;
import io.shardhold.internal.protocol.Term;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Power carries a number: a region that was commanded under one term never does as a lower one says. */
final class ObeyedTerms {
    private final Map<NodeId, Long> highest = new HashMap<>();

    /** Takes note of a directive before the region handles it. */
    void onInput(NodeId self, Input input) {
        Term term = input instanceof Input.Received received ? directive(received.message()) : null;
        if (term != null) {
            highest.merge(self, term.number(), Math::max);
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

    /** Looks at what a region answers; returns what is violated. */
    Optional<String> check(NodeId self, ControlMessage answer) {
        Term obeyed = null;
        if (answer instanceof CoordinatorMessage.ShardsHosted hosted) {
            obeyed = hosted.term();
        } else if (answer instanceof CoordinatorMessage.HandOffBegun begun) {
            obeyed = begun.term();
        }
        long seen = highest.getOrDefault(self, 0L);
        return obeyed != null && obeyed.number() < seen
                ? Optional.of("POWER_CARRIES_A_NUMBER: " + self + " obeyed " + obeyed + " after a directive of " + seen)
                : Optional.empty();
    }
}
