package io.shardhold.examples.account;

import io.shardhold.entity.EntityType;
import io.shardhold.entity.ReplyTo;

/** What an account is told and asked; each answer is the balance after it. */
sealed interface Account {
    EntityType<Account> TYPE = EntityType.of("account", Account.class);

    record Deposit(long amount, ReplyTo<Long> replyTo) implements Account {}

    record Balance(ReplyTo<Long> replyTo) implements Account {}
}
