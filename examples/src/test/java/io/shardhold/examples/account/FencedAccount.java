package io.shardhold.examples.account;

import io.shardhold.entity.Entity;
import io.shardhold.entity.EntityContext;
import io.shardhold.examples.account.AccountRows.StaleFence;

/**
 * An account as it should be: it shows its fence before it reads, and writes under its fence. Should it outlive its
 * right, it throws: it is discarded, and whoever asked gets no answer.
 */
final class FencedAccount implements Entity<Account> {
    private final AccountRows rows;
    private final String id;
    private final long fence;
    private long balance;

    FencedAccount(EntityContext<Account> context, AccountRows rows) throws StaleFence {
        this.rows = rows;
        this.id = context.id();
        this.fence = context.fence();
        this.balance = rows.claim(id, fence);
    }

    @Override
    public void onMessage(Account message) throws StaleFence {
        if (message instanceof Account.Deposit deposit) {
            rows.write(id, fence, balance + deposit.amount());
            balance += deposit.amount();
            deposit.replyTo().reply(balance);
        } else if (message instanceof Account.Balance ask) {
            ask.replyTo().reply(balance);
        }
    }
}
