package io.shardhold.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * Whoever asks whether a lease is held does so beside the engine. Lincheck steps the threads one at a time and looks for
 * results that no order of whole operations explains; {@code -Dlincheck.iterations=} sets how many scenarios are tried.
 */
class BeliefInterleavingTest {
    private static final LeaseSettings SETTINGS = LeaseSettings.of("shop", "n1");

    /** One leaves a grant alive, two end it. */
    private static final long TICK_NANOS = SETTINGS.ttl().toNanos() * 3 / 5;

    private static final long TOKEN = 7;

    @Test
    void whatHasEndedOnceIsNeverHeldAgain() {
        options(Specification.class)
                .iterations(Integer.getInteger("lincheck.iterations", 25))
                .check(Asking.class);
    }

    @Test
    void anExtensionThatLooksFirstAndWritesThenIsRefused() {
        assertThatExceptionOfType(LincheckAssertionError.class)
                .isThrownBy(() -> options(Specification.class)
                        .iterations(100)
                        .minimizeFailedScenario(false)
                        .check(AskingBroken.class))
                .satisfies(e -> assertThat(e.getMessage()).contains("Invalid execution results"));
    }

    @Test
    void whateverTheInterleavingReleaseEndsTheLeaseAndALossIsToldOnce() {
        options(Releasing.class)
                .iterations(Integer.getInteger("lincheck.iterations", 4))
                .invocationsPerIteration(60)
                .addGuarantee(forClasses(BeliefInterleavingTest::isOfTheTest)
                        .allMethods()
                        .treatAsAtomic())
                .check(Releasing.class);
    }

    private static ModelCheckingOptions options(Class<?> specification) {
        return new ModelCheckingOptions()
                .invocationsPerIteration(120)
                .threads(2)
                .actorsBefore(1)
                .actorsPerThread(3)
                .actorsAfter(2)
                .sequentialSpecification(specification);
    }

    /** Switching threads inside of these shows nothing new. */
    private static boolean isOfTheTest(String className) {
        return className.startsWith("java.util.Array")
                || className.startsWith("java.util.concurrent.CompletableFuture")
                || className.startsWith(FakeStore.class.getName())
                || className.startsWith(FakeRuntime.class.getName());
    }

    /** Clocks that move by hand. */
    static final class HandClock implements LeaseRuntime {
        private final AtomicLong nanos = new AtomicLong();

        void tick() {
            nanos.addAndGet(TICK_NANOS);
        }

        @Override
        public long monoNanos() {
            return nanos.get();
        }

        @Override
        public long wallMillis() {
            return nanos.get() / 1_000_000;
        }

        @Override
        public Cancellable schedule(long delayNanos, Runnable task) {
            return () -> {};
        }

        @Override
        public long random() {
            return 1;
        }
    }

    /** The same in one thread, without the care for many. */
    public static class Specification {
        private long now;
        private long sent;
        private boolean held = true;

        public void tick() {
            now += TICK_NANOS;
        }

        public boolean isHeld() {
            held &= now - sent < SETTINGS.ttl().minus(SETTINGS.margin()).toNanos();
            return held;
        }

        public boolean extend() {
            if (isHeld()) {
                sent = now;
            }
            return held;
        }

        public void endQuietly() {
            held = false;
        }
    }

    public static class Asking {
        final HandClock clock = new HandClock();
        final Belief belief = new Belief(clock, SETTINGS);

        public Asking() {
            belief.begin(TOKEN, Moment.begin(clock));
        }

        @Operation(nonParallelGroup = "time")
        public void tick() {
            clock.tick();
        }

        @Operation
        public boolean isHeld() {
            return belief.isHeld();
        }

        @Operation(nonParallelGroup = "engine")
        public boolean extend() {
            return belief.extend(TOKEN, Moment.begin(clock));
        }

        @Operation(nonParallelGroup = "engine")
        public void endQuietly() {
            belief.endQuietly();
        }
    }

    /** Here time passes while the engine extends, which looks at the clock before it writes. */
    public static class AskingBroken {
        private final HandClock clock = new HandClock();
        private volatile long sent;
        private volatile boolean held = true;

        @Operation(nonParallelGroup = "time")
        public void tick() {
            clock.tick();
        }

        @Operation(nonParallelGroup = "time")
        public boolean isHeld() {
            if (clock.monoNanos() - sent
                    >= SETTINGS.ttl().minus(SETTINGS.margin()).toNanos()) {
                held = false;
            }
            return held;
        }

        @Operation(nonParallelGroup = "engine")
        public boolean extend() {
            long now = clock.monoNanos();
            if (!held || now - sent >= SETTINGS.ttl().minus(SETTINGS.margin()).toNanos()) {
                held = false;
                return false;
            }
            sent = now;
            held = true;
            return true;
        }
    }

    /** The whole lease: asked, released and expiring at once. */
    public static class Releasing {
        private final FakeRuntime runtime = new FakeRuntime();
        private final RecordLease lease;
        private final AtomicInteger losses = new AtomicInteger();

        public Releasing() {
            FakeStore store = new FakeStore();
            store.put(new LeaseRecord("before#1", 10, SETTINGS.ttl(), 0, true));
            lease = new RecordLease(store, SETTINGS, runtime);
            lease.onLost(loss -> losses.incrementAndGet());
            lease.acquire(0);
        }

        @Operation
        public boolean checkAlive() {
            return lease.checkAlive();
        }

        @Operation
        public boolean aliveAfterRelease() {
            lease.release();
            return lease.checkAlive();
        }

        @Operation(nonParallelGroup = "time")
        public void expire() {
            runtime.advance(SETTINGS.ttl());
        }

        @Validate
        public void oneLossAtMost() {
            runtime.runDue();
            if (losses.get() > 1) {
                throw new IllegalStateException(losses.get() + " losses of one grant");
            }
        }
    }
}
