package io.shardhold.testkit;

import io.shardhold.entity.EntityRef;
import io.shardhold.entity.EntityType;
import io.shardhold.entity.ReplyTo;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** A reference whose answers cannot be waited for: on one thread, nothing would happen while the test waits. */
record VirtualRef<M>(EntityRef<M> ref) implements EntityRef<M> {
    @Override
    public EntityType<M> type() {
        return ref.type();
    }

    @Override
    public String id() {
        return ref.id();
    }

    @Override
    public void tell(M message) {
        ref.tell(message);
    }

    @Override
    public <R> CompletionStage<R> ask(Function<ReplyTo<R>, ? extends M> message, Duration timeout) {
        return VirtualFuture.of(ref.ask(message, timeout));
    }
}
