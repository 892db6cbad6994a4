package io.shardhold.lease.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class BlockingCallsTest {
    @Test
    void callsThatHangLeaveRoomForOthersUntilAllHang() {
        try (BlockingCalls calls = new BlockingCalls("test")) {
            CountDownLatch hanging = new CountDownLatch(1);
            List<CompletableFuture<Integer>> hung = new ArrayList<>();
            for (int i = 1; i < BlockingCalls.MOST; i++) {
                hung.add(calls.begin(() -> waitFor(hanging)));
            }
            assertThat(calls.begin(() -> 7).join()).isEqualTo(7);
            await().atMost(TestCluster.LIMIT)
                    .ignoreExceptions()
                    .until(() -> hung.add(calls.begin(() -> waitFor(hanging))));
            assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> calls.begin(() -> 8));
            assertThat(hung).noneMatch(CompletableFuture::isDone);
            hanging.countDown();
            hung.forEach(call -> assertThat(call.join()).isEqualTo(1));
            await().atMost(TestCluster.LIMIT)
                    .ignoreExceptions()
                    .until(() -> calls.begin(() -> 9).join() == 9);
        }
    }

    private static int waitFor(CountDownLatch latch) throws InterruptedException {
        latch.await();
        return 1;
    }

    @Test
    void closingFreesWhatHangsAndBeginsNothingMore() {
        BlockingCalls calls = new BlockingCalls("test");
        CompletableFuture<Integer> hung = calls.begin(() -> waitFor(new CountDownLatch(1)));
        calls.close();
        await().atMost(TestCluster.LIMIT).until(hung::isCompletedExceptionally);
        assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> calls.begin(() -> 8));
    }

    @Test
    void whatACallThrowsIsItsAnswer() {
        try (BlockingCalls calls = new BlockingCalls("test")) {
            CompletableFuture<Integer> failed = calls.begin(() -> {
                throw new IllegalStateException("planned");
            });
            await().atMost(TestCluster.LIMIT).until(failed::isDone);
            assertThat(failed)
                    .failsWithin(TestCluster.LIMIT)
                    .withThrowableThat()
                    .withMessageContaining("planned");
        }
    }
}
