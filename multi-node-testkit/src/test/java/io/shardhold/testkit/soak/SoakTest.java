package io.shardhold.testkit.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SoakTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream progress = new ByteArrayOutputStream();

    private int soak(String... arguments) throws Exception {
        return Soak.call(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(progress, true, StandardCharsets.UTF_8),
                arguments);
    }

    private String lastLine() {
        String[] lines = out.toString(StandardCharsets.UTF_8).strip().split("\n", -1);
        return lines[lines.length - 1];
    }

    @Test
    void cruelSeedsPassRepeatInAnotherJvmAndReachWhatTheyAreMadeFor() throws Exception {
        assertThat(soak("--seeds", "125-148", "--minutes", "2", "--sample", "12"))
                .isZero();
        assertThat(progress.toString(StandardCharsets.UTF_8))
                .contains("running seeds [125, 137] once more in another JVM");
        assertThat(lastLine())
                .startsWith("{\"seeds\":24,\"virtualSeconds\":")
                .contains("\"violations\":0,\"hashMismatches\":0,\"reached\":{")
                .endsWith("}}");
        for (String name : new String[] {
            "crash during a handoff",
            "crash during a partition",
            "departure",
            "restart",
            "takeover during a handoff",
            "takeover during a partition",
            "founding again",
            "message came back during a partition",
            "handler outlasted the right",
            "connection lost with messages in doubt",
            "message undelivered",
            "handoff during a partition",
            "shard kept",
            "directive refused",
            "new incarnation in a process",
            "right to serve lost during a handoff",
            "verdict during a partition",
            "fault: crash at step",
            "fault: minority write",
            "fault: corruption",
            "fault: lease down",
            "fault: lease slow",
            "fault: lease losses",
            "fault: lease unreachable",
            "fault: lease deleted",
            "lease lost during a partition",
            "takeover waits for a lease store that does not answer",
            "founding again with a lease",
            "seat change",
            "seat change during a partition",
            "takeover during a seat change",
        }) {
            assertThat(lastLine()).as("reached").containsPattern('"' + name + "\":[1-9]");
        }
    }

    @Test
    void leaseIsForHalfOfTheSeedsUnlessSaidOtherwise() throws Exception {
        assertThat(SoakOptions.parse().lease()).isEqualTo(SoakOptions.Lease.HALF);
        assertThat(SoakOptions.parse().hasLease(1)).isTrue();
        assertThat(SoakOptions.parse().hasLease(2)).isFalse();
        assertThat(SoakOptions.parse("--lease", "always").hasLease(2)).isTrue();
        assertThat(SoakOptions.parse("--lease", "never").hasLease(1)).isFalse();
        assertThat(SoakOptions.parse("--lease", "never").replay(1)).endsWith("--lease never");
        assertThat(soak("--seeds", "1-2", "--minutes", "1", "--lease", "never", "--sample", "0"))
                .isZero();
        assertThat(lastLine()).contains("\"fault: lease down\":0").contains("\"lease lost\":0");
    }

    @Test
    void whatAProfileNeverReachesShowsAsNought() throws Exception {
        assertThat(soak("--seeds", "1-2", "--minutes", "1", "--profile", "calm", "--sample", "0"))
                .isZero();
        assertThat(lastLine())
                .contains("\"crash\":0")
                .contains("\"fault: split\":0")
                .containsPattern("\"handoff\":[1-9]");
    }

    @ParameterizedTest
    @CsvSource({
        "--seeds, x, --seeds takes a number",
        "--seeds, 5-2, from the lower to the higher",
        "--nodes, 0, --nodes is at least 1",
        "--minutes, -1, --minutes is more than 0",
        "--profile, wild, no profile 'wild'",
        "--lease, maybe, no lease 'maybe'",
        "--seed-nodes, 2, 'a cluster has 1, 3, 5 or 7 seed nodes'",
        "--sed, 1, no option '--sed'"
    })
    void wrongArgumentsAreRefusedByValueWithTheUsage(String option, String value, String message) throws Exception {
        assertThat(soak(option, value)).isEqualTo(2);
        assertThat(progress.toString(StandardCharsets.UTF_8)).contains(message).contains("usage: java -jar soak.jar");
        assertThat(out.size()).isZero();
    }

    @Test
    void optionWithoutItsValueIsRefused() throws Exception {
        assertThat(soak("--seeds")).isEqualTo(2);
        assertThat(progress.toString(StandardCharsets.UTF_8)).contains("option --seeds lacks its value");
    }
}
