package io.shardhold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.internal.kernel.Guards;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The tests of the tests: with a guard taken out, some promise is seen to break, and soon. */
final class MutantTest {
    private static final int SEEDS = 200;

    static Set<String> mutants() {
        return Mutants.all().keySet();
    }

    @ParameterizedTest
    @MethodSource("mutants")
    void eachPlantedBugIsCaughtWithin200Seeds(String mutant) {
        Guards guards = Objects.requireNonNull(Mutants.all().get(mutant));
        long seed = 1;
        while (seed <= SEEDS && survives(guards, seed)) {
            seed++;
        }
        assertThat(seed).as("seed that catches %s", mutant).isLessThanOrEqualTo(SEEDS);
        System.out.println(mutant + " is caught by seed " + seed);
    }

    private static boolean survives(Guards guards, long seed) {
        try {
            new Chaos(seed, guards, Duration.ofSeconds(60)).run();
            return true;
        } catch (SimulationFailure caught) {
            return false;
        }
    }
}
