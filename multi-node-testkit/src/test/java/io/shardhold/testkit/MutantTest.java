package io.shardhold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The tests of the tests: with a guard taken out, some promise is seen to break, and soon. */
final class MutantTest {
    private static final int SEEDS = 200;

    @ParameterizedTest
    @EnumSource
    void eachPlantedBugIsCaughtWithin200Seeds(Mutants mutant) {
        long seed = 1;
        while (seed <= SEEDS && survives(mutant, seed)) {
            seed++;
        }
        assertThat(seed).as("seed that catches %s", mutant).isLessThanOrEqualTo(SEEDS);
        System.out.println(mutant + " is caught by seed " + seed);
    }

    private static boolean survives(Mutants mutant, long seed) {
        try {
            new Chaos(seed, mutant.guards(), Duration.ofSeconds(60)).run();
            return true;
        } catch (SimulationFailure caught) {
            return false;
        }
    }
}
