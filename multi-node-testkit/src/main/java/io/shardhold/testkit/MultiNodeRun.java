package io.shardhold.testkit;

import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Runs a test's body on clusters from many seeds, without a test framework. Immutable; used from one thread.
 *
 * <pre>{@code
 * MultiNodeRun.nodes(5).seeds(1, 200).run(spec -> {
 *   spec.coordinator().crash();
 *   spec.runFor(Duration.ofSeconds(30));
 *   spec.node("n1").restart();
 *   spec.awaitConverged(Duration.ofSeconds(60));
 * });
 * }</pre>
 *
 * <p>The first seed and every fiftieth is run twice, to see that it repeats. The system property {@code shardhold.seed}
 * replaces the seeds by one, {@code shardhold.rung} the rung.
 */
public final class MultiNodeRun {
    private static final int SAMPLED = 50;

    /** What is done with each cluster. */
    public interface Body {
        /** Does it; whatever is thrown fails the run. */
        void accept(MultiNodeSpec spec) throws Exception;
    }

    /**
     * What all seeds together came to.
     *
     * @param runs bodies that ran to their end
     * @param virtualSeconds time that passed in them
     * @param events events that happened in them
     * @param reached what they reached, see {@link MultiNodeSpec#reached}
     */
    public record Summary(long runs, double virtualSeconds, long events, SortedMap<String, Long> reached) {}

    private final List<String> names;
    private final int seedNodes;
    private final long first;
    private final long last;
    private final String rung;
    private final @Nullable String replay;

    private MultiNodeRun(
            List<String> names, int seedNodes, long first, long last, String rung, @Nullable String replay) {
        this.names = names;
        this.seedNodes = seedNodes;
        this.first = first;
        this.last = last;
        this.rung = rung;
        this.replay = replay;
    }

    /** On clusters of nodes n1, n2 and so on, the first three of them seed nodes; seed 1, simulated. */
    public static MultiNodeRun nodes(int count) {
        String rung = System.getProperty(ReplayCommand.RUNG, SpecSetup.DEFAULT_RUNG);
        return new MultiNodeRun(SpecSetup.names(count), SpecSetup.usualSeedNodes(count), 1, 1, rung, null);
    }

    /** With nodes of these names, the first of them seed nodes. */
    public MultiNodeRun names(String... changed) {
        return new MultiNodeRun(List.of(changed), SpecSetup.usualSeedNodes(changed.length), first, last, rung, replay);
    }

    /** With so many seed nodes: 1, 3, 5 or 7. */
    public MultiNodeRun seedNodes(int count) {
        return new MultiNodeRun(names, count, first, last, rung, replay);
    }

    /** From these seeds, both included. */
    public MultiNodeRun seeds(long from, long to) {
        if (to < from) {
            throw new IllegalArgumentException("seeds go from the lower to the higher, were " + from + " to " + to);
        }
        return new MultiNodeRun(names, seedNodes, from, to, rung, replay);
    }

    /** From one seed. */
    public MultiNodeRun seed(long seed) {
        return seeds(seed, seed);
    }

    /** On this rung: "simulated" or "loopback". */
    public MultiNodeRun rung(String name) {
        SpecSetup.rung(name);
        return new MultiNodeRun(names, seedNodes, first, last, name, replay);
    }

    /** What a failure names as the command that replays it; {@code {seed}} stands for the seed. */
    public MultiNodeRun replay(String command) {
        return new MultiNodeRun(names, seedNodes, first, last, rung, command);
    }

    /**
     * Runs the body once per seed.
     *
     * @throws MultiNodeFailure from the first seed that fails
     */
    public Summary run(Body body) {
        OptionalLong only = ReplayCommand.onlySeed();
        long from = only.orElse(first);
        long to = only.orElse(last);
        SortedMap<String, Long> reached = new TreeMap<>();
        double seconds = 0;
        long events = 0;
        for (long seed = from; seed <= to; seed++) {
            boolean sampled = (seed - from) % SAMPLED == 0;
            TraceSample sample = null;
            for (int round = 0; round < (sampled ? 2 : 1); round++) {
                try (SpecRun run = new SpecRun(setup(seed), sampled)) {
                    runOne(run, body);
                    run.compareWith(sample);
                    sample = run.sample();
                    seconds += run.spec().elapsed().toMillis() / 1_000.0;
                    events += run.spec().events();
                    run.spec().reached().forEach((what, count) -> reached.merge(what, count, Long::sum));
                }
                if (sample == null) {
                    break;
                }
            }
        }
        return new Summary(to - from + 1, seconds, events, reached);
    }

    private static void runOne(SpecRun run, Body body) {
        try {
            body.accept(run.spec());
        } catch (Exception | AssertionError thrown) {
            throw run.failure(thrown);
        }
    }

    private SpecSetup setup(long seed) {
        String command =
                replay == null ? ReplayCommand.ofProperty(seed) : replay.replace("{seed}", String.valueOf(seed));
        return new SpecSetup(names, seedNodes, SpecSetup.rung(rung), seed, command);
    }
}
