package io.shardhold.examples.leasetool;

import io.shardhold.lease.LeaseRuntime;
import io.shardhold.lease.LeaseSettings;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The program behind {@code ./lease-tool}: opens the store, lets everybody ask or look, and ends in order when told to. */
final class LeaseTool {
    private static final int OK = 0;
    private static final int WRONG = 1;
    private static final int USAGE = 64;
    private static final int NO_STORE = 69;
    private static final Duration MOST_PATIENCE = Duration.ofSeconds(30);

    private final LeaseToolOptions options;
    private final LeaseAccess access;
    private final EventLines lines;
    private final Contest contest;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "lease-tool-timer");
        thread.setDaemon(true);
        return thread;
    });

    private final LeaseRuntime runtime = LeaseRuntime.system();
    private @Nullable Watcher watcher;
    private boolean isOver;

    LeaseTool(LeaseToolOptions options, LeaseAccess access, PrintStream out) {
        this.options = options;
        this.access = access;
        this.lines = new EventLines(out, options.lease());
        this.contest = new Contest(lines);
    }

    public static void main(String[] arguments) {
        int status = run(List.of(arguments));
        System.out.flush();
        System.err.flush();
        if (status != OK) {
            Runtime.getRuntime().halt(status);
        }
        System.exit(OK);
    }

    private static int run(List<String> arguments) {
        try {
            LeaseToolOptions options = LeaseToolOptions.parse(arguments);
            if (options.help()) {
                System.out.print(LeaseToolOptions.HELP);
                return OK;
            }
            LeaseSettings settings = settings(options);
            LeaseTool tool = new LeaseTool(options, LeaseAccess.open(options.store()), System.out);
            return tool.runUntilTold(settings) ? OK : WRONG;
        } catch (LeaseToolOptions.Refused refused) {
            System.err.println("lease-tool: " + refused.getMessage());
            System.err.println(LeaseToolOptions.HELP.lines().findFirst().orElseThrow() + "; --help says more");
            return USAGE;
        } catch (IllegalArgumentException | IllegalStateException unusable) {
            System.err.println("lease-tool: " + unusable.getMessage());
            return NO_STORE;
        } catch (InterruptedException stopped) {
            return WRONG;
        }
    }

    private static LeaseSettings settings(LeaseToolOptions options) throws LeaseToolOptions.Refused {
        try {
            return LeaseAccess.settings(options);
        } catch (IllegalArgumentException refused) {
            throw new LeaseToolOptions.Refused(String.valueOf(refused.getMessage()));
        }
    }

    /** Whether nobody believed beside another. */
    private boolean runUntilTold(LeaseSettings settings) throws InterruptedException {
        // After a signal the JVM ends when this has; the thread that waits here does not go on.
        Runtime.getRuntime().addShutdownHook(new Thread(this::end, "lease-tool-end"));
        start(settings);
        if (options.runFor().isPresent()) {
            Thread.sleep(options.runFor().get().toMillis());
        } else {
            new CountDownLatch(1).await();
        }
        end();
        return contest.isClean();
    }

    void start(LeaseSettings settings) {
        if (options.command() == LeaseToolOptions.Command.WATCH) {
            watcher = new Watcher(access.store(settings, runtime), options.lease(), settings.poll(), lines, timer);
            watcher.start();
            return;
        }
        boolean contend = options.command() == LeaseToolOptions.Command.CONTEND;
        for (int i = 1; i <= options.contenders(); i++) {
            String name = contend ? options.owner() + "-" + i : options.owner();
            contest.add(new Contender(
                    name,
                    access.lease(settings.withOwner(name)),
                    lines,
                    timer,
                    contend ? options.hold() : Duration.ZERO,
                    contest::onGranted));
        }
        contest.contenders().forEach(Contender::start);
    }

    /** The request under way, two writes and two looks, each for a request timeout: a ttl. Not longer than a user waits. */
    private Duration patience() {
        return options.ttl().compareTo(MOST_PATIENCE) < 0 ? options.ttl() : MOST_PATIENCE;
    }

    /** Once; who comes second waits until it is done. */
    synchronized void end() {
        if (isOver) {
            return;
        }
        isOver = true;
        if (watcher != null) {
            watcher.stop();
        }
        CompletableFuture<?>[] released = contest.contenders().stream()
                .map(contender -> contender.stop().toCompletableFuture())
                .toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(released).get(patience().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException late) {
            lines.print("unknown", json -> json.writeStringField("why", "stopped before the store has answered"));
        }
        timer.shutdownNow();
        runtime.close();
        if (options.command() == LeaseToolOptions.Command.CONTEND) {
            contest.printSummary();
        }
        access.close();
    }
}
