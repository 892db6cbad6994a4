package io.shardhold.internal.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.shardhold.config.Limits;
import io.shardhold.internal.kernel.Transport.SendResult;
import io.shardhold.internal.protocol.DataMessage;
import io.shardhold.internal.wire.WireException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Several threads send while the peer kills the link at random moments. Each message that was queued is then with the
 * peer, back with the sender, or one of those in doubt.
 */
@Timeout(120)
class DataLinkStressTest {
    private static final long SEED = Long.getLong("shardhold.seed", System.nanoTime());
    private static final int SENDERS = 4;
    private static final int MESSAGES = 30_000;

    /** So many are on their way at most, else nearly all of them would be in doubt. */
    private static final int WINDOW = 300;

    private final BitSet received = new BitSet();
    private final long[] lastOfSender = new long[SENDERS];
    private final AtomicBoolean calm = new AtomicBoolean();
    private volatile boolean exact;
    private long sent;
    private int lossesSeen;
    private final AtomicLong settled = new AtomicLong();
    private final AtomicLong kills = new AtomicLong();

    /** The peer tells what it has read before it goes, so what is in doubt is exactly what did not arrive. */
    @Test
    void whatIsInDoubtIsExactlyWhatDidNotArriveIfThePeerGoesInOrder() throws Exception {
        run(this::leaveInOrder);
    }

    @Test
    void nothingIsLostWithoutANameHoweverTheLinkDies() throws Exception {
        run(this::leaveRudely);
    }

    /** How the peer ends a connection after so many frames. */
    private interface Leaving {
        void leave(RawPeer.Connection connection, int frames, SplittableRandom random) throws IOException;
    }

    private void run(Leaving leaving) throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        try (RawPeer peer = new RawPeer(connection -> killAtRandom(connection, split(random), leaving))) {
            // Little room, so that senders meet full links as well as dead ones.
            Limits limits = TestNode.limits(1 << 20, 32 * 1024);
            TestNode a = new TestNode("a", 1, 0, settings -> TestNode.settings(0, "shop", limits));
            List<Thread> senders = new ArrayList<>();
            for (int sender = 0; sender < SENDERS; sender++) {
                senders.add(startSender(a, peer, sender));
            }
            for (Thread sender : senders) {
                sender.join();
            }
            calm.set(true);
            // What is queued still arrives or comes back.
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(
                            () -> assertThat(missing(a)).as("seed %d", SEED).isLessThanOrEqualTo(inDoubt(a)));
            if (exact) {
                assertThat(missing(a)).as("seed %d", SEED).isEqualTo(inDoubt(a));
            }
            a.close();
            assertThat(peer.failures()).as("seed %d", SEED).isEmpty();
            assertAccountedFor(a);
        }
    }

    private void leaveRudely(RawPeer.Connection connection, int frames, SplittableRandom random) throws IOException {
        if (random.nextBoolean()) {
            connection.socket.setSoLinger(true, 0);
        }
    }

    private void leaveInOrder(RawPeer.Connection connection, int frames, SplittableRandom random) throws IOException {
        exact = true;
        connection.ack(frames);
        connection.socket.shutdownOutput();
        assertThat(connection.isClosedByPeer()).isTrue();
    }

    private static SplittableRandom split(SplittableRandom random) {
        synchronized (random) {
            return random.split();
        }
    }

    private void killAtRandom(RawPeer.Connection connection, SplittableRandom random, Leaving leaving)
            throws IOException, WireException {
        connection.accept();
        int life = random.nextInt(3) == 0 ? 0 : random.nextInt(2_000);
        int frames = 0;
        while (calm.get() || frames < life) {
            note(TestNode.sequenceOf(connection.readData()));
            frames++;
            if (calm.get() || random.nextInt(20) == 0) {
                connection.ack(frames);
            }
        }
        kills.incrementAndGet();
        leaving.leave(connection, frames, random);
    }

    private void note(long sequence) {
        synchronized (received) {
            assertThat(received.get((int) sequence)).as("twice").isFalse();
            received.set((int) sequence);
            settled.incrementAndGet();
            int sender = (int) (sequence / MESSAGES);
            assertThat(sequence).as("order").isGreaterThanOrEqualTo(lastOfSender[sender]);
            lastOfSender[sender] = sequence;
        }
    }

    private Thread startSender(TestNode a, RawPeer peer, int sender) {
        Thread thread = new Thread(() -> {
            for (int i = 0; i < MESSAGES; i++) {
                DataMessage message = TestNode.envelope((long) sender * MESSAGES + i, 100);
                while (!hasRoom(a)) {
                    LockSupport.parkNanos(20_000);
                }
                while (a.transport.sendData(peer.id, message) != SendResult.QUEUED) {
                    LockSupport.parkNanos(20_000);
                }
            }
        });
        thread.start();
        return thread;
    }

    /** Counts a message; after a loss the count begins anew, because nobody knows yet what has arrived. */
    private synchronized boolean hasRoom(TestNode a) {
        if (a.listener.losses.size() != lossesSeen) {
            lossesSeen = a.listener.losses.size();
            sent = 0;
            settled.set(0);
        }
        if (sent - settled.get() > WINDOW) {
            return false;
        }
        sent++;
        return true;
    }

    private void assertAccountedFor(TestNode a) {
        BitSet unsent = new BitSet();
        for (RecordingListener.Loss loss : a.listener.losses) {
            for (DataMessage message : loss.unsent()) {
                int sequence = (int) TestNode.sequenceOf(message);
                assertThat(unsent.get(sequence)).as("unsent twice").isFalse();
                unsent.set(sequence);
            }
        }
        synchronized (received) {
            assertThat(unsent.intersects(received)).as("unsent and received").isFalse();
        }
        assertThat(missing(a)).as("seed %d", SEED).isBetween(0L, inDoubt(a));
        assertThat(kills.get()).as("links that died, else nothing was tested").isGreaterThan(5);
        assertThat((long) a.listener.losses.size()).isGreaterThanOrEqualTo(kills.get());
    }

    private long missing(TestNode a) {
        long unsent = a.listener.losses.stream()
                .mapToLong(loss -> loss.unsent().size())
                .sum();
        synchronized (received) {
            return (long) SENDERS * MESSAGES - unsent - received.cardinality();
        }
    }

    private static long inDoubt(TestNode a) {
        return a.listener.losses.stream()
                .mapToLong(RecordingListener.Loss::inDoubt)
                .sum();
    }
}
