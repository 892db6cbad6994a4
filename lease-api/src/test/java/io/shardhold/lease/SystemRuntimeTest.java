package io.shardhold.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SystemRuntimeTest {
    @Test
    void tasksRunOnADaemonThreadAfterTheirDelay() {
        try (LeaseRuntime runtime = LeaseRuntime.system()) {
            long begun = runtime.monoNanos();
            CompletableFuture<Boolean> daemon = new CompletableFuture<>();
            runtime.schedule(
                    20_000_000, () -> daemon.complete(Thread.currentThread().isDaemon()));
            assertThat(daemon.orTimeout(20, TimeUnit.SECONDS).join()).isTrue();
            assertThat(runtime.monoNanos() - begun).isGreaterThanOrEqualTo(20_000_000);
            assertThat(runtime.wallMillis()).isPositive();
        }
    }

    @Test
    void aTaskThatIsCalledOffDoesNotRunAndOneThatThrowsHurtsNobody() {
        try (LeaseRuntime runtime = LeaseRuntime.system()) {
            CompletableFuture<String> first = new CompletableFuture<>();
            runtime.schedule(10_000_000, () -> first.complete("called off")).cancel();
            runtime.schedule(20_000_000, () -> {
                throw new Planned();
            });
            runtime.schedule(30_000_000, () -> first.complete("last"));
            assertThat(first.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo("last");
        }
    }

    @Test
    void afterCloseNothingRunsAndNothingFails() {
        LeaseRuntime runtime = LeaseRuntime.system();
        runtime.close();
        CompletableFuture<String> ran = new CompletableFuture<>();
        runtime.schedule(0, () -> ran.complete("ran")).cancel();
        assertThat(ran).isNotDone();
        assertThat(runtime.random()).isNotEqualTo(runtime.random());
    }

    private static final class Planned extends RuntimeException {
        private static final long serialVersionUID = 1;

        Planned() {
            super("a task of a test", null, false, false);
        }
    }
}
