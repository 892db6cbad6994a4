package io.shardhold.internal.shard;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The letters that wait for one entity, in the order in which they came, and whether somebody is at work on them.
 *
 * <pre>
 *   IDLE ──offer──▶ letters ──poll──▶ BUSY ──becomeIdle──▶ IDLE
 *     └──────────activate────────────▶ │ ──retire───────▶ RETIRED (for ever)
 * </pre>
 *
 * <p>Concurrency: many threads offer, one at a time polls. New letters form a stack whose top is the only shared word; it
 * also says IDLE, BUSY or RETIRED when there is no letter. So "the first letter after idleness" has exactly one author,
 * who is to start the work, and a mailbox is retired only while no letter is in it. The consumer takes the whole stack at
 * once and turns it round; {@code front} is its own, and passes from thread to thread with the cell that owns it.
 */
final class Mailbox {
    /** What became of a letter. */
    enum Offer {
        /** It is in, and the mailbox was idle: the caller starts the work. */
        FIRST,
        /** It is in, and somebody is at work. */
        QUEUED,
        /** As many letters wait as may. */
        FULL,
        /** This mailbox takes no letters any more. */
        RETIRED
    }

    private enum Empty {
        IDLE,
        BUSY,
        RETIRED
    }

    /** A {@link Letter}, the latest, or an {@link Empty}. */
    private final AtomicReference<Object> top = new AtomicReference<>(Empty.IDLE);

    /** Raised before a letter is in and lowered after it is out: never below the number of waiting letters. */
    private final AtomicInteger waiting = new AtomicInteger();

    /** Letters taken off the stack, the oldest first. The consumer's. */
    private @Nullable Letter front;

    /** Any thread. */
    Offer offer(Letter letter, int capacity) {
        if (waiting.getAndIncrement() >= capacity) {
            waiting.getAndDecrement();
            return Offer.FULL;
        }
        while (true) {
            Object before = top.get();
            if (before == Empty.RETIRED) {
                return Offer.RETIRED;
            }
            letter.next = before instanceof Letter latest ? latest : null;
            if (top.compareAndSet(before, letter)) {
                return before == Empty.IDLE ? Offer.FIRST : Offer.QUEUED;
            }
        }
    }

    /** Takes the oldest letter. The consumer only. */
    @Nullable
    Letter poll() {
        if (front == null && top.get() instanceof Letter) {
            front = turnedRound(top.getAndSet(Empty.BUSY));
        }
        Letter letter = front;
        if (letter != null) {
            front = letter.next;
            letter.next = null;
            waiting.getAndDecrement();
        }
        return letter;
    }

    private static @Nullable Letter turnedRound(Object latest) {
        Letter oldest = null;
        Letter letter = (Letter) latest;
        while (letter != null) {
            Letter earlier = letter.next;
            letter.next = oldest;
            oldest = letter;
            letter = earlier;
        }
        return oldest;
    }

    /** The consumer only. */
    boolean isEmpty() {
        return front == null && !(top.get() instanceof Letter);
    }

    /** Whether the work is over: the next letter will be a first one. Only after {@link #isEmpty}; false if a letter came. */
    boolean becomeIdle() {
        return top.compareAndSet(Empty.BUSY, Empty.IDLE);
    }

    /** Starts work without a letter; false if it is under way, or the mailbox is retired. Any thread. */
    boolean activate() {
        return top.compareAndSet(Empty.IDLE, Empty.BUSY);
    }

    /** Closes the mailbox for ever. The consumer, only after {@link #isEmpty}; false if a letter came. */
    boolean retire() {
        return top.compareAndSet(Empty.BUSY, Empty.RETIRED);
    }
}
