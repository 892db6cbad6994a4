package io.shardhold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Seeds of soaks that have found something: 1060, numbers that fell when all seeds had died and the clock of the next founder
 * was behind; 1130, messages that a removed home gave back after later ones had gone to its successor.
 */
final class KeptSeedsTest {
    @ParameterizedTest
    @ValueSource(longs = {1060, 1130})
    void fourCruelMinutesOfAKeptSeedPass(long seed) {
        SoakRun run = new SoakRun(
                seed,
                5,
                3,
                Duration.ofMinutes(4),
                FaultProfile.CRUEL,
                Duration.ofMillis(250),
                false,
                "KeptSeedsTest " + seed);
        assertThat(run.run().handled()).isGreaterThan(1_000);
    }
}
