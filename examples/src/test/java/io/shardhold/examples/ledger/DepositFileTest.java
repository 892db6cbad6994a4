package io.shardhold.examples.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DepositFileTest {
    private static DepositFile read(String text) throws IOException {
        return DepositFile.read(new BufferedReader(new StringReader(text)));
    }

    private static String badLine(String line) throws IOException {
        DepositFile file = read(DepositRow.HEADER + "\n" + line + "\nd9,a9,9\n");
        assertThat(file.rows()).containsExactly(new DepositRow("d9", "a9", 9));
        assertThat(file.badLines()).hasSize(1);
        return file.badLines().get(0);
    }

    @Test
    void goodLinesAreReadInOrder() throws IOException {
        DepositFile file = read(DepositRow.HEADER + "\nd1,a1,100\n d2 , a2 , 0020 \nd3,a1,1");

        assertThat(file.rows())
                .containsExactly(
                        new DepositRow("d1", "a1", 100), new DepositRow("d2", "a2", 20), new DepositRow("d3", "a1", 1));
        assertThat(file.badLines()).isEmpty();
        assertThat(file.accounts()).isEqualTo(2);
    }

    @Test
    void headerIsOptionalAndMayFollowAByteOrderMark() throws IOException {
        assertThat(read("d1,a1,100\n").rows()).hasSize(1);
        assertThat(read("\uFEFF" + DepositRow.HEADER + "\r\nd1,a1,100\r\n").badLines())
                .isEmpty();
    }

    @Test
    void anEmptyInputHasNoRows() throws IOException {
        assertThat(read("").rows()).isEmpty();
        assertThat(read(DepositRow.HEADER).rows()).isEmpty();
    }

    @Test
    void emptyLinesAreNamed() throws IOException {
        assertThat(badLine("")).isEqualTo("line 2: empty");
        assertThat(badLine("   ")).isEqualTo("line 2: empty");
    }

    @Test
    void halfWrittenLinesAreNamed() throws IOException {
        assertThat(badLine("d1")).isEqualTo("line 2: 1 field instead of 3 (deposit_id,account_id,amount_cents): 'd1'");
        assertThat(badLine("d1,a1")).startsWith("line 2: 2 fields instead of 3");
        assertThat(badLine("d1,a1,1,2")).startsWith("line 2: 4 fields instead of 3");
        assertThat(badLine("d1,a1,"))
                .startsWith("line 2: amount_cents must be a whole number")
                .endsWith("was ''");
    }

    @Test
    void idsAreShortAndPlain() throws IOException {
        assertThat(badLine(",a1,1")).startsWith("line 2: deposit_id must have 1 to 64");
        assertThat(badLine("d1,,1")).startsWith("line 2: account_id must have 1 to 64");
        assertThat(badLine("d\uFFFD,a1,1")).contains("characters of UTF-8");
        assertThat(badLine("\"d1\",a1,1")).startsWith("line 2: deposit_id must have 1 to 64");
        assertThat(badLine("d1," + "a".repeat(65) + ",1"))
                .contains("account_id")
                .endsWith("a…'");
    }

    @Test
    void whatATerminalWouldObeyIsNotRepeated() throws IOException {
        assertThat(badLine("d1\u001b[2J,a1,1")).contains("'d1?[2J'");
    }

    @Test
    void amountsArePositiveWholeNumbers() throws IOException {
        for (String amount : new String[] {"0", "-1", "1.5", "ten", "1e3", "1000000000001", "99999999999999999999"}) {
            assertThat(badLine("d1,a1," + amount))
                    .startsWith("line 2: amount_cents")
                    .contains("'" + amount + "'");
        }
        assertThat(read("d1,a1,1000000000000").badLines()).isEmpty();
    }

    @Test
    void aDepositIdCountsOnceAndTheEarlierLineIsNamed() throws IOException {
        DepositFile file = read("d1,a1,1\nd2,a1,1\nd1,a2,5\nd1,a1,1");

        assertThat(file.rows()).hasSize(2);
        assertThat(file.badLines())
                .containsExactly(
                        "line 3: deposit_id 'd1' was on line 1 already",
                        "line 4: deposit_id 'd1' was on line 1 already");
    }

    @Test
    void moreLinesThanAreHeldAreRefused() {
        String tooMany = "x\n".repeat(DepositFile.ROWS_AT_MOST + 1);
        assertThatExceptionOfType(DepositFile.Unreadable.class)
                .isThrownBy(() -> read(tooMany))
                .withMessageContaining("500000");
    }

    @Test
    void unreadableInputsAreNamed(@TempDir Path directory) {
        Path missing = directory.resolve("missing.csv");
        assertThatExceptionOfType(DepositFile.Unreadable.class)
                .isThrownBy(() -> DepositFile.read(Optional.of(missing)))
                .withMessageContainingAll("missing.csv", "no such file");
        assertThatExceptionOfType(DepositFile.Unreadable.class)
                .isThrownBy(() -> DepositFile.read(Optional.of(directory)))
                .withMessageContaining("it is a directory");
    }

    @Test
    void aFileWithoutDepositsIsRefused(@TempDir Path directory) throws IOException {
        for (String nothing : new String[] {"", DepositRow.HEADER + "\n"}) {
            Path empty = Files.writeString(directory.resolve("empty.csv"), nothing);
            assertThatExceptionOfType(DepositFile.Unreadable.class)
                    .isThrownBy(() -> DepositFile.read(Optional.of(empty)))
                    .withMessageContainingAll("empty.csv", "no deposits", DepositRow.HEADER);
        }
    }

    @Test
    void bytesThatAreNoTextAreBadLines(@TempDir Path directory) throws IOException {
        Path binary = Files.write(directory.resolve("b"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
        assertThat(DepositFile.read(Optional.of(binary)).badLines()).hasSize(1);
    }

    @Test
    void theShippedInputIsLargeAndClean() throws IOException {
        DepositFile shipped = DepositFile.read(Optional.empty());

        assertThat(shipped.rows()).hasSize(DepositGenerator.ROWS).hasSizeGreaterThanOrEqualTo(120_000);
        assertThat(shipped.accounts()).isEqualTo(5_000);
        assertThat(shipped.badLines()).isEmpty();
    }
}
