package io.shardhold.examples.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.shardhold.examples.ledger.LedgerStore.AccountTotal;
import io.shardhold.examples.ledger.LedgerStore.Answer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerStoreTest {
    @TempDir
    private Path directory;

    private LedgerStore store;

    @BeforeEach
    void create() throws SQLException {
        store = LedgerStore.create(file());
    }

    @AfterEach
    void close() throws SQLException {
        store.close();
    }

    private Path file() {
        return directory.resolve("ledger.db");
    }

    private static Answer balance(long cents) {
        return new Answer.Balance(cents);
    }

    @Test
    void aFirstClaimFindsAnEmptyAccount() throws SQLException {
        assertThat(store.claim("a", 7)).isEqualTo(balance(0));
    }

    @Test
    void aClaimFindsWhatOthersLeft() throws SQLException {
        store.claim("a", 7);
        store.deposit("d1", "a", 100, 7);

        assertThat(store.claim("a", 7)).isEqualTo(balance(100));
        assertThat(store.claim("a", 8)).isEqualTo(balance(100));
    }

    @Test
    void aLowerFenceCannotClaim() throws SQLException {
        store.claim("a", 8);

        assertThat(store.claim("a", 7)).isEqualTo(new Answer.Stale(8));
        assertThat(store.staleFenceRefused()).isEqualTo(1);
        assertThat(store.deposit("d1", "a", 100, 8)).isEqualTo(balance(100));
    }

    @Test
    void aReplacedInstanceCannotWrite() throws SQLException {
        store.claim("a", 7);
        store.claim("a", 8);

        assertThat(store.deposit("d1", "a", 100, 7)).isEqualTo(new Answer.Stale(8));
        assertThat(store.claim("a", 8)).isEqualTo(balance(0));
        assertThat(store.staleFenceRefused()).isEqualTo(1);
    }

    @Test
    void aHigherFenceThanWasShownCannotWriteEither() throws SQLException {
        store.claim("a", 7);

        assertThat(store.deposit("d1", "a", 100, 9)).isEqualTo(new Answer.Stale(7));
    }

    @Test
    void aDepositCountsOnce() throws SQLException {
        store.claim("a", 7);
        assertThat(store.deposit("d1", "a", 100, 7)).isEqualTo(balance(100));
        assertThat(store.deposit("d1", "a", 100, 7)).isEqualTo(balance(100));
        store.claim("a", 8);
        assertThat(store.deposit("d1", "a", 100, 8)).isEqualTo(balance(100));

        assertThat(store.totals()).containsExactly(new AccountTotal("a", 100, 1, 1, 100));
        assertThat(store.staleFenceRefused()).isZero();
    }

    @Test
    void totalsNameEachAccount() throws SQLException {
        store.claim("b", 1);
        store.claim("a", 1);
        store.deposit("d1", "a", 100, 1);
        store.deposit("d2", "a", 50, 1);

        assertThat(store.totals())
                .containsExactly(new AccountTotal("a", 150, 2, 2, 150), new AccountTotal("b", 0, 0, 0, 0));
    }

    @Test
    void aWriteBeforeTheClaimIsABugOfTheCaller() {
        assertThatIllegalStateException()
                .isThrownBy(() -> store.deposit("d1", "a", 100, 7))
                .withMessageContaining("account a");
    }

    @Test
    void whatIsRolledBackDidNotHappen() throws SQLException {
        store.claim("a", 7);
        store.begin();
        store.deposit("d1", "a", 100, 7);
        store.rollback();

        assertThat(store.claim("a", 7)).isEqualTo(balance(0));
        assertThat(store.deposit("d1", "a", 100, 7)).isEqualTo(balance(100));
    }

    @Test
    void connectionsWriteAtOnceAndNothingIsLostOrDoubled() throws Exception {
        int writers = 4;
        int deposits = 200;
        store.claim("a", 1);
        ExecutorService threads = Executors.newFixedThreadPool(writers);
        List<Future<Integer>> results = new ArrayList<>();
        for (int i = 0; i < writers; i++) {
            results.add(threads.submit(everyDepositOnce(deposits)));
        }
        for (Future<Integer> result : results) {
            assertThat(result.get()).isEqualTo(deposits);
        }
        threads.shutdown();

        assertThat(store.totals()).containsExactly(new AccountTotal("a", deposits, deposits, deposits, deposits));
    }

    /** The same deposits from each writer: the first to come counts. */
    private Callable<Integer> everyDepositOnce(int deposits) {
        return () -> {
            try (LedgerStore own = LedgerStore.open(file())) {
                int answered = 0;
                for (int i = 0; i < deposits; i++) {
                    own.begin();
                    answered += own.deposit("d" + i, "a", 1, 1) instanceof Answer.Balance ? 1 : 0;
                    own.commit();
                }
                return answered;
            }
        };
    }
}
