package io.shardhold.examples.ledger;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

/**
 * Wrote the input that ships with the example, {@code deposits.csv.gz}, and would write the same again: a test compares.
 *
 * <pre>{@code
 * java -cp … io.shardhold.examples.ledger.DepositGenerator examples/src/main/resources/…/deposits.csv.gz
 * }</pre>
 */
final class DepositGenerator {
    static final int ROWS = 120_000;
    static final int ACCOUNTS = 5_000;

    /** Few different amounts keep the file small. */
    private static final int[] AMOUNTS_CENTS = {999, 1_250, 1_999, 2_500, 4_995, 7_777, 10_000, 25_001};

    private DepositGenerator() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 1) {
            throw new IllegalArgumentException("give the file to write, for example deposits.csv.gz");
        }
        try (Writer out = new BufferedWriter(new OutputStreamWriter(
                new GZIPOutputStream(Files.newOutputStream(Path.of(arguments[0]))), StandardCharsets.US_ASCII))) {
            write(out);
        }
    }

    /** Writes header and rows: 24 days, on each of which every account gets one deposit. */
    static void write(Writer out) throws IOException {
        out.write(DepositRow.HEADER + "\n");
        for (int i = 0; i < ROWS; i++) {
            out.write(row(i).toCsv() + "\n");
        }
    }

    private static DepositRow row(int i) {
        String deposit = String.format(Locale.ROOT, "d%06d", i + 1);
        String account = String.format(Locale.ROOT, "a%04d", i % ACCOUNTS + 1);
        return new DepositRow(deposit, account, AMOUNTS_CENTS[hash(i) % AMOUNTS_CENTS.length]);
    }

    /** An integer hash, so that the choice does not depend on any library's idea of chance. */
    private static int hash(int i) {
        long x = (i + 1) * 0x9E3779B97F4A7C15L;
        x = (x ^ (x >>> 30)) * 0xBF58476D1CE4E5B9L;
        return (int) (x >>> 40);
    }
}
