package io.shardhold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;

/**
 * The promises under the cruel profile: five nodes, three of them seeds, clocks that drift, half of the time with a lease. Kept: 79,
 * a seed that had agreed to found and then joined, and refused for ever what it was to learn.
 */
final class PromisesTest {
    @MultiNodeTest(nodes = 5, seeds = 100, kept = 79)
    void holdUnderCruelFaults(MultiNodeSpec spec) {
        for (TestNode node : spec.nodes()) {
            double drift = (spec.random().nextInt(100_001) - 50_000) / 1_000_000.0;
            node.clock(Duration.ofMillis(spec.random().nextInt(10_000) - 5_000), drift);
        }
        if (spec.seed() % 2 == 0) {
            spec.lease();
        }
        spec.keepSending(Duration.ofMillis(50));
        spec.faults(FaultProfile.CRUEL);
        spec.runFor(Duration.ofSeconds(60));
        spec.awaitConverged(Duration.ofMinutes(2));
        assertThat(spec.handled()).isGreaterThan(100);
    }
}
