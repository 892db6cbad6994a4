package io.shardhold.entity;

/**
 * A small stateful object with an id, served on exactly one node at a time, one message at a time.
 *
 * <pre>{@code
 * final class Counter implements Entity<Counter.Add> {
 *   record Add(int amount, ReplyTo<Integer> replyTo) {}
 *   private int sum;
 *   public void onMessage(Add message) { sum += message.amount(); message.replyTo().reply(sum); }
 * }
 * }</pre>
 *
 * <p>Calls come from worker threads, never two at once for one instance, and each sees what the one before wrote. An
 * entity that throws is reported and discarded; the next message meets a fresh instance.
 *
 * @param <M> type of the messages
 */
@FunctionalInterface
public interface Entity<M> {
    /**
     * Handles one message. Should return within the handler budget (0.2 s by default): what runs on after this node's
     * right to serve has ended is only stopped by {@link EntityContext#fence()}.
     */
    void onMessage(M message) throws Exception;

    /** Called once, after the last message, when the entity stops in an orderly way; not after a loss of the right to serve. */
    default void onStop(StopReason reason) throws Exception {}
}
