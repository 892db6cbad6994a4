package io.shardhold.internal.region;

import static io.shardhold.internal.kernel.Interleavings.ensure;

import io.shardhold.config.EntitySpec;
import io.shardhold.config.Limits;
import io.shardhold.entity.EntityType;
import io.shardhold.entity.MessageCodec;
import io.shardhold.entity.ReplyAddresses;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.Interleavings;
import io.shardhold.internal.kernel.Samples;
import io.shardhold.internal.protocol.Envelope;
import io.shardhold.internal.region.ParkedMessages.Parking;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

class ParkedMessagesInterleavingTest {
    private static final int CAPACITY = 3;

    @Test
    void whateverTheInterleavingNobodyParksBehindTheLastLook() {
        Interleavings.assertExplained(Closing.class, Specification.class);
    }

    @Test
    void whateverTheInterleavingNobodyParksBehindARouteThatIsReplaced() {
        Interleavings.assertExplained(Behind.class, Specification.class);
    }

    @Test
    void whateverTheInterleavingNoMoreBytesAreParkedOnTheNodeThanMayAndNoRoomIsLost() {
        Interleavings.assertValid(OverTheSlots.class);
    }

    @Test
    void closingWithoutTheLockIsRefused() {
        Interleavings.assertRefused(ClosingBroken.class, Specification.class);
    }

    /** The same operations without threads. */
    public static class Specification {
        private final List<Integer> parked = new ArrayList<>();
        private boolean open = true;
        private int route;

        public String park(int sequence) {
            return open ? add(sequence) : "CLOSED";
        }

        public String parkBehind(int broken, int sequence) {
            return route == broken ? add(sequence) : "CLOSED";
        }

        public String takeBack(int sequence) {
            return add(sequence);
        }

        private String add(int sequence) {
            if (parked.size() == CAPACITY) {
                return "FULL";
            }
            parked.add(sequence);
            parked.sort(null);
            return "PARKED";
        }

        public List<Integer> take(int atMost) {
            List<Integer> first = parked.subList(0, Math.min(atMost, parked.size()));
            List<Integer> taken = List.copyOf(first);
            first.clear();
            return taken;
        }

        public void open() {
            open = true;
        }

        public void route(int next) {
            route = next;
        }

        public boolean closeIfEmpty(int next) {
            if (parked.isEmpty()) {
                open = false;
                route = next;
                return true;
            }
            return false;
        }

        public int size() {
            return parked.size();
        }
    }

    private static final List<Route> ROUTES = List.of(new Route.Parking(), new Route.Local(), new Route.Local());

    /** What both searches do. */
    abstract static class Parked {
        final ParkedMessages parked =
                new ParkedMessages(CAPACITY, Long.MAX_VALUE, new AtomicLong(), Guards.STRICT, new RemovedPeers());
        final Slot slot = new Slot(Samples.shard(0), parked);

        Parked() {
            slot.route(ROUTES.get(0));
        }

        @Operation(nonParallelGroup = "kernel")
        public List<Integer> take(@Param(gen = IntGen.class, conf = "1:3") int atMost) {
            return parked.take(atMost).stream().map(e -> (int) e.sequence()).toList();
        }

        @Operation(nonParallelGroup = "kernel")
        public boolean closeIfEmpty(@Param(gen = IntGen.class, conf = "1:2") int next) {
            return parked.closeIfEmpty(() -> slot.route(ROUTES.get(next)));
        }
    }

    /** Senders park and connections bring back, the kernel opens and closes. */
    public static class Closing extends Parked {
        @Operation
        public String park(@Param(gen = IntGen.class, conf = "1:9") int sequence) {
            return parked.park(envelope(0, sequence)).name();
        }

        @Operation
        public String takeBack(@Param(gen = IntGen.class, conf = "1:9") int sequence) {
            return parked.takeBack(envelope(0, sequence)).name();
        }

        @Operation(nonParallelGroup = "kernel")
        public void open() {
            parked.open();
        }
    }

    /** Senders have found one of two routes broken, the kernel replaces it. */
    public static class Behind extends Parked {
        @Operation
        public String parkBehind(
                @Param(gen = IntGen.class, conf = "1:2") int broken,
                @Param(gen = IntGen.class, conf = "1:9") int sequence) {
            return parked.parkBehind(ROUTES.get(broken), slot::route, envelope(0, sequence))
                    .name();
        }

        @Operation(nonParallelGroup = "kernel")
        public void route(@Param(gen = IntGen.class, conf = "0:2") int next) {
            slot.route(ROUTES.get(next));
        }

        @Operation
        public int size() {
            return parked.size();
        }
    }

    /** Finding nothing parked, and closing, in two steps. */
    public static class ClosingBroken extends Closing {
        private volatile boolean closed;

        @Override
        public String park(int sequence) {
            return closed ? "CLOSED" : super.park(sequence);
        }

        @Override
        public void open() {
            closed = false;
        }

        @Override
        public boolean closeIfEmpty(int next) {
            if (parked.size() > 0) {
                return false;
            }
            closed = true;
            return true;
        }
    }

    private static Envelope envelope(int shard, int sequence) {
        return new Envelope(Samples.shard(shard), "e", sequence, 0, null, new byte[1]);
    }

    /**
     * Two slots of one table, with room for three messages in both together. One may be refused while another that is
     * refused is still counted, so refusals say little.
     */
    public static class OverTheSlots {
        private static final long BYTES = envelope(0, 1).sizeBytes();

        private static final List<EntitySpec<?>> SPECS =
                List.of(EntitySpec.route(EntityType.of(Samples.TYPE, String.class, new NoCodec()))
                        .shards(2));
        private static final Limits LIMITS = new Limits(1, 100, CAPACITY * BYTES, 1, 1, 1, 1, 1);

        private final RouteTable table = new RouteTable(SPECS, LIMITS, Guards.STRICT);
        private final AtomicInteger accepted = new AtomicInteger();
        private int taken;

        private ParkedMessages parked(int shard) {
            return table.all().get(shard).parked();
        }

        @Operation
        public void park(@Param(gen = IntGen.class, conf = "0:1") int shard) {
            if (parked(shard).park(envelope(shard, 1)) == Parking.PARKED) {
                accepted.incrementAndGet();
            }
        }

        @Operation(nonParallelGroup = "kernel")
        public void take(@Param(gen = IntGen.class, conf = "0:1") int shard) {
            taken += parked(shard).take(1).size();
        }

        @Validate
        public void soManyBytesAreParkedAsMayAndThereIsRoomForAsMany() {
            int left = parked(0).size() + parked(1).size();
            ensure(left <= CAPACITY, left + " messages were parked");
            ensure(left == accepted.get() - taken, "messages were lost or doubled");
            ensure(table.parkedBytes() == left * BYTES, "bytes were counted that are not parked");
        }
    }

    private static final class NoCodec implements MessageCodec<String> {
        @Override
        public byte[] encode(String message) {
            return new byte[0];
        }

        @Override
        public String decode(byte[] bytes, ReplyAddresses replies) {
            return "";
        }

        @Override
        public byte[] encodeReply(Object answer) {
            return new byte[0];
        }

        @Override
        public Object decodeReply(byte[] bytes, String request) {
            return "";
        }
    }
}
