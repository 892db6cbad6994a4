package io.shardhold.testkit.soak;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Runs seeds in a JVM of its own and tells the numbers of their histories. */
final class OtherJvm {
    /** What the other JVM is called with, before its seeds and a soak's options. */
    static final String COMMAND = "--histories-of";

    private OtherJvm() {}

    /** In the JVM that asks. */
    static Map<Long, Long> ask(SoakOptions options, List<Long> seeds) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-cp");
        command.add(classPath());
        command.add(Soak.class.getName());
        command.add(COMMAND);
        command.add(String.join(",", seeds.stream().map(String::valueOf).toList()));
        command.addAll(options.arguments());
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Map<Long, Long> hashes = new TreeMap<>();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int space = line.indexOf(' ');
                hashes.put(Long.parseLong(line.substring(0, space)), Long.parseLong(line.substring(space + 1)));
            }
        }
        process.waitFor();
        return hashes;
    }

    private static String classPath() {
        return System.getProperty("java.class.path", "") + File.pathSeparator;
    }

    /** In the JVM that is asked. */
    static int answer(PrintStream out, String... arguments) {
        List<String> rest = List.of(arguments).subList(2, arguments.length);
        SoakOptions options = SoakOptions.parse(rest.toArray(String[]::new));
        for (String seed : arguments[1].split(",", -1)) {
            long number = Long.parseLong(seed);
            out.println(number + " " + Soak.runOf(options, number).run().hash());
        }
        return 0;
    }
}
