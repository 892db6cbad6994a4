package io.shardhold.testkit.soak;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Runs seeds in a JVM of its own and tells their histories: one number for each of several seeds, or all numbers of one. The
 * two sides speak through the other's standard output.
 */
final class OtherJvm {
    private static final String HASHES = "--hashes-of";
    private static final String HISTORY = "--history-of";

    private OtherJvm() {}

    // ---- in the JVM that asks ----------------------------------------------------------------------------------

    /** The hash of the history of each seed. */
    static Map<Long, Long> hashes(SoakOptions options, List<Long> seeds) throws IOException, InterruptedException {
        Process process = start(
                options,
                HASHES,
                String.join(",", seeds.stream().map(String::valueOf).toList()));
        Map<Long, Long> hashes = new TreeMap<>();
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(process.getInputStream()))) {
            for (int i = 0; i < seeds.size(); i++) {
                hashes.put(in.readLong(), in.readLong());
            }
        }
        process.waitFor();
        return hashes;
    }

    /** The history of a seed, as one number after each event. */
    static long[] history(SoakOptions options, long seed) throws IOException, InterruptedException {
        Process process = start(options, HISTORY, String.valueOf(seed));
        long[] history;
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(process.getInputStream()))) {
            history = new long[in.readInt()];
            for (int i = 0; i < history.length; i++) {
                history[i] = in.readLong();
            }
        }
        process.waitFor();
        return history;
    }

    private static Process start(SoakOptions options, String question, String seeds) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(Soak.class.getName());
        command.add(question);
        command.add(seeds);
        command.addAll(options.arguments());
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    // ---- in the JVM that is asked ------------------------------------------------------------------------------

    static boolean isAsked(String... arguments) {
        return arguments.length > 1 && (arguments[0].equals(HASHES) || arguments[0].equals(HISTORY));
    }

    static int answer(OutputStream to, String... arguments) throws IOException {
        SoakOptions options = SoakOptions.parse(
                List.of(arguments).subList(2, arguments.length).toArray(String[]::new));
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(to));
        if (arguments[0].equals(HISTORY)) {
            long[] history = Soak.runOf(options, Long.parseLong(arguments[1])).history();
            out.writeInt(history.length);
            for (long hash : history) {
                out.writeLong(hash);
            }
        } else {
            for (String seed : arguments[1].split(",", -1)) {
                out.writeLong(Long.parseLong(seed));
                out.writeLong(Soak.runOf(options, Long.parseLong(seed)).run().hash());
            }
        }
        out.flush();
        return 0;
    }
}
