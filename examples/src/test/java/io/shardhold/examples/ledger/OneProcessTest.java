package io.shardhold.examples.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.lease.LeaseSettings;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A short run over loopback with real clocks. */
class OneProcessTest {
    private static final LeaseSettings LEASE = LeaseSettings.of(ChildArguments.CLUSTER, "node")
            .withTimes(
                    Duration.ofMillis(1_500),
                    Duration.ofMillis(300),
                    Duration.ofMillis(200),
                    Duration.ofMillis(100),
                    Duration.ofMillis(300));
    private static final OneProcess.Plan PLAN = new OneProcess.Plan(
            3,
            true,
            OneProcess.Plan.leaving(Duration.ofMillis(900), Duration.ofSeconds(1), Duration.ofSeconds(2)),
            LEASE,
            new LeaseSchedule.Times(Duration.ofMillis(200), Duration.ofSeconds(2), Duration.ofSeconds(1)),
            Duration.ofMillis(1_200));
    private static final List<DepositRow> DEPOSITS = IntStream.range(0, 2_000)
            .mapToObj(i -> new DepositRow("d-" + i, "a-" + i % 200, 1 + i % 97))
            .toList();

    @TempDir
    Path folder;

    @Test
    @Timeout(120)
    void theLeaseChangesHandsTheStoreGoesAwayAndTheSumsAgree() throws Exception {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        Display display = new LogDisplay(new PrintStream(written, true, StandardCharsets.UTF_8));
        Path database = folder.resolve("ledger.db");
        try (LedgerStore store = LedgerStore.create(database);
                OneProcess process = new OneProcess(PLAN, database, DEPOSITS, display, System.nanoTime())) {
            Supervisor.Outcome outcome = process.run();

            String shown = written.toString(StandardCharsets.UTF_8);
            assertThat(outcome.failure()).as(shown).isEmpty();
            assertThat(Audit.of(DEPOSITS, store.totals()).isClean()).as(shown).isTrue();
            assertThat(shown)
                    .contains(
                            "holds the lease, token",
                            "leaves in order",
                            "the lease goes from node-",
                            "has left",
                            "comes back",
                            "the lease store is taken away",
                            "the lease store is back",
                            "\n");
        }
    }
}
