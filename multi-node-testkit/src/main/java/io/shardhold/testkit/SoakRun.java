package io.shardhold.testkit;

import io.shardhold.testkit.simulated.SimulatedCluster;
import io.shardhold.testkit.simulated.SimulatedRung;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;

/**
 * One long run of a simulated cluster under a profile, as the soak command makes it: messages all the time, faults for a
 * while, then healing and the check that everything is as it should be.
 *
 * @param seed from which everything is drawn
 * @param nodes how many
 * @param seedNodes how many of them are seed nodes
 * @param length how long there are faults, in virtual time
 * @param sendEvery time between two messages of each node
 * @param lease whether its coordinator needs a lease, whose store is under the profile too
 * @param replay command that replays this run
 */
public record SoakRun(
        long seed,
        int nodes,
        int seedNodes,
        Duration length,
        FaultProfile profile,
        Duration sendEvery,
        boolean lease,
        String replay) {
    private static final Duration CONVERGING = Duration.ofMinutes(2);

    /**
     * What came of it.
     *
     * @param hash the history as one number
     */
    public record Result(
            double virtualSeconds, long events, long handled, long hash, SortedMap<String, Long> reached) {}

    /**
     * Looks at what is asked for before a run is made.
     *
     * @throws IllegalArgumentException if no cluster can be made of it; the message names the value
     */
    public void check() {
        setup(new SimulatedRung());
    }

    /**
     * Makes the run.
     *
     * @throws MultiNodeFailure if a promise does not hold
     */
    public Result run() {
        return run(new SimulatedRung());
    }

    /** Makes the run; its history, as one number after each event. */
    public long[] history() {
        return sample().hashes();
    }

    /** Makes the run, and names the first event after which its history is not this one; empty if it is. */
    public Optional<String> firstEventUnlike(long[] history) {
        return sample().firstLineUnlike(history);
    }

    private TraceSample sample() {
        try (SpecRun run = new SpecRun(setup(new SimulatedRung()), true)) {
            body(run);
            return Objects.requireNonNull(run.sample());
        }
    }

    private SpecSetup setup(SimulatedRung rung) {
        return new SpecSetup(SpecSetup.names(nodes), seedNodes, rung, seed, replay);
    }

    Result run(SimulatedRung rung) {
        try (SpecRun run = new SpecRun(setup(rung), false)) {
            body(run);
            MultiNodeSpec spec = run.spec();
            return new Result(
                    spec.elapsed().toMillis() / 1_000.0,
                    spec.events(),
                    spec.handled(),
                    spec.cluster() instanceof SimulatedCluster simulated ? simulated.traceHash() : 0,
                    spec.reached());
        }
    }

    /** Clocks that drift and are off, messages, faults, healing. */
    private void body(SpecRun run) {
        try {
            body(run.spec());
        } catch (RuntimeException | AssertionError thrown) {
            throw run.failure(thrown);
        }
    }

    private void body(MultiNodeSpec spec) {
        for (TestNode node : spec.nodes()) {
            if (profile != FaultProfile.CALM) {
                double drift = (spec.random().nextInt(100_001) - 50_000) / 1_000_000.0;
                node.clock(Duration.ofMillis(spec.random().nextInt(10_000) - 5_000), drift);
            }
        }
        if (lease) {
            spec.lease();
        }
        spec.keepSending(sendEvery);
        spec.faults(profile);
        spec.runFor(length);
        spec.awaitConverged(CONVERGING);
    }
}
