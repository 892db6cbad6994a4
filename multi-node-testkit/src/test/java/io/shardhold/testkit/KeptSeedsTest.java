package io.shardhold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Seeds of soaks that have found something: 1060, numbers that fell when all seeds had died and the clock of the next founder
 * was behind; 1130, messages that a removed home gave back after later ones had gone to its successor; 2545, a founder that wrote under
 * the token of a lease that it had given back.
 */
final class KeptSeedsTest {
    @ParameterizedTest
    @CsvSource({"1060, false", "1130, false", "2545, true"})
    void fourCruelMinutesOfAKeptSeedPass(long seed, boolean lease) {
        SoakRun run = new SoakRun(
                seed,
                5,
                3,
                Duration.ofMinutes(4),
                FaultProfile.CRUEL,
                Duration.ofMillis(250),
                lease,
                "KeptSeedsTest " + seed);
        assertThat(run.run().handled()).isGreaterThan(1_000);
    }
}
