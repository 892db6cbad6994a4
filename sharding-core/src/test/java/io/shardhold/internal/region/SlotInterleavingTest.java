package io.shardhold.internal.region;

import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.Interleavings;
import io.shardhold.internal.kernel.Samples;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

class SlotInterleavingTest {
    @Test
    void whateverTheInterleavingNoPlaceIsGivenTwice() {
        Interleavings.assertExplained(Places.class, PlacesSpecification.class);
    }

    @Test
    void whateverTheInterleavingTheKernelIsToldOnceUntilItAttends() {
        Interleavings.assertExplained(Signals.class, SignalsSpecification.class);
    }

    @Test
    void whateverTheInterleavingNoBounceIsForgotten() {
        Interleavings.assertExplained(Bounces.class, BouncesSpecification.class);
    }

    @Test
    void aSlotThatLooksForABounceAndClearsItInTwoStepsIsRefused() {
        Interleavings.assertRefused(BouncesBroken.class, BouncesSpecification.class);
    }

    private static Slot slot() {
        return new Slot(
                Samples.shard(0), new ParkedMessages(1, 1, new AtomicLong(), Guards.STRICT, new RemovedPeers()));
    }

    public static class PlacesSpecification {
        private long sequence;
        private int marker;

        public long nextSequence() {
            return ++sequence;
        }

        public void await(int marker) {
            this.marker = marker;
        }

        public boolean awaits(int answered) {
            return marker == answered;
        }
    }

    /** Senders number their messages, connections ask for the marker that the kernel sets. */
    public static class Places {
        private final Slot slot = slot();

        @Operation
        public long nextSequence() {
            return slot.nextSequence();
        }

        @Operation(nonParallelGroup = "kernel")
        public void await(@Param(gen = IntGen.class, conf = "1:2") int marker) {
            slot.marker(marker);
        }

        @Operation
        public boolean awaits(@Param(gen = IntGen.class, conf = "1:2") int answered) {
            return slot.awaits(answered);
        }
    }

    public static class SignalsSpecification {
        private boolean signalled;

        public boolean signal() {
            boolean first = !signalled;
            signalled = true;
            return first;
        }

        public void attended() {
            signalled = false;
        }
    }

    /** Senders signal, the kernel attends. */
    public static class Signals {
        private final Slot slot = slot();

        @Operation
        public boolean signal() {
            return slot.signal();
        }

        @Operation(nonParallelGroup = "kernel")
        public void attended() {
            slot.attended();
        }
    }

    public static class BouncesSpecification {
        private boolean bounced;

        public void noteBounce() {
            bounced = true;
        }

        public boolean takeBounced() {
            boolean was = bounced;
            bounced = false;
            return was;
        }
    }

    /** Connections note what comes back, the kernel asks. */
    public static class Bounces {
        private final Slot slot = slot();

        @Operation
        public void noteBounce() {
            slot.noteBounce();
        }

        @Operation(nonParallelGroup = "kernel")
        public boolean takeBounced() {
            return slot.takeBounced();
        }
    }

    /** Without threads it would do. */
    public static class BouncesBroken extends BouncesSpecification {
        @Override
        @Operation
        public void noteBounce() {
            super.noteBounce();
        }

        @Override
        @Operation(nonParallelGroup = "kernel")
        public boolean takeBounced() {
            return super.takeBounced();
        }
    }
}
