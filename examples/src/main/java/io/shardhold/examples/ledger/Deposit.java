package io.shardhold.examples.ledger;

import io.shardhold.entity.ReplyTo;

/**
 * The message that an account understands. May arrive more than once: its id makes the second time harmless.
 *
 * @param id names the deposit for ever
 * @param amountCents positive
 * @param replyTo told once the deposit is in the database
 */
public record Deposit(String id, long amountCents, ReplyTo<Receipt> replyTo) {
    /**
     * The answer.
     *
     * @param balanceCents of the account, this deposit included
     * @param repeated whether the deposit was in the database already
     */
    public record Receipt(long balanceCents, boolean repeated) {}
}
