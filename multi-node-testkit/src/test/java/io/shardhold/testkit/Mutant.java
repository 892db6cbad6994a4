package io.shardhold.testkit;

import io.shardhold.internal.kernel.Guards;
import java.util.function.Consumer;

/**
 * Shardhold with one guard taken out, so that it fails as another system did.
 *
 * @param failure number of the known failure that comes back
 * @param guard what our guard does, in a sentence
 * @param trial by which the kit sees it
 * @param guards all but one of them strict
 * @param change what else is different about the cluster; before it starts
 */
record Mutant(int failure, String name, String guard, Trial trial, Guards guards, Consumer<MultiNodeSpec> change) {
    static Mutant of(int failure, String name, String guard, Trial trial, Guards guards) {
        return new Mutant(failure, name, guard, trial, guards, spec -> {});
    }

    /** What caught it under this seed; empty if nothing did. */
    String run(long seed) {
        return trial.run(seed, guards, change);
    }

    @Override
    public String toString() {
        return failure + " " + name;
    }
}
