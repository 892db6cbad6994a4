package io.shardhold.internal.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.internal.protocol.Envelope;
import io.shardhold.internal.protocol.ShardKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MailboxTest {
    private static final ShardKey SHARD = new ShardKey("talk", 0);
    private final Mailbox mailbox = new Mailbox();

    private static Letter letter(String from, long sequence) {
        return new Letter(new Envelope(SHARD, from, sequence, 0, "text", null), HostFixture.NEAR);
    }

    private static long numberOf(@Nullable Letter letter) {
        return Objects.requireNonNull(letter).envelope().sequence();
    }

    @Test
    void lettersComeOutInTheOrderInWhichTheyCameIn() {
        assertThat(mailbox.offer(letter("a", 1), 9)).isEqualTo(Mailbox.Offer.FIRST);
        assertThat(mailbox.offer(letter("a", 2), 9)).isEqualTo(Mailbox.Offer.QUEUED);
        assertThat(numberOf(mailbox.poll())).isEqualTo(1);
        assertThat(mailbox.offer(letter("a", 3), 9)).isEqualTo(Mailbox.Offer.QUEUED);
        assertThat(numberOf(mailbox.poll())).isEqualTo(2);
        assertThat(numberOf(mailbox.poll())).isEqualTo(3);
        assertThat(mailbox.poll()).isNull();
        assertThat(mailbox.isEmpty()).isTrue();
    }

    @Test
    void theFirstLetterAfterIdlenessSaysSo() {
        mailbox.offer(letter("a", 1), 9);
        mailbox.poll();
        assertThat(mailbox.becomeIdle()).isTrue();
        assertThat(mailbox.offer(letter("a", 2), 9)).isEqualTo(Mailbox.Offer.FIRST);
        assertThat(mailbox.becomeIdle()).as("a letter is in").isFalse();
    }

    @Test
    void onlyOneActivatesAnIdleMailbox() {
        assertThat(mailbox.activate()).isTrue();
        assertThat(mailbox.activate()).isFalse();
        assertThat(mailbox.offer(letter("a", 1), 9)).isEqualTo(Mailbox.Offer.QUEUED);
    }

    @Test
    void aFullMailboxRefusesUntilOneIsTaken() {
        mailbox.offer(letter("a", 1), 2);
        mailbox.offer(letter("a", 2), 2);
        assertThat(mailbox.offer(letter("a", 3), 2)).isEqualTo(Mailbox.Offer.FULL);
        mailbox.poll();
        assertThat(mailbox.offer(letter("a", 4), 2)).isEqualTo(Mailbox.Offer.QUEUED);
        assertThat(mailbox.offer(letter("a", 5), 2)).isEqualTo(Mailbox.Offer.FULL);
    }

    @Test
    void aMailboxRetiresOnlyWithoutLettersAndForEver() {
        mailbox.offer(letter("a", 1), 9);
        assertThat(mailbox.retire()).isFalse();
        mailbox.poll();
        assertThat(mailbox.retire()).isTrue();
        assertThat(mailbox.offer(letter("a", 2), 9)).isEqualTo(Mailbox.Offer.RETIRED);
        assertThat(mailbox.activate()).isFalse();
    }

    /** Producers hand letters to a mailbox that goes idle and retires all the time; whoever makes it busy consumes. */
    @Test
    void underManyThreadsNoLetterIsLostOrDoubledAndEachProducersOrderIsKept() throws Exception {
        int producers = 4;
        int each = 100_000;
        AtomicReference<Mailbox> current = new AtomicReference<>(new Mailbox());
        ConcurrentLinkedQueue<Letter> consumed = new ConcurrentLinkedQueue<>();
        ExecutorService pool = Executors.newFixedThreadPool(producers);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int p = 0; p < producers; p++) {
                String from = "p" + p;
                done.add(pool.submit(() -> {
                    for (int i = 1; i <= each; i++) {
                        send(current, letter(from, i), consumed);
                    }
                }));
            }
            for (Future<?> one : done) {
                one.get(60, TimeUnit.SECONDS);
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(consumed).hasSize(producers * each);
        long[] last = new long[producers];
        for (Letter letter : consumed) {
            int producer = letter.envelope().entityId().charAt(1) - '0';
            assertThat(letter.envelope().sequence()).isEqualTo(++last[producer]);
        }
    }

    private static void send(AtomicReference<Mailbox> current, Letter letter, ConcurrentLinkedQueue<Letter> consumed) {
        while (true) {
            Mailbox mailbox = Objects.requireNonNull(current.get());
            Mailbox.Offer offer = mailbox.offer(letter, Integer.MAX_VALUE - 8);
            if (offer == Mailbox.Offer.FIRST) {
                consume(mailbox, letter.envelope().sequence() % 2 == 0, consumed);
            }
            if (offer != Mailbox.Offer.RETIRED) {
                return;
            }
            current.compareAndSet(mailbox, new Mailbox());
        }
    }

    private static void consume(Mailbox mailbox, boolean retires, ConcurrentLinkedQueue<Letter> consumed) {
        while (true) {
            Letter letter = mailbox.poll();
            if (letter != null) {
                consumed.add(letter);
            } else if (retires ? mailbox.retire() : mailbox.becomeIdle()) {
                return;
            }
        }
    }
}
