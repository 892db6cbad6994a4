package io.shardhold.internal.region;

import io.shardhold.cluster.UndeliveredReason;
import io.shardhold.entity.AskFailedException;
import io.shardhold.entity.MessageCodec;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.kernel.Counters;
import io.shardhold.internal.kernel.Thrown;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The asks of this node that wait for an answer; bounded. Any thread.
 *
 * <p>Concurrency: whoever removes an ask from the map completes it, so it is completed once. The number of open asks is
 * raised before an ask is added and lowered after it is removed. A deadline is looked at by the kernel's timer.
 */
final class Asks {
    /** One ask. */
    private static final class Open {
        private final CompletableFuture<Object> answer = new CompletableFuture<>();
        private final long deadlineNanos;
        private final String about;
        private final Supplier<String> whereabouts;
        private volatile @Nullable Decoder decoder;

        private Open(long deadlineNanos, String about, Supplier<String> whereabouts) {
            this.deadlineNanos = deadlineNanos;
            this.about = about;
            this.whereabouts = whereabouts;
        }
    }

    /** Reads an encoded answer. */
    @FunctionalInterface
    interface Decoder {
        Object decode(byte[] bytes) throws Exception;

        /** Reads answers to a request with the codec of its type. */
        static <M> Decoder of(MessageCodec<M> codec, M request) {
            return bytes -> codec.decodeReply(bytes, request);
        }
    }

    private final Map<Long, Open> open = new ConcurrentHashMap<>();
    private final AtomicInteger size = new AtomicInteger();
    private final AtomicLong ids = new AtomicLong();
    private final int capacity;
    private final Executor callbacks;
    private final Counters counters;

    /** Futures are completed by {@code callbacks}: what applications hang on them must not hold a thread of ours. */
    Asks(int capacity, Counters counters, Executor callbacks) {
        this.callbacks = callbacks;
        this.capacity = capacity;
        this.counters = counters;
    }

    /**
     * Opens an ask; returns its id, or 0 if there are too many.
     *
     * @param whereabouts of the entity, for the text of a failure when the time has passed
     */
    long open(long deadlineNanos, String about, Supplier<String> whereabouts) {
        if (size.incrementAndGet() > capacity) {
            size.decrementAndGet();
            counters.increment(Counter.ASKS_REFUSED);
            return 0;
        }
        long id = ids.incrementAndGet();
        open.put(id, new Open(deadlineNanos, about, whereabouts));
        counters.increment(Counter.ASKS_OPENED);
        return id;
    }

    /** The future of an ask that was just opened, which now knows how to read its answer. */
    CompletableFuture<Object> expect(long id, Decoder decoder) {
        Open ask = open.get(id);
        if (ask == null) {
            return CompletableFuture.failedFuture(
                    new AskFailedException(UndeliveredReason.CLOSED, "the sharding was closed"));
        }
        ask.decoder = decoder;
        return ask.answer;
    }

    void discard(long id) {
        remove(id);
    }

    private @Nullable Open remove(long id) {
        Open ask = open.remove(id);
        if (ask != null) {
            size.decrementAndGet();
        }
        return ask;
    }

    /** An answer from this node. */
    void answer(long id, Object value) {
        Open ask = remove(id);
        if (ask == null) {
            counters.increment(Counter.REPLIES_LATE);
        } else {
            counters.increment(Counter.ASKS_ANSWERED);
            callbacks.execute(() -> ask.answer.complete(value));
        }
    }

    /** An answer over the wire. */
    void answerEncoded(long id, byte[] bytes) {
        Open ask = open.get(id);
        Decoder decoder = ask == null ? null : ask.decoder;
        if (decoder == null) {
            counters.increment(Counter.REPLIES_LATE);
            return;
        }
        Object value;
        try {
            value = Objects.requireNonNull(decoder.decode(bytes), "it made null of it");
        } catch (Throwable thrown) {
            Thrown.rethrowIfFatal(thrown);
            fail(id, UndeliveredReason.CODEC_FAILED, "the codec did not read the answer: " + Thrown.describe(thrown));
            return;
        }
        answer(id, value);
    }

    void fail(long id, UndeliveredReason reason, String detail) {
        Open ask = remove(id);
        if (ask != null) {
            counters.increment(Counter.ASKS_FAILED);
            AskFailedException failure = new AskFailedException(reason, ask.about + ": " + detail);
            callbacks.execute(() -> ask.answer.completeExceptionally(failure));
        }
    }

    /** Fails the asks whose time has passed. */
    void expire(long nowNanos) {
        open.forEach((id, ask) -> {
            if (nowNanos - ask.deadlineNanos >= 0) {
                fail(id, UndeliveredReason.TIMED_OUT, ask.whereabouts.get());
            }
        });
    }

    void failAll(UndeliveredReason reason, String detail) {
        open.keySet().forEach(id -> fail(id, reason, detail));
    }

    int capacity() {
        return capacity;
    }

    int size() {
        return size.get();
    }
}
