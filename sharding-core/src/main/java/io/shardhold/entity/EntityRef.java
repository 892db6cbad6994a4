package io.shardhold.entity;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Reaches one entity, wherever it is served. Cheap, immutable, safe for any thread; it outlives moves of the entity.
 *
 * @param <M> type of the messages
 */
public interface EntityRef<M> {
    EntityType<M> type();

    String id();

    /**
     * Sends a message, at most once, without blocking. Messages of one thread to one entity arrive in order as long as
     * no connection is lost. What cannot be delivered is counted and reported as an event with its reason.
     *
     * <p>The message must not be changed afterwards: it is handed over as it is if the entity is near.
     *
     * @throws MessageRefusedException if the codec does not write the message, or it is larger than a frame
     * @throws IllegalStateException if the sharding is closed
     */
    void tell(M message);

    /**
     * Sends a message that carries where to answer, and completes with the answer.
     *
     * @param message makes the message from the address for the answer, for example {@code Cart.Get::new}
     * @param timeout 1 ms to 1 h
     * @return fails with {@link AskFailedException} and nothing else; completes on a thread of the sharding, so that
     *     dependent stages must not block
     * @throws MessageRefusedException as for {@link #tell}
     * @throws IllegalStateException if the sharding is closed
     */
    <R> CompletionStage<R> ask(Function<ReplyTo<R>, ? extends M> message, Duration timeout);
}
