package io.shardhold.entity;

/**
 * Writes and reads the messages of one entity type, and the answers to them. Any thread, several at once. What it throws
 * fails the one message, at the caller where there is one.
 *
 * @param <M> type of the messages
 */
public interface MessageCodec<M> {
    byte[] encode(M message) throws Exception;

    /** Reads a message; addresses for answers are made by {@code replies} from their tokens. */
    M decode(byte[] bytes, ReplyAddresses replies) throws Exception;

    byte[] encodeReply(Object answer) throws Exception;

    /** Reads the answer to a request, on the node that asked; the request tells which type to expect. */
    Object decodeReply(byte[] bytes, M request) throws Exception;
}
