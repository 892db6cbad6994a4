package io.shardhold.examples.ledger;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.sqlite.SQLiteConfig;

/**
 * The ledger's database, one SQLite file that all nodes share. One connection, for one thread at a time.
 *
 * <p>Two rules keep it right whatever the nodes do. An account's row holds the highest fence that was ever shown to it, and
 * takes writes under exactly that fence. A deposit's id is a primary key, so it counts once.
 */
final class LedgerStore implements AutoCloseable {
    private static final int BUSY_MILLIS = 10_000;

    private static final List<String> SCHEMA = List.of(
            "CREATE TABLE account (account_id TEXT PRIMARY KEY, fence INTEGER NOT NULL, balance_cents INTEGER NOT NULL,"
                    + " deposits INTEGER NOT NULL) WITHOUT ROWID",
            "CREATE TABLE deposit (deposit_id TEXT PRIMARY KEY, account_id TEXT NOT NULL, amount_cents INTEGER NOT NULL)"
                    + " WITHOUT ROWID",
            "CREATE TABLE stale_write (account_id TEXT NOT NULL, shown_fence INTEGER NOT NULL, held_fence INTEGER NOT NULL)");

    /** What the database says to an instance of an account. */
    sealed interface Answer {
        /** Done, or done already; the balance afterwards. */
        record Balance(long cents) implements Answer {}

        /** Refused: a higher fence was shown before. Counted in the database. */
        record Stale(long heldFence) implements Answer {}
    }

    /**
     * What the database holds for one account.
     *
     * @param balanceCents the running balance
     * @param applied how often a deposit was added to it
     * @param recorded how many different deposits are on record, and their sum
     */
    record AccountTotal(String accountId, long balanceCents, long applied, long recorded, long recordedCents) {}

    private final Connection connection;
    private final PreparedStatement showFence;
    private final PreparedStatement readAccount;
    private final PreparedStatement addToBalance;
    private final PreparedStatement recordDeposit;
    private final PreparedStatement recordStale;

    private LedgerStore(Connection connection) throws SQLException {
        this.connection = connection;
        this.showFence = connection.prepareStatement("INSERT INTO account VALUES (?, ?, 0, 0)"
                + " ON CONFLICT (account_id) DO UPDATE SET fence = excluded.fence WHERE fence <= excluded.fence");
        this.readAccount = connection.prepareStatement("SELECT fence, balance_cents FROM account WHERE account_id = ?");
        this.addToBalance = connection.prepareStatement(
                "UPDATE account SET balance_cents = balance_cents + ?, deposits = deposits + 1"
                        + " WHERE account_id = ? AND fence = ?"
                        + " AND NOT EXISTS (SELECT 1 FROM deposit WHERE deposit_id = ?)");
        this.recordDeposit = connection.prepareStatement("INSERT INTO deposit VALUES (?, ?, ?)");
        this.recordStale = connection.prepareStatement("INSERT INTO stale_write VALUES (?, ?, ?)");
    }

    /** Makes a new database; nobody else may have it open. */
    static LedgerStore create(Path file) throws SQLException {
        Connection connection = connect(file);
        try (Statement statement = connection.createStatement()) {
            for (String table : SCHEMA) {
                statement.execute(table);
            }
        }
        return new LedgerStore(connection);
    }

    /** Opens a database that {@link #create} has made. */
    static LedgerStore open(Path file) throws SQLException {
        return new LedgerStore(connect(file));
    }

    // WAL lets the auditor read while nodes write. synchronous=NORMAL survives the death of any process; only a crash
    // of
    // the whole machine could cost the last commits, and here every process is on the same machine.
    private static Connection connect(Path file) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
        config.setBusyTimeout(BUSY_MILLIS);
        return config.createConnection("jdbc:sqlite:" + file);
    }

    /** Begins a transaction and waits until no other process has one that writes. */
    void begin() throws SQLException {
        execute("BEGIN IMMEDIATE");
    }

    void commit() throws SQLException {
        execute("COMMIT");
    }

    void rollback() throws SQLException {
        execute("ROLLBACK");
    }

    /** Shows an instance's fence, before it reads anything: from here on lower ones are refused. */
    Answer claim(String accountId, long fence) throws SQLException {
        showFence.setString(1, accountId);
        showFence.setLong(2, fence);
        return showFence.executeUpdate() == 1 ? account(accountId).balance() : stale(accountId, fence);
    }

    /** Adds a deposit, unless its id is on record already or the account has seen a higher fence. In a transaction. */
    Answer deposit(String depositId, String accountId, long amountCents, long fence) throws SQLException {
        addToBalance.setLong(1, amountCents);
        addToBalance.setString(2, accountId);
        addToBalance.setLong(3, fence);
        addToBalance.setString(4, depositId);
        if (addToBalance.executeUpdate() == 1) {
            recordDeposit.setString(1, depositId);
            recordDeposit.setString(2, accountId);
            recordDeposit.setLong(3, amountCents);
            recordDeposit.executeUpdate();
            return account(accountId).balance();
        }
        AccountRow row = account(accountId);
        return row.fence() == fence ? row.balance() : stale(accountId, fence);
    }

    private Answer stale(String accountId, long shown) throws SQLException {
        long held = account(accountId).fence();
        recordStale.setString(1, accountId);
        recordStale.setLong(2, shown);
        recordStale.setLong(3, held);
        recordStale.executeUpdate();
        return new Answer.Stale(held);
    }

    private record AccountRow(long fence, long balanceCents) {
        Answer balance() {
            return new Answer.Balance(balanceCents);
        }
    }

    private AccountRow account(String accountId) throws SQLException {
        readAccount.setString(1, accountId);
        try (ResultSet row = readAccount.executeQuery()) {
            if (!row.next()) {
                throw new IllegalStateException("account " + accountId + " was written to before it was claimed");
            }
            return new AccountRow(row.getLong(1), row.getLong(2));
        }
    }

    /** Every account that was ever claimed or deposited to, by id. */
    List<AccountTotal> totals() throws SQLException {
        String query = "SELECT a.account_id, a.balance_cents, a.deposits, count(d.deposit_id),"
                + " coalesce(sum(d.amount_cents), 0) FROM account a LEFT JOIN deposit d ON d.account_id = a.account_id"
                + " GROUP BY a.account_id ORDER BY a.account_id";
        List<AccountTotal> totals = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                totals.add(new AccountTotal(
                        row.getString(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5)));
            }
        }
        return totals;
    }

    /** How many writes and claims were refused because of their fence. */
    long staleFenceRefused() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM stale_write")) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
