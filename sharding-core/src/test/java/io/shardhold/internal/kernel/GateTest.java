package io.shardhold.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GateTest {
    private final AtomicInteger ran = new AtomicInteger();
    private final Gate gate = new Gate();

    @Test
    void anEmptyGateRunsTheActionAsItCloses() {
        gate.close(ran::incrementAndGet);
        assertThat(ran).hasValue(1);
        assertThat(gate.enter()).isFalse();
        assertThat(gate.isClosed()).isTrue();
    }

    @Test
    void theLastOneOutRunsTheAction() {
        assertThat(gate.enter()).isTrue();
        assertThat(gate.enter()).isTrue();
        gate.close(ran::incrementAndGet);
        assertThat(gate.enter()).isFalse();
        gate.exit();
        assertThat(ran).hasValue(0);
        gate.exit();
        assertThat(ran).hasValue(1);
    }

    @Test
    void aGateThatIsReopenedInTimeDoesNotRunTheAction() {
        assertThat(gate.enter()).isTrue();
        gate.close(ran::incrementAndGet);
        assertThat(gate.reopen()).isTrue();
        gate.exit();
        assertThat(ran).hasValue(0);
        assertThat(gate.enter()).isTrue();
        gate.exit();
        gate.close(() -> ran.addAndGet(10));
        assertThat(ran).hasValue(10);
    }

    @Test
    void aGateThatHasEmptiedStaysClosed() {
        gate.close(ran::incrementAndGet);
        assertThat(gate.reopen()).isFalse();
        assertThat(gate.enter()).isFalse();
    }

    @Test
    void closingTwiceAndReopeningAnOpenGateAreBugs() {
        assertThatIllegalStateException().isThrownBy(gate::reopen);
        gate.close(ran::incrementAndGet);
        assertThatIllegalStateException().isThrownBy(() -> gate.close(ran::incrementAndGet));
    }

    /** What is done inside is seen by the action, which runs once, whatever the interleaving. */
    @Test
    void underManyThreadsTheActionRunsOnceAndAfterEverythingInside() throws Exception {
        int threads = 4;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            for (int round = 0; round < 3_000; round++) {
                oneRound(pool, threads, round);
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private static void oneRound(ExecutorService pool, int threads, int round) throws Exception {
        Gate gate = new Gate();
        int[] plain = new int[threads]; // written inside, read by the action: ordered by the gate alone
        AtomicInteger actions = new AtomicInteger();
        AtomicInteger seen = new AtomicInteger();
        List<Future<Integer>> entered = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int slot = i;
            entered.add(pool.submit(() -> {
                int times = 0;
                while (gate.enter()) {
                    plain[slot]++;
                    times++;
                    gate.exit();
                }
                return times;
            }));
        }
        Runnable action = () -> {
            actions.incrementAndGet();
            int sum = 0;
            for (int count : plain) {
                sum += count;
            }
            seen.set(sum);
        };
        for (int spin = 0; spin < round % 50; spin++) {
            Thread.onSpinWait();
        }
        gate.close(action);
        for (int i = 0; i < 5 && gate.reopen(); i++) {
            gate.close(action);
        }
        int sum = 0;
        for (Future<Integer> one : entered) {
            sum += one.get(10, TimeUnit.SECONDS);
        }
        assertThat(actions).as("round " + round).hasValue(1);
        assertThat(seen).as("round " + round).hasValue(sum);
    }
}
