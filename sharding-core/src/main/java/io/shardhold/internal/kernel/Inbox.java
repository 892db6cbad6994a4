package io.shardhold.internal.kernel;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What waits for the kernel. Messages from the wire are bounded: protocol messages are repeated by their senders, so the
 * newest is dropped and counted when the bound is reached. Signals are facts and are never dropped; their number is
 * bounded by what raises them (slots, shards, links).
 *
 * <p>Concurrency: many producers, one consumer. The count is raised before the element is added and lowered after it is
 * removed, so it is never below the number of waiting messages.
 */
final class Inbox {
    private final Queue<Input> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger messages = new AtomicInteger();
    private final int capacity;

    Inbox(int capacity) {
        this.capacity = capacity;
    }

    boolean offer(Input.Received message) {
        if (messages.incrementAndGet() > capacity) {
            messages.decrementAndGet();
            return false;
        }
        return queue.add(message);
    }

    void offer(Input.Raised signal) {
        queue.add(signal);
    }

    @Nullable
    Input poll() {
        Input input = queue.poll();
        if (input instanceof Input.Received) {
            messages.decrementAndGet();
        }
        return input;
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }
}
