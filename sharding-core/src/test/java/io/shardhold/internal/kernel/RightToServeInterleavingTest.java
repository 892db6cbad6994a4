package io.shardhold.internal.kernel;

import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

class RightToServeInterleavingTest {
    private static final long BUDGET_NANOS = 2_000_000;
    private static final Moment NOW = new Moment(10_000_000, 10);

    /** Each is over on one clock; made of the later halves of both, the right would last. */
    private static final Moment OVER_BY_WALL = new Moment(50_000_000, 10);

    private static final Moment OVER_BY_MONO = new Moment(10_000_000, 50);
    private static final Moment NEARLY_OVER = new Moment(11_000_000, 50);
    private static final Moment LATER = new Moment(50_000_000, 50);

    @Test
    void whateverTheInterleavingNobodySeesHalvesOfTwoDeadlines() {
        Interleavings.assertExplained(Serving.class, Specification.class);
    }

    @Test
    void aRightInTwoFieldsIsRefused() {
        Interleavings.assertRefused(ServingBroken.class, Specification.class);
    }

    public static class Specification {
        private boolean held;
        private boolean forTheBudget;

        private void set(boolean held, boolean forTheBudget) {
            this.held = held;
            this.forTheBudget = forTheBudget;
        }

        public void extend() {
            set(true, true);
        }

        public void nearlyOver() {
            set(true, false);
        }

        public void overByWall() {
            set(false, false);
        }

        public void overByMono() {
            set(false, false);
        }

        public void end() {
            set(false, false);
        }

        public boolean isHeld() {
            return held;
        }

        public boolean mayTakeUp() {
            return forTheBudget;
        }
    }

    /** What a right is, so that a broken one can stand in its place. */
    interface Right {
        void extendTo(Moment deadline);

        void end(Moment now);

        boolean isHeld();

        boolean mayTakeUp();
    }

    public static class Serving {
        private final Right right;

        public Serving() {
            this(new Sound());
        }

        Serving(Right right) {
            this.right = right;
        }

        @Operation(nonParallelGroup = "kernel")
        public void extend() {
            right.extendTo(LATER);
        }

        @Operation(nonParallelGroup = "kernel")
        public void nearlyOver() {
            right.extendTo(NEARLY_OVER);
        }

        @Operation(nonParallelGroup = "kernel")
        public void overByWall() {
            right.extendTo(OVER_BY_WALL);
        }

        @Operation(nonParallelGroup = "kernel")
        public void overByMono() {
            right.extendTo(OVER_BY_MONO);
        }

        @Operation(nonParallelGroup = "kernel")
        public void end() {
            right.end(NOW);
        }

        @Operation
        public boolean isHeld() {
            return right.isHeld();
        }

        @Operation
        public boolean mayTakeUp() {
            return right.mayTakeUp();
        }
    }

    public static class ServingBroken extends Serving {
        public ServingBroken() {
            super(new Broken());
        }
    }

    private static final class Sound implements Right {
        private final RightToServe right = new RightToServe(
                new TimeSource() {
                    @Override
                    public long monoNanos() {
                        return NOW.monoNanos();
                    }

                    @Override
                    public long wallMillis() {
                        return NOW.wallMillis();
                    }
                },
                BUDGET_NANOS);

        @Override
        public void extendTo(Moment deadline) {
            right.extendTo(deadline);
        }

        @Override
        public void end(Moment now) {
            right.end(now);
        }

        @Override
        public boolean isHeld() {
            return right.isHeld();
        }

        @Override
        public boolean mayTakeUp() {
            return right.mayTakeUp();
        }
    }

    private static final class Broken implements Right {
        private volatile long monoNanos;
        private volatile long wallMillis;

        @Override
        public void extendTo(Moment deadline) {
            monoNanos = deadline.monoNanos();
            wallMillis = deadline.wallMillis();
        }

        @Override
        public void end(Moment now) {
            extendTo(now);
        }

        @Override
        public boolean isHeld() {
            return !NOW.eitherReached(new Moment(monoNanos, wallMillis));
        }

        @Override
        public boolean mayTakeUp() {
            return !NOW.plusNanos(BUDGET_NANOS).eitherReached(new Moment(monoNanos, wallMillis));
        }
    }
}
