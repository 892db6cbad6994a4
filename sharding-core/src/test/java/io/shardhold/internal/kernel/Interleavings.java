package io.shardhold.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;

/**
 * Searches random scenarios of a few threads for an interleaving whose results no order of whole operations explains.
 *
 * <p>Lincheck steps the threads one at a time. So a search depends on nothing but its seed and its length, not on the
 * machine, and it sees every race of a sequentially consistent machine; what compiler and processor reorder is for the tests
 * with real threads. {@code -Dlincheck.iterations=} sets how many scenarios are tried; the profile {@code search} tries
 * four times as many as the ordinary build.
 *
 * <p>Where a class promises less than linearizability, its operations return nothing, so that any order explains them, and
 * a {@code @Validate} method says what has to hold in the end; each beginning of a scenario is a scenario too.
 */
public final class Interleavings {
    private static final int ITERATIONS = 15;
    private static final int INVOCATIONS = 150;

    /** A refusal ends the search, so it may be long. */
    private static final int ITERATIONS_TO_REFUSAL = 100;

    private Interleavings() {}

    /** Fails on an interleaving of the operations of a class that its specification does not explain. */
    public static void assertExplained(Class<?> operations, Class<?> specification) {
        options(specification)
                .iterations(Integer.getInteger("lincheck.iterations", ITERATIONS))
                .check(operations);
    }

    /** Fails on an interleaving of operations that return nothing after which their validation fails. */
    public static void assertValid(Class<?> operations) {
        assertExplained(operations, operations);
    }

    /** Fails if there seems to be no such interleaving: a search that cannot see a planted bug proves nothing. */
    public static void assertRefused(Class<?> operations, Class<?> specification) {
        assertThatExceptionOfType(LincheckAssertionError.class)
                .isThrownBy(() -> options(specification)
                        .iterations(ITERATIONS_TO_REFUSAL)
                        .minimizeFailedScenario(false)
                        .check(operations))
                .satisfies(e ->
                        assertThat(e.getMessage()).containsAnyOf("Invalid execution results", "Validation function"));
    }

    private static ModelCheckingOptions options(Class<?> specification) {
        return new ModelCheckingOptions()
                .invocationsPerIteration(INVOCATIONS)
                .addGuarantee(
                        forClasses(Interleavings::isOfOneThread).allMethods().treatAsAtomic())
                .threads(3)
                .actorsBefore(2)
                .actorsPerThread(2)
                .actorsAfter(1)
                .sequentialSpecification(specification);
    }

    /** Collections that stand behind a lock, and counters: switching threads inside them shows nothing new. */
    private static boolean isOfOneThread(String className) {
        return className.startsWith("java.util.TreeMap")
                || className.startsWith("java.util.Array")
                || className.equals("java.util.EnumMap")
                || className.equals(Counters.class.getName());
    }

    /** For use inside operations and validations. */
    public static void ensure(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }
}
