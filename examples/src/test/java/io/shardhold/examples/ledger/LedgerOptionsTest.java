package io.shardhold.examples.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LedgerOptionsTest {
    private static void assertRefused(String message, String... arguments) {
        assertThatExceptionOfType(LedgerOptions.Refused.class)
                .isThrownBy(() -> LedgerOptions.parse(List.of(arguments)))
                .withMessage(message);
    }

    @Test
    void nothingIsNeeded() throws Exception {
        assertThat(LedgerOptions.parse(List.of()))
                .isEqualTo(new LedgerOptions(Optional.empty(), KillSchedule.Victims.ONE, 3, 1, false));
    }

    @Test
    void everyOptionIsKept() throws Exception {
        assertThat(LedgerOptions.parse(
                        List.of("--input", "x.csv", "--kill", "two", "--nodes", "5", "--seed", "42", "--help")))
                .isEqualTo(new LedgerOptions(Optional.of(Path.of("x.csv")), KillSchedule.Victims.TWO, 5, 42, true));
    }

    @Test
    void whatMakesNoSenseIsNamed() {
        assertRefused("unknown option '--inptu'", "--inptu", "x");
        assertRefused("unknown option 'x.csv'", "x.csv");
        assertRefused("option --input needs a value", "--input");
        assertRefused("option --input needs a value", "--input", "");
        assertRefused("--kill must be one, seed, two or none, was 'all'", "--kill", "all");
        assertRefused("--nodes must be a whole number from 3 to 7, was '2'", "--nodes", "2");
        assertRefused("--nodes must be a whole number from 3 to 7, was 'three'", "--nodes", "three");
        assertRefused("--seed must be a whole number from 0 to 9223372036854775807, was '-1'", "--seed", "-1");
    }
}
