package io.shardhold.internal.region;

import io.shardhold.cluster.UndeliveredReason;
import io.shardhold.entity.AskFailedException;
import io.shardhold.entity.EntityRef;
import io.shardhold.entity.EntityType;
import io.shardhold.entity.ReplyTo;
import io.shardhold.internal.kernel.TimeSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** A reference that sends through the region of its node. */
record RegionRef<M>(DataPlane plane, TimeSource time, EntityType<M> type, String id, Slot slot)
        implements EntityRef<M> {
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofHours(1);

    @Override
    public void tell(M message) {
        plane.send(type, slot, id, checked(message), 0);
    }

    @Override
    public <R> CompletionStage<R> ask(Function<ReplyTo<R>, ? extends M> message, Duration timeout) {
        plane.ensureOpen();
        if (timeout.compareTo(SHORTEST) < 0 || timeout.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("timeout must be 1 ms to 1 h, was " + timeout);
        }
        Asks asks = plane.asks();
        String about = "ask of " + type + " '" + id + "'";
        long askId = asks.open(time.monoNanos() + timeout.toNanos(), about, () -> whyUnanswered(timeout));
        if (askId == 0) {
            return CompletableFuture.failedStage(new AskFailedException(
                    UndeliveredReason.TOO_MANY_ASKS,
                    about + ": " + asks.capacity() + " asks of this node wait for an answer, the limit; ask less at"
                            + " once, or raise Limits.openAsks"));
        }
        try {
            M request = checked(message.apply(new AnswerAddress<>(plane, plane.self(), askId, type.name())));
            CompletableFuture<Object> answer = asks.expect(askId, Asks.Decoder.of(type.codec(), request));
            plane.send(type, slot, id, request, askId);
            plane.ensureOpen(); // closing may have failed the open asks before this one was among them
            @SuppressWarnings("unchecked") // the entity answers a ReplyTo<R> with an R; its codec reads what that says
            CompletableFuture<R> typed = (CompletableFuture<R>) answer;
            return typed.minimalCompletionStage();
        } catch (RuntimeException e) {
            asks.discard(askId);
            throw e;
        }
    }

    /** Where the entity is when the time of an ask has passed. */
    private String whyUnanswered(Duration timeout) {
        String late = "no answer within " + timeout.toMillis() / 1000.0 + " s";
        Route route = slot.route();
        if (route instanceof Route.Remote remote) {
            return late + "; its home is " + remote.home() + " at "
                    + remote.home().address() + ": it is slow there, did not answer, or the answer was lost";
        } else if (route instanceof Route.Local) {
            return late + "; its home is on this node: it is slow, or did not answer";
        }
        return late + "; shard " + slot.shard() + " has no home that can be reached: is this node up, and does a member"
                + " host the type (EntitySpec.of, not only route)?";
    }

    private M checked(M message) {
        if (!type.messages().isInstance(message)) {
            throw new IllegalArgumentException("a message for " + type + " must be a "
                    + type.messages().getName() + ", was "
                    + (message == null ? "null" : "a " + message.getClass().getName()));
        }
        return message;
    }

    @Override
    public String toString() {
        return type + "/" + id;
    }
}
