package io.shardhold.examples.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.shardhold.examples.ledger.LedgerStore.Answer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupCommitTest {
    @TempDir
    private Path directory;

    private LedgerStore store;
    private GroupCommit ledger;
    private final ExecutorService callers = Executors.newCachedThreadPool();

    @BeforeEach
    void open() throws SQLException {
        store = LedgerStore.create(directory.resolve("ledger.db"));
        ledger = new GroupCommit(store);
    }

    @AfterEach
    void close() throws SQLException {
        ledger.close();
        callers.shutdownNow();
        store.close();
    }

    @Test
    void aWriteIsVisibleToOthersWhenTheCallReturns() throws Exception {
        claim(1);
        deposit(1);

        try (LedgerStore other = LedgerStore.open(directory.resolve("ledger.db"))) {
            assertThat(other.claim("a", 1)).isEqualTo(new Answer.Balance(5));
        }
    }

    @Test
    void manyCallersGetTheirOwnAnswers() throws Exception {
        List<Future<Answer>> answers = new ArrayList<>();
        for (int i = 1; i <= 500; i++) {
            String account = "a" + i;
            long amount = i;
            answers.add(callers.submit(() -> {
                ledger.commit(s -> s.claim(account, 1));
                return ledger.commit(s -> s.deposit("d-" + account, account, amount, 1));
            }));
        }
        for (int i = 1; i <= 500; i++) {
            assertThat(answers.get(i - 1).get()).isEqualTo(new Answer.Balance(i));
        }
    }

    @Test
    void aFailedTransactionFailsAllThatIsInItAndNothingElse() throws Exception {
        claim(1);
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch bothWait = new CountDownLatch(1);
        Future<Boolean> first = callers.submit(() -> ledger.commit(s -> {
            running.countDown();
            await(bothWait);
            return true;
        }));
        running.await();
        Future<Answer> good = callers.submit(() -> deposit(1));
        Future<Answer> bad = callers.submit(() -> ledger.commit(s -> {
            throw new SQLException("disk full");
        }));
        while (ledger.waiting() < 2) {
            Thread.onSpinWait();
        }
        bothWait.countDown();

        assertThat(first.get()).isTrue();
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(good::get)
                .withRootCauseInstanceOf(SQLException.class)
                .withStackTraceContaining("disk full");
        assertThatExceptionOfType(ExecutionException.class).isThrownBy(bad::get);
        assertThat(claim(1)).isEqualTo(new Answer.Balance(0));
    }

    @Test
    void aStaleWriteIsAnAnswerAndSpoilsNoTransaction() throws Exception {
        claim(2);
        assertThat(claim(1)).isEqualTo(new Answer.Stale(2));
        assertThat(deposit(2)).isEqualTo(new Answer.Balance(5));
    }

    private Answer claim(long fence) throws Exception {
        return ledger.commit(s -> s.claim("a", fence));
    }

    private Answer deposit(long fence) throws Exception {
        return ledger.commit(s -> s.deposit("d1", "a", 5, fence));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
