package io.shardhold.internal.shard;

import static io.shardhold.internal.kernel.Interleavings.ensure;

import io.shardhold.internal.kernel.Interleavings;
import io.shardhold.internal.protocol.Envelope;
import io.shardhold.internal.protocol.ShardKey;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MailboxInterleavingTest {
    private static final int CAPACITY = 2;

    private enum State {
        IDLE,
        BUSY,
        RETIRED
    }

    @Test
    void whateverTheInterleavingLettersStayInOrderAndOneIsTheFirst() {
        Interleavings.assertExplained(Unbounded.class, Specification.class);
    }

    @Test
    void whateverTheInterleavingNoMoreLettersWaitThanMayAndNoRoomIsLost() {
        Interleavings.assertValid(Bounded.class);
    }

    @Test
    void aMailboxThatKeepsItsStateBesideItsLettersIsRefused() {
        Interleavings.assertRefused(UnboundedBroken.class, Specification.class);
    }

    /** The same operations without threads. */
    public static class Specification {
        private final Queue<Integer> letters = new ArrayDeque<>();
        private State state = State.IDLE;

        public String offer(int number) {
            if (state == State.RETIRED) {
                return "RETIRED";
            }
            letters.add(number);
            return becomes(State.IDLE, State.BUSY) ? "FIRST" : "QUEUED";
        }

        public int poll() {
            Integer oldest = letters.poll();
            return oldest == null ? 0 : oldest;
        }

        public boolean becomeIdle() {
            return letters.isEmpty() && becomes(State.BUSY, State.IDLE);
        }

        public boolean activate() {
            return becomes(State.IDLE, State.BUSY);
        }

        public boolean retire() {
            return letters.isEmpty() && becomes(State.BUSY, State.RETIRED);
        }

        private boolean becomes(State from, State to) {
            boolean was = state == from;
            state = was ? to : state;
            return was;
        }
    }

    /** Room for all: linearizable. Any thread offers and activates, one consumes. */
    public static class Unbounded {
        private final Box box;

        public Unbounded() {
            this(new Sound());
        }

        Unbounded(Box box) {
            this.box = box;
        }

        @Operation
        public String offer(@Param(gen = IntGen.class, conf = "1:9") int number) {
            return box.offer(letter(number)).name();
        }

        @Operation
        public boolean activate() {
            return box.activate();
        }

        @Operation(nonParallelGroup = "consumer")
        public int poll() {
            Letter letter = box.poll();
            return letter == null ? 0 : (int) letter.envelope().sequence();
        }

        @Operation(nonParallelGroup = "consumer")
        public boolean becomeIdle() {
            return box.isEmpty() && box.becomeIdle();
        }

        @Operation(nonParallelGroup = "consumer")
        public boolean retire() {
            return box.isEmpty() && box.retire();
        }
    }

    public static class UnboundedBroken extends Unbounded {
        public UnboundedBroken() {
            super(new Broken());
        }
    }

    private static Letter letter(int number) {
        return new Letter(new Envelope(new ShardKey("talk", 0), "e", number, 0, "text", null), HostFixture.NEAR);
    }

    /** A letter may be refused while another that is refused or taken out is still counted, so refusals say little. */
    public static class Bounded {
        private final Mailbox mailbox = new Mailbox();
        private final AtomicInteger accepted = new AtomicInteger();
        private int polled;

        @Operation
        public void offer() {
            if (mailbox.offer(letter(1), CAPACITY) != Mailbox.Offer.FULL) {
                accepted.incrementAndGet();
            }
        }

        @Operation(nonParallelGroup = "consumer")
        public void poll() {
            if (mailbox.poll() != null) {
                polled++;
            }
        }

        @Validate
        public void soManyWaitAsMayAndThereIsRoomForAsMany() {
            int waiting = 0;
            while (mailbox.poll() != null) {
                waiting++;
            }
            ensure(waiting <= CAPACITY, waiting + " letters waited");
            ensure(waiting == accepted.get() - polled, "letters were lost or doubled");
            for (int i = 0; i < CAPACITY; i++) {
                ensure(mailbox.offer(letter(1), CAPACITY) != Mailbox.Offer.FULL, "room was lost");
            }
            ensure(mailbox.offer(letter(1), CAPACITY) == Mailbox.Offer.FULL, "room was made");
        }
    }

    /** What a mailbox is, so that a broken one can stand in its place. */
    interface Box {
        Mailbox.Offer offer(Letter letter);

        @Nullable
        Letter poll();

        boolean isEmpty();

        boolean becomeIdle();

        boolean activate();

        boolean retire();
    }

    private static final class Sound implements Box {
        private final Mailbox mailbox = new Mailbox();

        @Override
        public Mailbox.Offer offer(Letter letter) {
            return mailbox.offer(letter, 100);
        }

        @Override
        public @Nullable Letter poll() {
            return mailbox.poll();
        }

        @Override
        public boolean isEmpty() {
            return mailbox.isEmpty();
        }

        @Override
        public boolean becomeIdle() {
            return mailbox.becomeIdle();
        }

        @Override
        public boolean activate() {
            return mailbox.activate();
        }

        @Override
        public boolean retire() {
            return mailbox.retire();
        }
    }

    /** A queue and a state beside it: a letter that comes between the look and the change has nobody to work on it. */
    private static final class Broken implements Box {
        private final Queue<Letter> letters = new ConcurrentLinkedQueue<>();
        private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);

        @Override
        public Mailbox.Offer offer(Letter letter) {
            if (state.get() == State.RETIRED) {
                return Mailbox.Offer.RETIRED;
            }
            letters.add(letter);
            return activate() ? Mailbox.Offer.FIRST : Mailbox.Offer.QUEUED;
        }

        @Override
        public @Nullable Letter poll() {
            return letters.poll();
        }

        @Override
        public boolean isEmpty() {
            return letters.isEmpty();
        }

        @Override
        public boolean becomeIdle() {
            return state.compareAndSet(State.BUSY, State.IDLE);
        }

        @Override
        public boolean activate() {
            return state.compareAndSet(State.IDLE, State.BUSY);
        }

        @Override
        public boolean retire() {
            return state.compareAndSet(State.BUSY, State.RETIRED);
        }
    }
}
