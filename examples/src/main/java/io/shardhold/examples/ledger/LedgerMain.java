package io.shardhold.examples.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** The program behind {@code ./ledger}: reads the input, has the fleet run, compares the sums, says what came out. */
final class LedgerMain {
    private static final int OK = 0;
    private static final int WRONG = 1;
    private static final int BAD_LINES = 2;
    private static final int USAGE = 64;
    private static final int NO_INPUT = 66;
    private static final int NAMED_AT_MOST = 20;
    private static final int INBOX = 10_000;

    private LedgerMain() {}

    public static void main(String[] arguments) throws Exception {
        System.exit(run(List.of(arguments)));
    }

    private static int run(List<String> arguments) throws Exception {
        long startNanos = System.nanoTime();
        try {
            LedgerOptions options = LedgerOptions.parse(arguments);
            if (options.help()) {
                System.out.print(LedgerOptions.HELP);
                return OK;
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
            Supervisor.Outcome outcome = supervise(options, deposits, directory, database, startNanos);
            outcome.failure().ifPresent(failure -> System.err.println("ledger: " + failure));
            Audit audit = Audit.of(deposits.rows(), store.totals());
            name(audit.differences(), "accounts that differ");
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
                    options.kill().choose(options.nodes(), options.seed()),
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
}
