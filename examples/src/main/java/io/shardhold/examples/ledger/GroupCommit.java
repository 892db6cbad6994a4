package io.shardhold.examples.ledger;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Puts the writes of many accounts into one transaction. SQLite has one writer at a time among all processes, so a
 * transaction per deposit would spend its time waiting for locks; a thread that commits whatever has gathered while the
 * last commit ran needs a fiftieth of them, and each caller still learns only of a commit that has happened.
 *
 * <p>A late commit of a node that has lost its right does no harm: every write in it carries its fence.
 */
final class GroupCommit implements AutoCloseable {
    /** Longer than any number of entity threads that makes sense; callers wait when it is full. */
    private static final int WAITING_AT_MOST = 1024;

    /** Keeps a transaction to a few milliseconds, so that the other processes get their turn. */
    private static final int BATCH = 256;

    /** One write within the common transaction. */
    @FunctionalInterface
    interface Write<T> {
        T on(LedgerStore store) throws SQLException;
    }

    private static final class Waiting<T> {
        private final Write<T> write;
        private final CompletableFuture<T> committed = new CompletableFuture<>();
        private @Nullable T result;

        Waiting(Write<T> write) {
            this.write = write;
        }

        void apply(LedgerStore store) throws SQLException {
            result = write.on(store);
        }

        void complete() {
            committed.complete(result);
        }
    }

    private final LedgerStore store; // touched by the writer alone
    private final BlockingQueue<Waiting<?>> queue = new ArrayBlockingQueue<>(WAITING_AT_MOST);
    private final Thread writer = new Thread(this::run, "ledger-writer");

    GroupCommit(LedgerStore store) {
        this.store = store;
        writer.setDaemon(true);
        writer.start();
    }

    /** Does the write and returns once it is committed. Any thread. */
    <T> T commit(Write<T> write) throws SQLException, InterruptedException {
        Waiting<T> waiting = new Waiting<>(write);
        queue.put(waiting);
        try {
            return waiting.committed.get();
        } catch (ExecutionException failure) {
            throw new SQLException("the transaction was rolled back", failure.getCause());
        }
    }

    /** Writes that no transaction has taken up yet. */
    int waiting() {
        return queue.size();
    }

    private void run() {
        List<Waiting<?>> batch = new ArrayList<>(BATCH);
        try {
            while (true) {
                batch.add(queue.take());
                queue.drainTo(batch, BATCH - 1);
                transact(batch);
                batch.clear();
            }
        } catch (InterruptedException closed) {
            batch.addAll(queue);
            batch.forEach(waiting -> waiting.committed.completeExceptionally(closed));
        }
    }

    private void transact(List<Waiting<?>> batch) {
        try {
            store.begin();
            try {
                for (Waiting<?> waiting : batch) {
                    waiting.apply(store);
                }
                store.commit();
            } catch (SQLException | RuntimeException failure) {
                store.rollback();
                throw failure;
            }
            batch.forEach(Waiting::complete);
        } catch (SQLException | RuntimeException failure) {
            batch.forEach(waiting -> waiting.committed.completeExceptionally(failure));
        }
    }

    /** Stops the writer after the running transaction; whoever waits fails. No calls afterwards. Leaves the store open. */
    @Override
    public void close() {
        writer.interrupt();
        try {
            writer.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt(); // the writer ends all the same
        }
    }
}
