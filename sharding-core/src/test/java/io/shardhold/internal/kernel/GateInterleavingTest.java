package io.shardhold.internal.kernel;

import static io.shardhold.internal.kernel.Interleavings.ensure;

import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GateInterleavingTest {
    private static final int THREADS = 6;

    @Test
    void whateverTheInterleavingAClosedGateLetsNobodyInAndAnEmptyOneStaysClosed() {
        Interleavings.assertExplained(InAndOut.class, Specification.class);
    }

    @Test
    void whateverTheInterleavingTheActionRunsOnceAndWithNobodyInside() {
        Interleavings.assertValid(Passing.class);
    }

    @Test
    void aGateThatLooksBeforeItCountsIsRefused() {
        Interleavings.assertRefused(PassingBroken.class, PassingBroken.class);
    }

    /** The same four operations without threads. */
    public static class Specification {
        private final int[] inside = new int[THREADS];
        private boolean closed;

        public boolean enter(int thread) {
            if (!closed) {
                inside[thread]++;
            }
            return !closed;
        }

        public boolean exit(int thread) {
            return inside[thread] > 0 && inside[thread]-- > 0;
        }

        public boolean close() {
            boolean was = closed;
            closed = true;
            return !was;
        }

        /** A gate that has emptied stays closed. */
        public boolean reopen() {
            int sum = 0;
            for (int count : inside) {
                sum += count;
            }
            boolean reopens = closed && sum > 0;
            closed &= !reopens;
            return reopens;
        }
    }

    /** What a gate is, so that a broken one can stand in its place. */
    interface Door {
        boolean enter();

        void exit();

        void close(Runnable whenEmpty);

        boolean reopen();
    }

    /** Threads go in and out as they like; one closes and reopens. */
    public static class InAndOut {
        private final Gate gate = new Gate();
        private final int[] inside = new int[THREADS];
        private boolean closed;

        @Operation
        public boolean enter(@Param(gen = ThreadIdGen.class) int thread) {
            boolean entered = gate.enter();
            inside[thread] += entered ? 1 : 0;
            return entered;
        }

        @Operation
        public boolean exit(@Param(gen = ThreadIdGen.class) int thread) {
            boolean owes = inside[thread] > 0;
            if (owes) {
                inside[thread]--;
                gate.exit();
            }
            return owes;
        }

        @Operation(nonParallelGroup = "closer")
        public boolean close() {
            boolean was = closed;
            if (!was) {
                closed = true;
                gate.close(() -> {});
            }
            return !was;
        }

        @Operation(nonParallelGroup = "closer")
        public boolean reopen() {
            boolean reopened = closed && gate.reopen();
            closed &= !reopened;
            return reopened;
        }
    }

    /** Threads pass through, one closes and reopens; what they do inside is ordered by the gate alone. */
    public static class Passing {
        private final Door door;
        private final int[] inside = new int[THREADS];
        private boolean closed;
        private int ran;

        public Passing() {
            this(new Sound());
        }

        Passing(Door door) {
            this.door = door;
        }

        @Operation
        public void pass(@Param(gen = ThreadIdGen.class) int thread) {
            if (door.enter()) {
                inside[thread]++;
                ensure(ran == 0, "somebody came in after the action");
                inside[thread]--;
                door.exit();
            }
        }

        @Operation(nonParallelGroup = "closer")
        public void close() {
            if (!closed) {
                closed = true;
                door.close(() -> {
                    for (int count : inside) {
                        ensure(count == 0, "the action runs beside somebody inside");
                    }
                    ran++;
                });
            }
        }

        @Operation(nonParallelGroup = "closer")
        public void reopen() {
            closed &= !(closed && door.reopen());
        }

        @Validate
        public void theActionHasRunIfTheGateIsClosed() {
            ensure(ran == (closed ? 1 : 0), "the action ran " + ran + " times");
        }
    }

    public static class PassingBroken extends Passing {
        public PassingBroken() {
            super(new Broken());
        }
    }

    private static final class Sound implements Door {
        private final Gate gate = new Gate();

        @Override
        public boolean enter() {
            return gate.enter();
        }

        @Override
        public void exit() {
            gate.exit();
        }

        @Override
        public void close(Runnable whenEmpty) {
            gate.close(whenEmpty);
        }

        @Override
        public boolean reopen() {
            return gate.reopen();
        }
    }

    /** Between the look and the count the gate may close and empty. */
    private static final class Broken implements Door {
        private static final long CLOSED = Long.MIN_VALUE;
        private final AtomicLong state = new AtomicLong();
        private @Nullable Runnable action;

        @Override
        public boolean enter() {
            if (state.get() < 0) {
                return false;
            }
            state.incrementAndGet();
            return true;
        }

        @Override
        public void exit() {
            if (state.decrementAndGet() == CLOSED && action != null) {
                action.run();
            }
        }

        @Override
        public void close(Runnable whenEmpty) {
            action = whenEmpty;
            if (state.getAndAdd(CLOSED) == 0) {
                whenEmpty.run();
            }
        }

        @Override
        public boolean reopen() {
            long before = state.get();
            return before != CLOSED && state.compareAndSet(before, before - CLOSED);
        }
    }
}
