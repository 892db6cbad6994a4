package io.shardhold.internal.kernel;

import static io.shardhold.internal.kernel.Interleavings.ensure;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.RegionMessage;
import io.shardhold.internal.protocol.ShardKey;
import io.shardhold.internal.signal.Signal;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class InboxInterleavingTest {
    private static final int CAPACITY = 2;

    @Test
    void whateverTheInterleavingAnInboxIsAQueue() {
        Interleavings.assertExplained(Unbounded.class, Specification.class);
    }

    @Test
    void whateverTheInterleavingNoMoreMessagesWaitThanMayAndNoRoomIsLost() {
        Interleavings.assertValid(Bounded.class);
    }

    @Test
    void anInboxThatLooksBeforeItCountsIsRefused() {
        Interleavings.assertRefused(BoundedBroken.class, BoundedBroken.class);
    }

    public static class Specification {
        private final Queue<Integer> queue = new ArrayDeque<>();

        public boolean receive(int number) {
            return queue.add(number);
        }

        public void raise(int number) {
            queue.add(-number);
        }

        public int poll() {
            Integer next = queue.poll();
            return next == null ? 0 : next;
        }

        public boolean isEmpty() {
            return queue.isEmpty();
        }
    }

    /** Room for all: linearizable. */
    public static class Unbounded {
        private final Inbox inbox = new Inbox(100);

        @Operation
        public boolean receive(@Param(gen = IntGen.class, conf = "1:9") int number) {
            return inbox.offer(message(number));
        }

        @Operation
        public void raise(@Param(gen = IntGen.class, conf = "1:9") int number) {
            inbox.offer(new Input.Raised(new Signal.SlotWaits(new ShardKey("t", number))));
        }

        @Operation(nonParallelGroup = "kernel")
        public int poll() {
            Input next = inbox.poll();
            if (next instanceof Input.Received received) {
                return (int) received.from().incarnation();
            }
            return next instanceof Input.Raised raised && raised.signal() instanceof Signal.SlotWaits waits
                    ? -waits.shard().shard()
                    : 0;
        }

        @Operation
        public boolean isEmpty() {
            return inbox.isEmpty();
        }
    }

    private static Input.Received message(int number) {
        return new Input.Received(
                new NodeId("n", "n", 1, number), new RegionMessage.Announce(Samples.term(3, Samples.node("n"))));
    }

    /** A message may be refused while another that is refused or taken out is still counted, so refusals say little. */
    public static class Bounded {
        private final Box box;
        private final AtomicInteger accepted = new AtomicInteger();
        private int polled;

        public Bounded() {
            this(new Sound());
        }

        Bounded(Box box) {
            this.box = box;
        }

        @Operation
        public void receive() {
            if (box.offer(message(1))) {
                accepted.incrementAndGet();
            }
        }

        @Operation(nonParallelGroup = "kernel")
        public void poll() {
            if (box.poll() != null) {
                polled++;
            }
        }

        @Validate
        public void soManyWaitAsMayAndThereIsRoomForAsMany() {
            int waiting = 0;
            while (box.poll() != null) {
                waiting++;
            }
            ensure(waiting <= CAPACITY, waiting + " messages waited");
            ensure(waiting == accepted.get() - polled, "messages were lost or doubled");
            for (int i = 0; i < CAPACITY; i++) {
                ensure(box.offer(message(1)), "room was lost");
            }
            ensure(!box.offer(message(1)), "room was made");
        }
    }

    public static class BoundedBroken extends Bounded {
        public BoundedBroken() {
            super(new Broken());
        }
    }

    /** What an inbox is, so that a broken one can stand in its place. */
    interface Box {
        boolean offer(Input.Received message);

        @Nullable
        Input poll();
    }

    private static final class Sound implements Box {
        private final Inbox inbox = new Inbox(CAPACITY);

        @Override
        public boolean offer(Input.Received message) {
            return inbox.offer(message);
        }

        @Override
        public @Nullable Input poll() {
            return inbox.poll();
        }
    }

    /** Between the look and the count another message comes in. */
    private static final class Broken implements Box {
        private final Queue<Input> queue = new ConcurrentLinkedQueue<>();
        private final AtomicInteger messages = new AtomicInteger();

        @Override
        public boolean offer(Input.Received message) {
            if (messages.get() >= CAPACITY) {
                return false;
            }
            messages.incrementAndGet();
            return queue.add(message);
        }

        @Override
        public @Nullable Input poll() {
            Input input = queue.poll();
            if (input != null) {
                messages.decrementAndGet();
            }
            return input;
        }
    }
}
