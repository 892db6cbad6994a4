package io.shardhold.testkit;

import io.shardhold.internal.kernel.Guards;
import io.shardhold.testkit.simulated.SimulatedCluster;
import io.shardhold.testkit.simulated.SimulatedRung;
import java.time.Duration;
import java.util.List;

/** Clusters for tests of the library itself, without the extension. */
final class Specs {
    private Specs() {}

    /** Nodes n1, n2 and so on, the first of them seed nodes. */
    static MultiNodeSpec of(long seed, int nodes, int seedNodes) {
        return of(seed, SpecSetup.names(nodes), seedNodes, Guards.STRICT);
    }

    static MultiNodeSpec of(long seed, List<String> names, int seedNodes, Guards guards) {
        return new MultiNodeSpec(
                new SpecSetup(names, seedNodes, new SimulatedRung(guards), seed, ReplayCommand.ofProperty(seed)));
    }

    static long traceHash(MultiNodeSpec spec) {
        return ((SimulatedCluster) spec.cluster()).traceHash();
    }

    static void allServe(MultiNodeSpec spec) {
        spec.await(
                "all nodes serve",
                Duration.ofSeconds(60),
                () -> spec.nodes().stream().allMatch(TestNode::isServing));
    }
}
