package io.shardhold.examples.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class DepositGeneratorTest {
    @Test
    void theShippedFileIsWhatTheGeneratorWrites() throws IOException {
        StringWriter generated = new StringWriter();
        DepositGenerator.write(generated);

        InputStream shipped =
                Objects.requireNonNull(DepositGenerator.class.getResourceAsStream("deposits.csv.gz"), "shipped");
        try (GZIPInputStream text = new GZIPInputStream(shipped)) {
            assertThat(new String(text.readAllBytes(), StandardCharsets.US_ASCII).equals(generated.toString()))
                    .as("deposits.csv.gz is out of date: run DepositGenerator")
                    .isTrue();
        }
    }
}
