package io.shardhold.testkit.soak;

import io.shardhold.testkit.MultiNodeFailure;
import io.shardhold.testkit.SoakRun;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The soak command: many seeds, each a cluster of its own under faults, as many at a time as there are threads. Prints
 * progress to the standard error, failures and one line of JSON to the standard output. Exit code 0 if all promises held
 * and all histories repeated, 1 if not, 2 if it was called wrongly.
 */
public final class Soak {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MILLIS_PER_MINUTE = 60_000;
    private static final int PROGRESS = 50;

    private final SoakOptions options;
    private final PrintStream out;
    private final PrintStream progress;
    private final SortedMap<Long, Long> hashes = new ConcurrentSkipListMap<>();
    private final SortedMap<String, Long> reached = new TreeMap<>();
    private final AtomicLong done = new AtomicLong();
    private double virtualSeconds;
    private long events;
    private long violations;

    Soak(SoakOptions options, PrintStream out, PrintStream progress) {
        this.options = options;
        this.out = out;
        this.progress = progress;
    }

    /** Runs the command and ends the JVM. */
    public static void main(String... arguments) throws Exception {
        System.exit(call(System.out, System.err, arguments));
    }

    static int call(PrintStream out, PrintStream progress, String... arguments) throws Exception {
        if (OtherJvm.isAsked(arguments)) {
            return OtherJvm.answer(out, arguments);
        }
        SoakOptions options;
        try {
            options = SoakOptions.parse(arguments);
            new SoakRun(
                            1,
                            options.nodes(),
                            options.seedNodes(),
                            Duration.ZERO,
                            options.profile(),
                            Duration.ZERO,
                            true,
                            "")
                    .check();
        } catch (IllegalArgumentException wrong) {
            progress.println("soak: " + wrong.getMessage());
            progress.print(SoakOptions.USAGE);
            return 2;
        }
        return new Soak(options, out, progress).run();
    }

    private int run() throws Exception {
        long began = System.nanoTime();
        ExecutorService pool = Executors.newFixedThreadPool(options.threads());
        List<Future<?>> runs = new ArrayList<>();
        for (long seed = options.firstSeed(); seed <= options.lastSeed(); seed++) {
            long next = seed;
            runs.add(pool.submit(() -> runSeed(next)));
        }
        for (Future<?> run : runs) {
            run.get();
        }
        pool.shutdown();
        pool.awaitTermination(1, TimeUnit.MINUTES);
        long mismatches = compareHistories();
        report((System.nanoTime() - began) / NANOS_PER_SECOND, mismatches);
        return violations > 0 || mismatches > 0 ? 1 : 0;
    }

    static SoakRun runOf(SoakOptions options, long seed) {
        return new SoakRun(
                seed,
                options.nodes(),
                options.seedNodes(),
                Duration.ofMillis(Math.round(options.minutes() * MILLIS_PER_MINUTE)),
                options.profile(),
                Duration.ofMillis(options.sendEveryMillis()),
                options.hasLease(seed),
                options.replay(seed));
    }

    private void runSeed(long seed) {
        try {
            SoakRun.Result result = runOf(options, seed).run();
            hashes.put(seed, result.hash());
            synchronized (this) {
                virtualSeconds += result.virtualSeconds();
                events += result.events();
                result.reached().forEach((what, count) -> reached.merge(what, count, Long::sum));
            }
        } catch (MultiNodeFailure failure) {
            synchronized (this) {
                violations++;
                out.println("seed " + seed + ": " + failure.getMessage());
            }
        }
        long ran = done.incrementAndGet();
        if (ran % PROGRESS == 0) {
            progress.println(ran + " of " + (options.lastSeed() - options.firstSeed() + 1) + " seeds, " + violations
                    + " violations");
        }
    }

    /** Runs a sample of the seeds again in another JVM, whose hashes of objects and order of threads are its own. */
    private long compareHistories() throws IOException, InterruptedException {
        List<Long> sample = new ArrayList<>();
        int index = 0;
        for (long seed : hashes.keySet()) {
            if (options.sample() > 0 && index++ % options.sample() == 0) {
                sample.add(seed);
            }
        }
        if (sample.isEmpty()) {
            return 0;
        }
        progress.println("running seeds " + sample + " once more in another JVM");
        Map<Long, Long> again = OtherJvm.hashes(options, sample);
        long mismatches = 0;
        for (long seed : sample) {
            if (!Objects.equals(hashes.get(seed), again.get(seed))) {
                mismatches++;
                out.println("seed " + seed + " has another history in another JVM: "
                        + runOf(options, seed)
                                .firstEventUnlike(OtherJvm.history(options, seed))
                                .orElse("not any more")
                        + "\n    " + options.replay(seed));
            }
        }
        return mismatches;
    }

    private void report(double wallSeconds, long mismatches) {
        StringBuilder counts = new StringBuilder();
        reached.forEach((what, count) -> counts.append(counts.length() == 0 ? "" : ",")
                .append('"')
                .append(what)
                .append("\":")
                .append(count));
        out.println(String.format(
                Locale.ROOT,
                "{\"seeds\":%d,\"virtualSeconds\":%.1f,\"wallSeconds\":%.1f,\"events\":%d,\"violations\":%d,"
                        + "\"hashMismatches\":%d,\"reached\":{%s}}",
                options.lastSeed() - options.firstSeed() + 1,
                virtualSeconds,
                wallSeconds,
                events,
                violations,
                mismatches,
                counts));
    }
}
