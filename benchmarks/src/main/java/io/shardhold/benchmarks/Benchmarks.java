package io.shardhold.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Runs a benchmark and prints a line for each run and one for each size; see {@link Options#USAGE}. */
public final class Benchmarks {
    private static final Logger QUIET = Logger.getLogger("io.shardhold");

    private static final String CHILD = "shardhold.benchmarks.child";
    private static final List<String> JVM = List.of("-Xms4g", "-Xmx4g", "-Xmn3g", "-XX:+AlwaysPreTouch");

    private Benchmarks() {}

    public static void main(String[] arguments) {
        Options options;
        try {
            options = Options.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.print(Options.USAGE);
            System.exit(2);
            return;
        }
        QUIET.setLevel(Level.SEVERE);
        if (System.getProperty(CHILD) == null) {
            System.exit(runInChild(arguments));
        }
        run(options, System.out);
        System.exit(0);
    }

    /** Runs the same in a JVM whose heap does not grow while it is measured. */
    private static int runInChild(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(JVM);
        command.addAll(List.of("-D" + CHILD + "=true", "-cp", System.getProperty("java.class.path")));
        command.add(Benchmarks.class.getName());
        command.addAll(List.of(arguments));
        try {
            Process child = new ProcessBuilder(command).inheritIO().start();
            Runtime.getRuntime().addShutdownHook(new Thread(child::destroyForcibly));
            return child.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    static void run(Options options, PrintStream out) {
        Benchmark benchmark = switch (options.benchmark()) {
            case "takeover" -> new Takeover();
            case "allocation" -> new Allocation();
            default -> new Growth();
        };
        out.println(machine());
        for (int shards : options.shards()) {
            Figures figures = new Figures();
            for (int run = 1 - options.warmups(); run <= options.runs(); run++) {
                System.gc(); // what the run before has left
                Map<String, Double> measured = benchmark.run(shards);
                if (run > 0) {
                    figures.add(measured);
                }
                JsonLine line = head(options, shards).put("run", run < 1 ? "warmup" : String.valueOf(run));
                measured.forEach(line::put);
                out.println(line.put("load", load()));
            }
            out.println(figures.spread(head(options, shards).put("run", "all").put("runs", options.runs())));
        }
    }

    private static JsonLine head(Options options, int shards) {
        return new JsonLine().put("benchmark", options.benchmark()).put("shards", shards);
    }

    private static JsonLine machine() {
        Runtime runtime = Runtime.getRuntime();
        return new JsonLine()
                .put("jdk", System.getProperty("java.vm.name") + " " + Runtime.version())
                .put("processors", runtime.availableProcessors())
                .put("jvm", String.join(" ", JVM))
                .put("load", load());
    }

    /** Time that processors have spent on this JVM. */
    static long processorNanos() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getProcessCpuTime()
                : 0;
    }

    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }
}
