package io.shardhold.examples.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.shardhold.entity.EntityContext;
import io.shardhold.entity.EntityRef;
import io.shardhold.entity.EntityType;
import io.shardhold.entity.ReplyTo;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccountEntityTest {
    @TempDir
    private Path directory;

    private LedgerStore store;
    private GroupCommit ledger;
    private final Receipts receipts = new Receipts();

    @BeforeEach
    void open() throws SQLException {
        store = LedgerStore.create(directory.resolve("ledger.db"));
        ledger = new GroupCommit(store);
    }

    @AfterEach
    void close() throws SQLException {
        ledger.close();
        store.close();
    }

    private AccountEntity account(long fence) throws Exception {
        return new AccountEntity(new Context("a", fence), ledger);
    }

    @Test
    void eachDepositIsAnsweredWithTheBalance() throws Exception {
        AccountEntity account = account(1);
        account.onMessage(new Deposit("d1", 100, receipts));
        account.onMessage(new Deposit("d2", 50, receipts));

        assertThat(receipts.all).containsExactly(new Deposit.Receipt(100, false), new Deposit.Receipt(150, false));
    }

    @Test
    void aRepeatedDepositIsAnsweredAndNotAdded() throws Exception {
        account(1).onMessage(new Deposit("d1", 100, receipts));
        account(2).onMessage(new Deposit("d1", 100, receipts));

        assertThat(receipts.all).containsExactly(new Deposit.Receipt(100, false), new Deposit.Receipt(100, true));
    }

    @Test
    void aReplacedInstanceFailsAndAnswersNothing() throws Exception {
        AccountEntity old = account(1);
        AccountEntity next = account(2);

        assertThatIllegalStateException()
                .isThrownBy(() -> old.onMessage(new Deposit("d1", 100, receipts)))
                .withMessageContaining("account a: fence 1 is stale, 2 was shown");
        assertThat(receipts.all).isEmpty();
        next.onMessage(new Deposit("d1", 100, receipts));
        assertThat(receipts.all).containsExactly(new Deposit.Receipt(100, false));
    }

    @Test
    void aReplacedInstanceCannotStartAgain() throws Exception {
        account(2);
        assertThatIllegalStateException().isThrownBy(() -> account(1)).withMessageContaining("stale");
    }

    private static final class Receipts implements ReplyTo<Deposit.Receipt> {
        private final List<Deposit.Receipt> all = new ArrayList<>();

        @Override
        public void reply(Deposit.Receipt answer) {
            all.add(answer);
        }

        @Override
        public String token() {
            return "receipts";
        }
    }

    private record Context(String id, long fence) implements EntityContext<Deposit> {
        @Override
        public EntityType<Deposit> type() {
            return AccountEntity.TYPE;
        }

        @Override
        public EntityRef<Deposit> self() {
            throw new UnsupportedOperationException();
        }

        @Override
        public <T> EntityRef<T> entityRef(EntityType<T> type, String other) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }

        @Override
        public RandomGenerator random() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void stop() {}
    }
}
