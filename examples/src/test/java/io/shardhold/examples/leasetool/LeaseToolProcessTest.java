package io.shardhold.examples.leasetool;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.lease.k8s.FakeApiServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The tool as a process, on an API server. */
@Timeout(120)
class LeaseToolProcessTest {
    @TempDir
    private Path directory;

    private Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                LeaseTool.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(directory.resolve("errors.txt").toFile())
                .start();
    }

    /** Reads on until a line has this in it; that line. */
    private static String lineWith(BufferedReader lines, String wanted) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.contains(wanted)) {
                return line;
            }
        }
        throw new AssertionError("the process has ended without a line with " + wanted);
    }

    @Test
    void aSignalReleasesForTheNext() throws Exception {
        try (FakeApiServer server = FakeApiServer.plain()) {
            String kubeconfig =
                    server.writeKubeconfig(directory.resolve("kubeconfig")).toString();
            Process first = start("--kubeconfig", kubeconfig, "--ttl", "3", "--owner", "first", "hold");
            Process second = null;
            try (BufferedReader lines = first.inputReader(StandardCharsets.UTF_8)) {
                lineWith(lines, "\"granted\"");
                second = start("--kubeconfig", kubeconfig, "--ttl", "3", "--owner", "second", "hold");
                try (BufferedReader others = second.inputReader(StandardCharsets.UTF_8)) {
                    assertThat(lineWith(others, "\"refused\"")).contains("\"holder\":\"first#");
                    first.toHandle().destroy(); // leaves the pipe open, unlike destroy() of the process
                    lineWith(lines, "\"released\"");
                    assertThat(first.waitFor(60, TimeUnit.SECONDS)).isTrue();
                    assertThat(first.exitValue()).isEqualTo(128 + 15);
                    lineWith(others, "\"granted\"");
                }
            } finally {
                first.destroyForcibly();
                if (second != null) {
                    second.destroyForcibly();
                }
            }
        }
    }

    @Test
    void whatCannotBeUsedIsNamed() throws Exception {
        Process process = start("--kubeconfig", directory.resolve("none").toString(), "hold");
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(69);
        assertThat(directory.resolve("errors.txt")).content().contains("none does not exist");
    }
}
