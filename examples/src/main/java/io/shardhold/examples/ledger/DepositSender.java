package io.shardhold.examples.ledger;

import io.shardhold.entity.EntityRef;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sends deposits to their accounts and repeats each until its receipt has come.
 *
 * <p>An account's deposits go out one after the other, in the order of the file. So an account that cannot be reached holds
 * one place among those that are open, not all of them, and the accounts on other nodes go on undisturbed.
 *
 * <p>All state belongs to one thread, the loop; answers come back to it.
 */
final class DepositSender implements AutoCloseable {
    /** Deposits sent and not acknowledged: enough to keep three nodes busy while a third of the accounts waits. */
    private static final int OPEN_AT_MOST = 3_000;

    /** Longer than a commit takes on a busy disk; a repeat that was not needed does no harm. */
    private static final Duration ASK_TIMEOUT = Duration.ofSeconds(3);

    private static final long RETRY_FIRST_MILLIS = 50;
    private static final long RETRY_MOST_MILLIS = 500;

    private final ScheduledExecutorService loop =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "deposit-sender"));
    private final Consumer<Throwable> onBroken;
    private final Queue<Account> ready = new ArrayDeque<>();
    private final Set<Account> open = new LinkedHashSet<>(); // the first waits longest
    private long allowed;
    private long sent;
    private long acknowledged;
    private long retries;
    private long longestNanos;
    private String lastFailure = "";

    /** An account and its deposits that are not acknowledged yet, the one on its way first. */
    private static final class Account {
        private final EntityRef<Deposit> ref;
        private final Deque<DepositRow> rows = new ArrayDeque<>();
        private long firstSentNanos;
        private int failures;

        Account(EntityRef<Deposit> ref) {
            this.ref = ref;
        }

        long waitedNanos() {
            return System.nanoTime() - firstSentNanos;
        }
    }

    /**
     * Prepares to send; {@link #allow} starts it.
     *
     * @param accounts finds the entity of an account
     * @param onProgress told every 200 ms, on the loop
     * @param onBroken told what no repetition would cure, on the loop
     */
    DepositSender(
            List<DepositRow> deposits,
            Function<String, EntityRef<Deposit>> accounts,
            Consumer<Report.Progress> onProgress,
            Consumer<Throwable> onBroken) {
        this.onBroken = onBroken;
        Map<String, Account> byId = new LinkedHashMap<>();
        for (DepositRow deposit : deposits) {
            byId.computeIfAbsent(deposit.accountId(), id -> new Account(accounts.apply(id)))
                    .rows
                    .add(deposit);
        }
        ready.addAll(byId.values());
        Future<?> unused = loop.scheduleAtFixedRate(
                () -> onProgress.accept(progress()), 0, NodeProcess.REPORT_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Lets so many deposits be sent in all. Any thread. */
    void allow(long deposits) {
        loop.execute(() -> guarded(() -> {
            allowed = deposits;
            sendMore();
        }));
    }

    private Report.Progress progress() {
        long waiting = open.isEmpty() ? 0 : open.iterator().next().waitedNanos();
        return new Report.Progress(
                acknowledged,
                retries,
                TimeUnit.NANOSECONDS.toMillis(waiting),
                TimeUnit.NANOSECONDS.toMillis(Math.max(waiting, longestNanos)),
                lastFailure);
    }

    private void sendMore() {
        while (sent < allowed && open.size() < OPEN_AT_MOST && !ready.isEmpty()) {
            Account account = ready.remove();
            sent++;
            account.firstSentNanos = System.nanoTime();
            account.failures = 0;
            open.add(account);
            ask(account);
        }
    }

    private void ask(Account account) {
        DepositRow row = account.rows.getFirst();
        var unused = account.ref
                .<Deposit.Receipt>ask(replyTo -> new Deposit(row.depositId(), row.amountCents(), replyTo), ASK_TIMEOUT)
                .whenCompleteAsync((receipt, failure) -> guarded(() -> onAnswer(account, failure)), loop);
    }

    private void onAnswer(Account account, @Nullable Throwable failure) {
        if (failure == null) {
            acknowledged++;
            longestNanos = Math.max(longestNanos, account.waitedNanos());
            open.remove(account);
            account.rows.removeFirst();
            if (!account.rows.isEmpty()) {
                ready.add(account);
            }
            sendMore();
            return;
        }
        Throwable cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
        lastFailure = String.valueOf(cause.getMessage());
        retries++;
        long delay = Math.min(RETRY_MOST_MILLIS, RETRY_FIRST_MILLIS << Math.min(account.failures++, 10));
        Future<?> unused = loop.schedule(() -> guarded(() -> ask(account)), delay, TimeUnit.MILLISECONDS);
    }

    /** An ask that throws at the call would throw again: the message cannot be sent, or the sharding is closed. */
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException broken) {
            onBroken.accept(broken);
        }
    }

    /** Sends nothing more. */
    @Override
    public void close() {
        loop.shutdownNow();
    }
}
