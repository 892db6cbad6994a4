package io.shardhold.testkit;

import io.shardhold.internal.kernel.Guards;
import io.shardhold.testkit.simulated.SimulatedRung;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A way to try a mutant: a cluster, and what happens to it. Without a mutant every seed passes.
 *
 * @param title as the page about known failures has it
 * @param nodes how many; three of them are seed nodes
 */
record Trial(String title, int nodes, Consumer<MultiNodeSpec> body) {
    private static final int SEED_NODES = 3;
    private static final Pattern INVARIANT = Pattern.compile("([A-Z_]+): ");

    /**
     * Makes one run.
     *
     * @param change what is different about the cluster besides its guards
     * @return what caught something, as the page has it; empty if nothing did
     */
    String run(long seed, Guards guards, Consumer<MultiNodeSpec> change) {
        List<String> names = SpecSetup.names(nodes);
        String replay = title + " of KnownFailuresTest, seed " + seed;
        SpecSetup setup = new SpecSetup(names, SEED_NODES, new SimulatedRung(guards), seed, replay);
        try (SpecRun run = new SpecRun(setup, false)) {
            try {
                change.accept(run.spec());
                body.accept(run.spec());
                return "";
            } catch (RuntimeException | AssertionError thrown) {
                return caughtBy(run.failure(thrown));
            }
        }
    }

    /** The name of the invariant, or of what was awaited in vain. */
    private static String caughtBy(MultiNodeFailure failure) {
        String text = String.valueOf(failure.getMessage());
        Matcher invariant = INVARIANT.matcher(text);
        if (invariant.lookingAt()) {
            return invariant.group(1);
        } else if (text.contains("neither taken up nor named")) {
            return Invariants.CONSERVATION.name();
        } else if (text.startsWith("not converged")) {
            return "awaitConverged";
        } else if (text.startsWith("did not happen")) {
            return "await";
        }
        throw failure;
    }
}
