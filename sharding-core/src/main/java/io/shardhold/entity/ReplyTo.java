package io.shardhold.entity;

/**
 * Where to answer an ask. Part of a message; survives the wire, and may be handed on to other entities.
 *
 * @param <R> type of the answer
 */
public interface ReplyTo<R> {
    /** Answers; the first answer counts, later ones are ignored. Any thread; never blocks, never throws for a lost asker. */
    void reply(R answer);

    /** The address as text, for codecs: {@link ReplyAddresses#replyTo} makes it an address again. */
    String token();
}
