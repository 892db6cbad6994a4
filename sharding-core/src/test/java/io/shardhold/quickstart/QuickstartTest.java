package io.shardhold.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.FreePorts;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the README shows is what happens: its quickstart is taken out of the page, compiled, and run in a JVM of its own,
 * on the class path and as a named module.
 */
final class QuickstartTest {
    private static final String OUTPUT = "c-42 holds {tea=2}";
    private static final int MAX_CODE_LINES = 30;
    private static final int ATTEMPTS = 3;
    private static final long PATIENCE_SECONDS = 120;

    @TempDir
    Path folder;

    @Test
    void runsOnTheClassPath() throws Exception {
        Path source = write("shop/Quickstart.java", quickstart());
        String path = String.join(File.pathSeparator, runtimePath());
        compile("-cp", path, source.toString());
        assertThat(run("-cp", classes() + File.pathSeparator + path, "shop.Quickstart"))
                .contains(OUTPUT);
    }

    @Test
    void runsOnTheModulePath() throws Exception {
        Path source = write("shop/Quickstart.java", quickstart());
        Path module = write("module-info.java", block("module shop {"));
        String path = String.join(File.pathSeparator, runtimePath());
        compile("-p", path, module.toString(), source.toString());
        assertThat(run("-p", classes() + File.pathSeparator + path, "-m", "shop/shop.Quickstart"))
                .contains(OUTPUT);
    }

    @Test
    void theQuickstartIsShort() throws IOException {
        long lines = quickstart()
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("import ") && !line.startsWith("package "))
                .count();
        assertThat(lines).as("lines beside imports").isLessThanOrEqualTo(MAX_CODE_LINES);
    }

    @Test
    void theTestCommandIsTheOneThatIsRunForEachChange() throws IOException {
        List<String> script = Files.readAllLines(root().resolve(".ci/run"));
        assertThat(readme().lines().map(line -> line.replaceAll(" +#.*", ""))).contains(script.get(script.size() - 1));
    }

    @Test
    void theDependencyNamesTheVersionOfThisProject() throws IOException {
        String pom = Files.readString(root().resolve("pom.xml"));
        Matcher version = Pattern.compile("<version>[^<]+</version>").matcher(pom);
        assertThat(version.find()).isTrue();
        assertThat(readme()).contains("  <artifactId>sharding-core</artifactId>\n  " + version.group() + "\n");
    }

    // ---- the page ----------------------------------------------------------------------------------------------

    private static String quickstart() throws IOException {
        return block("package shop;");
    }

    /** The block of Java in the README that begins with this line. */
    private static String block(String firstLine) throws IOException {
        String page = readme();
        int start = page.indexOf("```java\n" + firstLine + "\n");
        assertThat(start)
                .as("start of the block that begins with '%s'", firstLine)
                .isNotNegative();
        int body = page.indexOf('\n', start) + 1;
        return page.substring(body, page.indexOf("```", body));
    }

    private static String readme() throws IOException {
        return Files.readString(root().resolve("README.md")).replace("\r\n", "\n");
    }

    private static Path root() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.exists(at.resolve("README.md")) && Files.exists(at.resolve(".ci/run"))) {
                return at;
            }
        }
        throw new IllegalStateException(
                "not inside of the project: " + Path.of("").toAbsolutePath());
    }

    // ---- compiling and running ---------------------------------------------------------------------------------

    private Path classes() {
        return folder.resolve("classes");
    }

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve("src").resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    /** What a user's build would put beside the application: the library and what it needs at run time. */
    private static List<String> runtimePath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(QuickstartTest::isForRunTime)
                .toList();
    }

    private static boolean isForRunTime(String entry) {
        Path path = Path.of(entry);
        String name = String.valueOf(path.getFileName());
        boolean isOfThisProject = Stream.of("io/shardhold/ClusterSharding.class", "io/shardhold/lease/Lease.class")
                .anyMatch(type -> Files.exists(path.resolve(type)));
        boolean isLibrary =
                Stream.of("lease-api-", "netty-", "jackson-", "jspecify-").anyMatch(name::startsWith);
        return isOfThisProject || (isLibrary && !name.endsWith("-tests.jar"));
    }

    private void compile(String... arguments) {
        List<String> all =
                new ArrayList<>(List.of("--release", "17", "-d", classes().toString()));
        all.addAll(List.of(arguments));
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said);
        int result = ToolProvider.findFirst("javac").orElseThrow().run(out, out, all.toArray(new String[0]));
        assertThat(result).as("javac said: %s", said).isZero();
    }

    /** Runs the program on a free port; on another one if somebody was quicker to take it. */
    private String run(String... arguments) throws Exception {
        for (int attempt = 1; ; attempt++) {
            Path output = folder.resolve("output-" + attempt);
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(List.of(arguments));
            command.add(String.valueOf(FreePorts.next()));
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            try {
                assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                        .as("ends within %s s; said: %s", PATIENCE_SECONDS, Files.readString(output))
                        .isTrue();
            } finally {
                process.destroyForcibly();
            }
            String said = Files.readString(output);
            if (attempt == ATTEMPTS || !said.contains("cannot listen at")) {
                assertThat(process.exitValue()).as("exit of: %s", said).isZero();
                return said;
            }
        }
    }
}
