package io.shardhold.testkit;

import io.shardhold.testkit.history.HistoryViolation;
import io.shardhold.testkit.simulated.SimulatedCluster;
import org.jspecify.annotations.Nullable;

/** One run of a test's body, from the opening of the cluster to its end. */
final class SpecRun implements AutoCloseable {
    private final MultiNodeSpec spec;
    private final EntityStory story;
    private final @Nullable TraceSample sample;

    /**
     * Opens the cluster.
     *
     * @param sampled whether the history is kept, to be compared with another run's; only where time is virtual
     */
    SpecRun(SpecSetup setup, boolean sampled) {
        spec = new MultiNodeSpec(setup);
        story = new EntityStory(spec);
        spec.assertAlways(story);
        sample = sampled && spec.cluster() instanceof SimulatedCluster ? new TraceSample() : null;
        if (sample != null && spec.cluster() instanceof SimulatedCluster simulated) {
            simulated.readTrace(sample);
        }
    }

    MultiNodeSpec spec() {
        return spec;
    }

    /** What a test threw, with everything that one needs to find its cause. */
    MultiNodeFailure failure(Throwable thrown) {
        String what =
                thrown instanceof AssertionError ? String.valueOf(thrown.getMessage()) : "the test threw " + thrown;
        if (thrown instanceof HistoryViolation violation) {
            what += "\n" + story.of(violation.key(), violation.at());
        }
        return spec.failure(what, thrown);
    }

    /** Fails if this run, the second of its seed, has another history than the first. */
    void compareWith(@Nullable TraceSample first) {
        if (first != null && sample != null) {
            first.differenceFrom(sample).ifPresent(text -> {
                throw spec.failure(text, null);
            });
        }
    }

    @Nullable
    TraceSample sample() {
        return sample;
    }

    @Override
    public void close() {
        spec.close();
    }
}
