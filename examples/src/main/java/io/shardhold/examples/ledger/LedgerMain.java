package io.shardhold.examples.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.logging.FileHandler;
import java.util.logging.Handler;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** The program behind {@code ./ledger}: reads the input, has the fleet run, compares the sums, says what came out. */
final class LedgerMain {
    private static final int OK = 0;
    private static final int WRONG = 1;
    private static final int BAD_LINES = 2;
    private static final int USAGE = 64;
    private static final int NO_INPUT = 66;
    private static final int NO_STORE = 69;
    private static final int NAMED_AT_MOST = 20;
    private static final int INBOX = 10_000;

    private LedgerMain() {}

    /** Halts: nodes in this process would try to hand over what they host, and there is nobody left to take it. */
    public static void main(String[] arguments) {
        int status = WRONG;
        try {
            status = run(List.of(arguments));
        } catch (Exception failure) {
            failure.printStackTrace(System.err);
        }
        System.out.flush();
        System.err.flush();
        Runtime.getRuntime().halt(status);
    }

    static int run(List<String> arguments) throws Exception {
        long startNanos = System.nanoTime();
        try {
            LedgerOptions options = LedgerOptions.parse(arguments);
            if (options.help()) {
                System.out.print(LedgerOptions.HELP);
                return OK;
            }
            if (options.kubeconfig().isPresent()) {
                try {
                    MemberLease.access(options.kubeconfig().get(), options.namespace());
                } catch (IllegalArgumentException | IllegalStateException unusable) {
                    System.err.println("ledger: " + unusable.getMessage());
                    return NO_STORE;
                }
            }
            DepositFile deposits = DepositFile.read(options.input());
            name(deposits.badLines(), "bad lines, skipped");
            return run(options, deposits, startNanos);
        } catch (LedgerOptions.Refused refused) {
            System.err.println("ledger: " + refused.getMessage());
            System.err.println(LedgerOptions.HELP.lines().findFirst().orElseThrow() + "; --help says more");
            return USAGE;
        } catch (DepositFile.Unreadable unreadable) {
            System.err.println("ledger: " + unreadable.getMessage());
            return NO_INPUT;
        }
    }

    /** The first of these sentences, and how many there are. */
    private static void name(List<String> sentences, String what) {
        sentences.stream().limit(NAMED_AT_MOST).forEach(System.err::println);
        if (sentences.size() > NAMED_AT_MOST) {
            System.err.println("and " + (sentences.size() - NAMED_AT_MOST) + " more");
        }
        if (!sentences.isEmpty()) {
            System.err.println(what + ": " + sentences.size());
        }
    }

    private static int run(LedgerOptions options, DepositFile deposits, long startNanos) throws Exception {
        Path directory = Files.createTempDirectory("shardhold-ledger-");
        Path database = directory.resolve("ledger.db");
        System.out.println("logs and database: " + directory);
        try (LedgerStore store = LedgerStore.create(database)) {
            Supervisor.Outcome outcome = switch (options.lease()) {
                case NONE, HAZELCAST, KUBERNETES -> supervise(options, deposits, directory, database, startNanos);
                case MEMORY -> runInThisProcess(options, deposits, directory, database, startNanos);
            };
            Audit audit = Audit.of(deposits.rows(), store.totals());
            name(audit.differences(), "accounts that differ");
            // Behind what follows from it.
            outcome.failure().ifPresent(failure -> System.err.println("ledger: " + failure));
            Result result = new Result(
                    deposits.rows().size(),
                    deposits.accounts(),
                    audit.lost(),
                    audit.duplicated(),
                    store.staleFenceRefused(),
                    outcome.progress().longestMillis(),
                    Duration.ofNanos(System.nanoTime() - startNanos));
            System.out.println(result.toJson());
            boolean clean = audit.isClean() && outcome.failure().isEmpty();
            return !clean ? WRONG : deposits.badLines().isEmpty() ? OK : BAD_LINES;
        }
    }

    private static Supervisor.Outcome supervise(
            LedgerOptions options, DepositFile deposits, Path directory, Path database, long startNanos)
            throws IOException, InterruptedException {
        BlockingQueue<ChildProcess.Message> inbox = new ArrayBlockingQueue<>(INBOX);
        Fleet fleet = new Fleet(options, directory, database, inbox);
        Thread onExit = new Thread(fleet::killAll, "kill-children");
        Runtime.getRuntime().addShutdownHook(onExit);
        try {
            KillSchedule schedule = new KillSchedule(
                    options.victims().choose(options.nodes(), options.seed()),
                    deposits.rows().size(),
                    Supervisor.DOWN_TIME);
            Display display = Display.forStandardOutput(Boolean.getBoolean("ledger.terminal"));
            Supervisor supervisor = new Supervisor(
                    fleet, schedule, display, inbox, deposits.rows().size(), startNanos);
            return supervisor.run();
        } finally {
            fleet.stop();
            Runtime.getRuntime().removeShutdownHook(onExit);
        }
    }

    private static Supervisor.Outcome runInThisProcess(
            LedgerOptions options, DepositFile deposits, Path directory, Path database, long startNanos)
            throws Exception {
        logTo(directory.resolve("nodes.log"));
        return new OneProcess(
                        OneProcess.Plan.of(options),
                        database,
                        deposits.rows(),
                        Display.forStandardOutput(Boolean.getBoolean("ledger.terminal")),
                        startNanos)
                .run();
    }

    /** All log lines go to this file, as those of a node process go to its own: the display has the terminal. */
    private static void logTo(Path file) throws IOException {
        System.setProperty("java.util.logging.SimpleFormatter.format", "%1$tT.%1$tL %4$s %3$s %5$s%6$s%n");
        Logger root = Logger.getLogger("");
        for (Handler console : root.getHandlers()) {
            root.removeHandler(console);
        }
        FileHandler handler = new FileHandler(file.toString().replace("%", "%%"));
        handler.setFormatter(new SimpleFormatter());
        root.addHandler(handler);
    }
}
