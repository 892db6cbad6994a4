package io.shardhold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.internal.kernel.Guards;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Five nodes, three of them seeds, under random cuts, losses, duplicates, late directives, crashes, pauses, slow handlers
 * and clocks that drift and jump. More seeds: {@code -Dseeds=2000}; one of them: {@code -Dseed=17 -Dseeds=1}.
 */
final class ChaosTest {
    private static final long FIRST = Long.getLong("seed", 1);
    private static final int SEEDS = Integer.getInteger("seeds", 100);
    private static final Duration FAULTS = Duration.ofSeconds(60);

    @Test
    void promisesHoldUnderRandomFaults() {
        long taken = 0;
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            Chaos chaos = new Chaos(seed, Guards.STRICT, FAULTS);
            chaos.run();
            taken += chaos.traffic().taken();
        }
        assertThat(taken).as("messages taken up").isGreaterThan(1_000L * SEEDS);
    }

    /** A restarted node that never heard of its admission; a wait that came due in a pause; what a lost link gave back late. */
    @ParameterizedTest
    @ValueSource(longs = {33, 267, 1175})
    void seedsThatOnceFailedPass(long seed) {
        new Chaos(seed, Guards.STRICT, FAULTS).run();
    }

    @Test
    void oneSeedGivesOneHistory() {
        for (long seed = FIRST; seed < FIRST + 3; seed++) {
            assertThat(history(seed)).as("seed %s", seed).isEqualTo(history(seed));
        }
        assertThat(history(FIRST)).isNotEqualTo(history(FIRST + 1));
    }

    private static long history(long seed) {
        Chaos chaos = new Chaos(seed, Guards.STRICT, FAULTS);
        chaos.run();
        return chaos.cluster().traceHash();
    }
}
