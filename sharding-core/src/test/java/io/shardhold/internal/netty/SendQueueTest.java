package io.shardhold.internal.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.internal.protocol.DataMessage;
import io.shardhold.internal.protocol.DataMessage.Marker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SendQueueTest {
    private static final int SENDERS = 3;
    private static final int ROUNDS = 1_000;
    private static final int MAX = 200;

    @Test
    void everythingComesOutInOrderAndOnlyTheFirstWakes() {
        SendQueue queue = new SendQueue();
        assertThat(queue.takeAll()).isNull();
        assertThat(queue.add(marker(1))).isEqualTo(SendQueue.Added.FIRST);
        assertThat(queue.add(marker(2))).isEqualTo(SendQueue.Added.BEHIND);
        assertThat(numbers(queue.takeAll())).containsExactly(1L, 2L);
        assertThat(queue.add(marker(3))).isEqualTo(SendQueue.Added.FIRST);
        assertThat(queue.retireIfEmpty()).isFalse();
        assertThat(numbers(queue.close())).containsExactly(3L);
        assertThat(queue.add(marker(4))).isEqualTo(SendQueue.Added.REFUSED);
        assertThat(queue.takeAll()).isNull();
        assertThat(queue.close()).isNull();
        assertThat(queue.isRetired()).isFalse();
    }

    @Test
    void retiredQueueRefusesAndSaysSo() {
        SendQueue queue = new SendQueue();
        assertThat(queue.retireIfEmpty()).isTrue();
        assertThat(queue.isRetired()).isTrue();
        assertThat(queue.isClosed()).isTrue();
        assertThat(queue.add(marker(1))).isEqualTo(SendQueue.Added.REFUSED);
        assertThat(queue.close()).isNull();
    }

    /** Several threads add while one takes and then closes: what was taken is what was not refused, in order. */
    @Test
    void closingDecidesForEachMessage() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(SENDERS);
        try {
            for (int round = 0; round < ROUNDS; round++) {
                race(threads, round);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void race(ExecutorService threads, int round) throws Exception {
        SendQueue queue = new SendQueue();
        CyclicBarrier start = new CyclicBarrier(SENDERS + 1);
        List<Future<Integer>> added = new ArrayList<>();
        for (int sender = 0; sender < SENDERS; sender++) {
            int first = sender * MAX;
            added.add(threads.submit(() -> {
                start.await();
                return addUntilRefused(queue, first);
            }));
        }
        start.await();
        List<Long> out = new ArrayList<>();
        for (int i = 0; i < round % 50; i++) {
            out.addAll(numbers(queue.takeAll()));
        }
        out.addAll(numbers(queue.close()));
        for (int sender = 0; sender < SENDERS; sender++) {
            long first = (long) sender * MAX;
            List<Long> mine =
                    out.stream().filter(n -> n >= first && n < first + MAX).toList();
            assertThat(mine)
                    .isSorted()
                    .doesNotHaveDuplicates()
                    .hasSize(added.get(sender).get());
        }
    }

    private static int addUntilRefused(SendQueue queue, int first) {
        for (int i = 0; i < MAX; i++) {
            if (queue.add(marker(first + i)) == SendQueue.Added.REFUSED) {
                return i;
            }
        }
        return MAX;
    }

    private static DataMessage marker(long number) {
        return new Marker(TestNode.SHARD, number);
    }

    private static List<Long> numbers(SendQueue.@Nullable Node first) {
        List<Long> numbers = new ArrayList<>();
        for (SendQueue.Node node = first; node != null; node = node.next) {
            numbers.add(((Marker) node.message).marker());
        }
        return numbers;
    }
}
