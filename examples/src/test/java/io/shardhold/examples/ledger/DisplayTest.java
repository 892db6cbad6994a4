package io.shardhold.examples.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class DisplayTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    private static Display.Snapshot at(double seconds) {
        return new Display.Snapshot(
                seconds,
                50,
                100,
                25,
                new Report.Progress(50, 0, 7, 900, ""),
                List.of(
                        new Display.Member("node-1", 15_000, Fleet.State.UP, 96),
                        new Display.Member("node-2", 15_001, Fleet.State.KILLED, 0)));
    }

    private String written() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void theLogHasOneLinePerSecondAndEveryEvent() {
        Display display = new LogDisplay(out);
        display.show(at(1.0));
        display.show(at(1.9));
        display.event(1.96, "node-2 is killed");
        display.show(at(2.0));

        assertThat(written().lines())
                .containsExactly(
                        "   1.0 s  50 of 100 deposits, 25 per second; shards: node-1 up 96, node-2 killed 0; waiting 7 ms,"
                                + " longest 900 ms",
                        "   2.0 s  * node-2 is killed",
                        "   2.0 s  50 of 100 deposits, 25 per second; shards: node-1 up 96, node-2 killed 0; waiting 7 ms,"
                                + " longest 900 ms");
    }

    @Test
    void thePanelIsDrawnOverItselfAndNeverWraps() {
        Display display = new TerminalDisplay(out);
        display.show(at(1));
        display.show(at(2));
        display.event(2, "node-2 is killed");

        String[] drawings = written().split("\u001b\\[J", -1);
        assertThat(drawings).hasSize(5); // nothing before the first; two panels; wiped; the event and the panel again
        assertThat(drawings[2])
                .contains("50 of 100", "node-1", "96 shards", "killed")
                .doesNotStartWith(" 50");
        assertThat(written()).contains("\u001b[5A\r");
        assertThat(drawings[4]).contains("node-1");
        assertThat(written().lines()).allMatch(line -> line.length() <= 79 + "\u001b[5A\r\u001b[J".length());
    }
}
