package io.shardhold.entity;

/** Makes addresses for answers from their texts, while a message is decoded. */
@FunctionalInterface
public interface ReplyAddresses {
    /**
     * The address of a token.
     *
     * @throws IllegalArgumentException if the text is no {@link ReplyTo#token()}
     */
    <R> ReplyTo<R> replyTo(String token);
}
