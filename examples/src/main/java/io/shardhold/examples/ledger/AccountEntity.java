package io.shardhold.examples.ledger;

import io.shardhold.entity.Entity;
import io.shardhold.entity.EntityContext;
import io.shardhold.entity.EntityType;
import java.sql.SQLException;

/**
 * One account. It shows its fence to the database before it reads, and with each write: should this instance outlive its
 * right to serve, say in a long pause, the next one has written a higher fence and the database refuses this one.
 *
 * <p>The handler returns only when its deposit is committed. It could return at once and answer from the commit; but then
 * a shard could move with writes still on the way, and a message be acknowledged in another order than it was handled. So
 * it blocks, on a thread of the type's own, and {@link GroupCommit} makes blocking cheap.
 */
final class AccountEntity implements Entity<Deposit> {
    static final EntityType<Deposit> TYPE = EntityType.of("account", Deposit.class);

    /** Divides by three, so that the display shows an even spread at a glance. */
    static final int SHARDS = 96;

    private final String accountId;
    private final long fence;
    private final GroupCommit ledger;
    private long balanceCents;

    AccountEntity(EntityContext<Deposit> context, GroupCommit ledger) throws SQLException, InterruptedException {
        this.accountId = context.id();
        this.fence = context.fence();
        this.ledger = ledger;
        this.balanceCents = balance(ledger.commit(store -> store.claim(accountId, fence)));
    }

    @Override
    public void onMessage(Deposit deposit) throws SQLException, InterruptedException {
        LedgerStore.Answer answer =
                ledger.commit(store -> store.deposit(deposit.id(), accountId, deposit.amountCents(), fence));
        long before = balanceCents;
        balanceCents = balance(answer);
        boolean repeated = balanceCents == before; // amounts are positive
        deposit.replyTo().reply(new Deposit.Receipt(balanceCents, repeated));
    }

    /** The balance; a stale instance fails here, which discards it. */
    private long balance(LedgerStore.Answer answer) {
        if (answer instanceof LedgerStore.Answer.Stale stale) {
            throw new IllegalStateException("account " + accountId + ": fence " + fence + " is stale, "
                    + stale.heldFence() + " was shown already: another instance has taken over");
        }
        return ((LedgerStore.Answer.Balance) answer).cents();
    }
}
