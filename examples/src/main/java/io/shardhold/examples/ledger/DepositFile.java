package io.shardhold.examples.ledger;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * The input, read as a whole: its good lines, and what is wrong with the others. A line is {@code
 * deposit_id,account_id,amount_cents}, without quotes; the header is optional.
 *
 * @param rows good lines in the order of the file; no deposit id twice
 * @param badLines one sentence each, for example {@code line 17: 2 fields instead of 3: 'd-17,a-3'}
 */
record DepositFile(List<DepositRow> rows, List<String> badLines) {
    /** Rows are held in memory, in heaps of 256 MB. */
    static final int ROWS_AT_MOST = 500_000;

    static final long BYTES_AT_MOST = 64L << 20;

    private static final String SHIPPED = "deposits.csv.gz";
    private static final int ID_LENGTH = 64;

    /** What bytes that are no UTF-8 are read as. */
    private static final char NOT_UTF_8 = '\uFFFD';

    /** Sums of this many rows stay far below what a long holds. */
    private static final long CENTS_AT_MOST = 1_000_000_000_000L;

    /** An input that cannot be read at all; the message names the file and what to do. */
    static final class Unreadable extends IOException {
        private static final long serialVersionUID = 1L;

        Unreadable(String message) {
            super(message);
        }
    }

    DepositFile {
        rows = List.copyOf(rows);
        badLines = List.copyOf(badLines);
    }

    /** Reads the file, or the one that ships with the example. */
    static DepositFile read(Optional<Path> input) throws IOException {
        if (input.isEmpty()) {
            InputStream shipped = Objects.requireNonNull(DepositFile.class.getResourceAsStream(SHIPPED), SHIPPED);
            return read(new GZIPInputStream(shipped));
        }
        Path file = input.get();
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new Unreadable("cannot read '" + file + "': " + whyUnreadable(file)
                    + "; give a CSV file with lines of " + DepositRow.HEADER);
        }
        if (Files.size(file) > BYTES_AT_MOST) {
            throw new Unreadable("'" + file + "' has " + Files.size(file) + " bytes, at most " + BYTES_AT_MOST
                    + " are read: give a part of it");
        }
        DepositFile deposits = read(Files.newInputStream(file));
        if (deposits.rows.isEmpty() && deposits.badLines.isEmpty()) {
            throw new Unreadable("'" + file + "' has no deposits; give a CSV file with lines of " + DepositRow.HEADER);
        }
        return deposits;
    }

    private static String whyUnreadable(Path file) {
        if (!Files.exists(file)) {
            return "there is no such file";
        }
        return Files.isDirectory(file) ? "it is a directory" : "it is not a regular file that you may read";
    }

    private static DepositFile read(InputStream bytes) throws IOException {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8))) {
            return read(lines);
        }
    }

    static DepositFile read(BufferedReader lines) throws IOException {
        Parser parser = new Parser();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            parser.onLine(line);
        }
        return new DepositFile(parser.rows, parser.bad);
    }

    /** Number of different accounts. */
    long accounts() {
        return rows.stream().map(DepositRow::accountId).distinct().count();
    }

    private static final class Parser {
        private final List<DepositRow> rows = new ArrayList<>();
        private final List<String> bad = new ArrayList<>();
        private final Map<String, Integer> lineOfDeposit = new HashMap<>();
        private int number;

        void onLine(String raw) throws Unreadable {
            number++;
            String line = number == 1 && raw.startsWith("\uFEFF") ? raw.substring(1) : raw;
            if (number == 1 && line.strip().equals(DepositRow.HEADER)) {
                return;
            }
            if (rows.size() + bad.size() == ROWS_AT_MOST) {
                throw new Unreadable("the input has more than " + ROWS_AT_MOST + " lines, which is as many as are held"
                        + " in memory: give a part of it");
            }
            String[] fields = line.split(",", -1);
            Optional<String> problem = line.isBlank() ? Optional.of("empty") : problem(fields, line);
            if (problem.isPresent()) {
                bad.add("line " + number + ": " + problem.get());
            } else {
                rows.add(new DepositRow(fields[0].strip(), fields[1].strip(), Long.parseLong(fields[2].strip())));
                lineOfDeposit.put(fields[0].strip(), number);
            }
        }

        private Optional<String> problem(String[] fields, String line) {
            if (fields.length != 3) {
                return Optional.of(fields.length + (fields.length == 1 ? " field" : " fields") + " instead of 3 ("
                        + DepositRow.HEADER + "): " + quoted(line));
            }
            Integer earlier = lineOfDeposit.get(fields[0].strip());
            if (earlier != null) {
                return Optional.of("deposit_id " + quoted(fields[0].strip()) + " was on line " + earlier + " already");
            }
            return idProblem("deposit_id", fields[0].strip())
                    .or(() -> idProblem("account_id", fields[1].strip()))
                    .or(() -> amountProblem(fields[2].strip()));
        }

        private static Optional<String> idProblem(String field, String id) {
            boolean fits = !id.isEmpty()
                    && id.length() <= ID_LENGTH
                    && id.chars().noneMatch(c -> Character.isISOControl(c) || c == '"' || c == NOT_UTF_8);
            return fits
                    ? Optional.empty()
                    : Optional.of(field + " must have 1 to " + ID_LENGTH
                            + " characters of UTF-8, no quotes and no control characters, was " + quoted(id));
        }

        private static Optional<String> amountProblem(String amount) {
            boolean fits = amount.matches("[0-9]{1,13}")
                    && Long.parseLong(amount) > 0
                    && Long.parseLong(amount) <= CENTS_AT_MOST;
            return fits
                    ? Optional.empty()
                    : Optional.of("amount_cents must be a whole number from 1 to " + CENTS_AT_MOST + ", was "
                            + quoted(amount));
        }

        /** The text, cut short and without anything that a terminal would obey. */
        private static String quoted(String text) {
            String shown = text.length() > 60 ? text.substring(0, 60) + "…" : text;
            return "'" + shown.replaceAll("\\p{Cntrl}", "?") + "'";
        }
    }
}
