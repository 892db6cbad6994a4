package io.shardhold.examples.ledger;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** A JVM that the supervisor has started. Its standard error goes to a log file, its reports to the inbox. */
final class ChildProcess {
    private final Process process;
    private final PrintWriter commands;
    private final Path log;

    /** What reaches the supervisor's inbox from a child. */
    sealed interface Message {
        ChildProcess from();

        /** A report. */
        record Reported(ChildProcess from, Report report) implements Message {}

        /** The process has ended and said all that it will. */
        record Ended(ChildProcess from, int exitCode) implements Message {}
    }

    private ChildProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
        this.commands = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
    }

    /**
     * Starts a JVM on this program's class path.
     *
     * @param log where its standard error is appended; beside it, native libraries are unpacked
     * @param inbox bounded; a full one slows the child down
     */
    static ChildProcess start(Class<?> main, ChildArguments arguments, Path log, BlockingQueue<Message> inbox)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC", // five JVMs share two cores: no threads that are not needed
                "-Djava.util.logging.SimpleFormatter.format=%1$tT.%1$tL %4$s %3$s %5$s%6$s%n",
                "-Dorg.sqlite.tmpdir=" + log.toAbsolutePath().getParent(), // a killed JVM leaves nothing in /tmp
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(arguments.toCommandLine());
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        ChildProcess child = new ChildProcess(process, log);
        Thread reader = new Thread(() -> child.read(inbox), "reader-" + arguments.name());
        reader.setDaemon(true);
        reader.start();
        return child;
    }

    private void read(BlockingQueue<Message> inbox) {
        try {
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    var report = Report.parse(line);
                    if (report.isPresent()) {
                        inbox.put(new Message.Reported(this, report.get()));
                    }
                }
            } catch (IOException killed) {
                // the pipe broke with the process
            }
            inbox.put(new Message.Ended(this, process.waitFor()));
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    /** Sends a command; to a process that has ended it makes no difference. */
    void command(String line) {
        commands.println(line);
    }

    /** SIGKILL: no hook runs, nothing is flushed. */
    void kill() {
        process.destroyForcibly();
    }

    /** Waits until the process has ended by itself, and kills it if it has not in time. */
    void awaitEnd(long timeoutMillis) throws InterruptedException {
        if (!process.waitFor(timeoutMillis, TimeUnit.MILLISECONDS)) {
            kill();
            process.waitFor();
        }
    }

    /** The end of the log, for an operator who wants to know why the process ended. */
    String lastLogLines() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 10), lines.size()));
        } catch (IOException unreadable) {
            return "(no log: " + unreadable.getMessage() + ")";
        }
    }
}
