package io.shardhold.examples.account;

import io.shardhold.entity.Entity;
import io.shardhold.entity.EntityContext;

/**
 * An account with a bug, and one that no test of a single node shows: it writes without its fence. A handler that
 * outlasts the right of its node writes what it knew, over what the next instance has written meanwhile.
 */
final class UnfencedAccount implements Entity<Account> {
    private final AccountRows rows;
    private final String id;
    private long balance;

    UnfencedAccount(EntityContext<Account> context, AccountRows rows) {
        this.rows = rows;
        this.id = context.id();
        this.balance = rows.read(id);
    }

    @Override
    public void onMessage(Account message) {
        if (message instanceof Account.Deposit deposit) {
            balance += deposit.amount();
            rows.overwrite(id, balance);
            deposit.replyTo().reply(balance);
        } else if (message instanceof Account.Balance ask) {
            ask.replyTo().reply(balance);
        }
    }
}
