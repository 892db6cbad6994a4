package io.shardhold.examples.account;

import java.util.Map;
import java.util.TreeMap;

/**
 * Stands for the user's database, a table outside of the cluster with one row per account: the balance, and the highest
 * fence that was ever shown. It does what the SQL in each comment does, and like a database it outlives every node.
 */
final class AccountRows {
    private record Row(long fence, long balance) {}

    private static final Row NONE = new Row(0, 0);

    private final Map<String, Row> rows = new TreeMap<>();

    /**
     * Shows a fence, then reads: {@code UPDATE account SET fence = :fence WHERE id = :id AND fence <= :fence}, and
     * {@code SELECT balance} in the same transaction.
     *
     * @throws StaleFence if a higher one was shown before
     */
    synchronized long claim(String id, long fence) throws StaleFence {
        Row row = row(id);
        if (row.fence() > fence) {
            throw new StaleFence(id, fence, row.fence());
        }
        rows.put(id, new Row(fence, row.balance()));
        return row.balance();
    }

    /**
     * Writes under a fence: {@code UPDATE account SET balance = :balance WHERE id = :id AND fence = :fence}.
     *
     * @throws StaleFence if a higher one was shown
     */
    synchronized void write(String id, long fence, long balance) throws StaleFence {
        Row row = row(id);
        if (row.fence() != fence) {
            throw new StaleFence(id, fence, row.fence());
        }
        rows.put(id, new Row(fence, balance));
    }

    /** Reads without a fence: {@code SELECT balance FROM account WHERE id = :id}. */
    synchronized long read(String id) {
        return row(id).balance();
    }

    /** Writes without a fence: {@code UPDATE account SET balance = :balance WHERE id = :id}. */
    synchronized void overwrite(String id, long balance) {
        rows.put(id, new Row(row(id).fence(), balance));
    }

    private Row row(String id) {
        return rows.getOrDefault(id, NONE);
    }

    /** Another instance has taken over; this one is to write nothing any more. */
    static final class StaleFence extends Exception {
        private static final long serialVersionUID = 1L;

        StaleFence(String id, long fence, long shown) {
            super("account " + id + " was shown fence " + shown + ", so " + fence + " is stale");
        }
    }
}
