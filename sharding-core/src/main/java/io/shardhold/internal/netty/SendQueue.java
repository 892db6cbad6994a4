package io.shardhold.internal.netty;

import io.shardhold.internal.protocol.DataMessage;
import io.shardhold.internal.protocol.DataMessage.Marker;
import io.shardhold.internal.protocol.ShardKey;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be written to one link: many threads add, the link's event loop takes everything at once, and closing
 * decides for each message whether it was taken or refused.
 *
 * <p>Concurrency: {@code head} is the top of a stack, changed by compare-and-set or exchange only, and nodes are never
 * added twice, so there is no ABA. Closing exchanges the top for {@link #CLOSED},
 * retiring an empty one for {@link #RETIRED}: a message is in what closing returns
 * or its sender is told, never both, never neither. A node's {@code next} is written before the compare-and-set that
 * publishes it and afterwards only by the one thread that took the stack.
 */
final class SendQueue {
    /** What became of an added message. */
    enum Added {
        /** It is the first one: the loop is to be woken. */
        FIRST,
        /** Somebody else has woken the loop. */
        BEHIND,
        /** The queue is closed; the message was not taken. */
        REFUSED
    }

    /** One message and the ones that follow it. */
    static final class Node {
        final DataMessage message;

        @Nullable
        Node next;

        Node(DataMessage message) {
            this.message = message;
        }
    }

    private static final Node CLOSED = new Node(new Marker(new ShardKey("", 0), 0));
    private static final Node RETIRED = new Node(new Marker(new ShardKey("", 0), 0));

    private final AtomicReference<@Nullable Node> head = new AtomicReference<>();

    /** Any thread. */
    Added add(DataMessage message) {
        Node node = new Node(message);
        while (true) {
            Node top = head.get();
            if (isEnd(top)) {
                return Added.REFUSED;
            }
            node.next = top;
            if (head.compareAndSet(top, node)) {
                return top == null ? Added.FIRST : Added.BEHIND;
            }
        }
    }

    /** Everything that was added, in order; null if nothing. The loop. */
    @Nullable
    Node takeAll() {
        return isEnd(head.get()) ? null : reversed(head.getAndSet(null));
    }

    /** Refuses everything from now on and returns what was added before. The loop. */
    @Nullable
    Node close() {
        Node top = head.getAndSet(CLOSED);
        return isEnd(top) ? null : reversed(top);
    }

    /** Refuses everything from now on, but only if nothing waits. The loop. */
    boolean retireIfEmpty() {
        return head.compareAndSet(null, RETIRED);
    }

    boolean isClosed() {
        return isEnd(head.get());
    }

    /** Whether the queue was closed because nothing waited. Any thread. */
    boolean isRetired() {
        return head.get() == RETIRED;
    }

    private static boolean isEnd(@Nullable Node top) {
        return top == CLOSED || top == RETIRED;
    }

    private static @Nullable Node reversed(@Nullable Node top) {
        Node first = null;
        Node rest = top;
        while (rest != null) {
            Node next = rest.next;
            rest.next = first;
            first = rest;
            rest = next;
        }
        return first;
    }
}
