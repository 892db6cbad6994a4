package io.shardhold.examples.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ResultTest {
    @Test
    void theLastLineIsOneJsonObjectWithTheseNames() {
        assertThat(new Result(120_000, 5_000, 0, 0, 2, 7_912, Duration.ofMillis(41_260)).toJson())
                .isEqualTo("{\"deposits\":120000,\"accounts\":5000,\"lost\":0,\"duplicated\":0,\"staleFenceRefused\":2,"
                        + "\"longestGapMillis\":7912,\"seconds\":41.3}");
    }
}
