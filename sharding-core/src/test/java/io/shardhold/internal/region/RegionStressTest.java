package io.shardhold.internal.region;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import io.shardhold.config.EntitySpec;
import io.shardhold.config.Limits;
import io.shardhold.config.Timings;
import io.shardhold.entity.Entity;
import io.shardhold.entity.EntityContext;
import io.shardhold.entity.EntityRef;
import io.shardhold.entity.EntityType;
import io.shardhold.entity.MessageCodec;
import io.shardhold.entity.ReplyAddresses;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.kernel.Counters;
import io.shardhold.internal.kernel.DataObserver;
import io.shardhold.internal.kernel.EntityExecutor;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.KernelObserver;
import io.shardhold.internal.kernel.NodeKernel;
import io.shardhold.internal.kernel.RightToServe;
import io.shardhold.internal.kernel.Samples;
import io.shardhold.internal.kernel.SeededChance;
import io.shardhold.internal.kernel.TimeSource;
import io.shardhold.internal.kernel.Transport;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.CoordinatorMessage;
import io.shardhold.internal.protocol.DataMessage;
import io.shardhold.internal.protocol.Envelope;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.Placement;
import io.shardhold.internal.protocol.RegionMessage;
import io.shardhold.internal.protocol.ShardEpoch;
import io.shardhold.internal.protocol.ShardKey;
import io.shardhold.internal.protocol.ShardMove;
import io.shardhold.internal.protocol.Term;
import io.shardhold.internal.shard.ShardHost;
import io.shardhold.internal.signal.Signal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two whole regions under real threads, which the simulation cannot have: callers on both, a kernel's thread each, a pool
 * of workers, a thread per direction of the wire, and the test as coordinator, which moves shards to and fro in any order
 * of directive and map that the protocol allows, and breaks links with messages on them. Whatever is told is handled
 * once, and in order per caller and entity.
 */
class RegionStressTest {
    private static final int SHARDS = 3;
    private static final int ENTITIES = 6;
    private static final int CALLERS = 3;
    private static final int EACH = 25_000;
    private static final int UNDER_WAY = 2_000;
    private static final NodeId COORDINATOR = Samples.node("c");
    /** A broken link comes back after this time; the transport's own takes at least as long. */
    private static final long BACKOFF_NANOS = 50_000_000L;

    private static final Term TERM = Samples.term(7, COORDINATOR);
    private static final Timings TIMINGS = new Timings(
            Duration.ofMillis(500),
            Duration.ofSeconds(3),
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            Duration.ofMillis(400),
            Duration.ZERO,
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofMillis(5),
            Duration.ofSeconds(60),
            Duration.ofMillis(2),
            Duration.ofSeconds(1));

    record Numbered(int caller, int number) {}

    private static final MessageCodec<Numbered> CODEC = new MessageCodec<>() {
        @Override
        public byte[] encode(Numbered message) {
            return ByteBuffer.allocate(8)
                    .putInt(message.caller())
                    .putInt(message.number())
                    .array();
        }

        @Override
        public Numbered decode(byte[] bytes, ReplyAddresses replies) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            return new Numbered(buffer.getInt(), buffer.getInt());
        }

        @Override
        public byte[] encodeReply(Object answer) {
            return new byte[0];
        }

        @Override
        public Object decodeReply(byte[] bytes, Numbered request) {
            return request;
        }
    };

    private static final EntityType<Numbered> TYPE = EntityType.of("numbered", Numbered.class, CODEC);

    private static final TimeSource CLOCK = new TimeSource() {
        @Override
        public long monoNanos() {
            return System.nanoTime();
        }

        @Override
        public long wallMillis() {
            return System.currentTimeMillis();
        }
    };

    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private final AtomicLong told = new AtomicLong();
    private final AtomicLong handled = new AtomicLong();
    private final AtomicLong undelivered = new AtomicLong();
    private final AtomicIntegerArray times = new AtomicIntegerArray(CALLERS * EACH);
    private final Map<String, AtomicIntegerArray> lastHandled = new TreeMap<>();
    private final Map<String, AtomicInteger> inside = new TreeMap<>();
    private final Queue<CoordinatorMessage> toCoordinator = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile boolean over;

    /** Sees whether it is alone, and whether the messages of each caller rise. */
    private final class Subject implements Entity<Numbered> {
        private final String id;

        Subject(EntityContext<Numbered> context) {
            id = context.id();
        }

        @Override
        public void onMessage(Numbered message) {
            AtomicInteger here = Objects.requireNonNull(inside.get(id));
            if (here.incrementAndGet() != 1) {
                faults.add("two at once in " + id);
            }
            int before = Objects.requireNonNull(lastHandled.get(id)).getAndSet(message.caller(), message.number());
            if (before >= message.number()) {
                faults.add(id + ": " + message + " after " + before);
            }
            times.incrementAndGet(message.caller() * EACH + message.number() - 1);
            handled.incrementAndGet();
            here.decrementAndGet();
        }
    }

    /** One direction of the wire: in order, until it breaks and returns what had not been delivered. */
    private final class Wire {
        private final Member from;
        private final Deque<DataMessage> queue = new ArrayDeque<>();
        private @Nullable Member to;
        private boolean up = true;
        private volatile long upAgainNanos = System.nanoTime();
        private boolean delivering;

        Wire(Member from) {
            this.from = from;
        }

        /** What is sent back is never refused, because that would be reported and not kept. */
        synchronized Transport.SendResult send(DataMessage message) {
            if (System.nanoTime() - upAgainNanos >= 0) {
                up = true;
            }
            if (!up && !(message instanceof DataMessage.Bounce)) {
                return Transport.SendResult.NO_LINK;
            }
            queue.add(message);
            notifyAll();
            return Transport.SendResult.QUEUED;
        }

        /** The thread of the connection. */
        void deliver() {
            try {
                DataMessage next = take();
                while (next != null) {
                    Objects.requireNonNull(to).region.onData(from.id, overTheWire(next));
                    next = take();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private synchronized @Nullable DataMessage take() throws InterruptedException {
            delivering = false;
            notifyAll();
            while (queue.isEmpty() && !over) {
                wait(1);
            }
            delivering = !queue.isEmpty();
            return queue.poll();
        }

        private DataMessage overTheWire(DataMessage message) {
            if (message instanceof Envelope near) {
                return new Envelope(near.shard(), near.entityId(), near.sequence(), near.askId(), null, near.payload());
            }
            return message;
        }

        private synchronized boolean isQuiet() {
            return !delivering && queue.stream().noneMatch(m -> m instanceof DataMessage.Bounce);
        }

        /**
         * Breaks the link. What came back over the other direction arrives first: a lost link is taken for the marker's
         * answer, and order is not promised for what is on its way back then.
         */
        void breakDown() throws InterruptedException {
            List<DataMessage> unsent = new ArrayList<>();
            synchronized (this) {
                up = false;
                upAgainNanos = System.nanoTime() + Long.MAX_VALUE / 2;
                queue.stream().filter(m -> !(m instanceof DataMessage.Bounce)).forEach(unsent::add);
                queue.removeAll(unsent);
                while (delivering) {
                    wait(1);
                }
            }
            long limit = System.nanoTime() + Duration.ofSeconds(5).toNanos();
            while (!Objects.requireNonNull(to).wire.isQuiet()) {
                LockSupport.parkNanos(1_000);
                if (System.nanoTime() > limit) {
                    faults.add("the wire never falls quiet");
                    break;
                }
            }
            from.region.onDataLinkLost(Objects.requireNonNull(to).id, unsent, 0);
            upAgainNanos = System.nanoTime() + BACKOFF_NANOS;
        }
    }

    /** A region with its kernel. */
    private final class Member {
        final NodeId id;
        final Wire wire = new Wire(this);
        final Counters counters = new Counters();
        final ShardRegion region;
        final NodeKernel kernel;
        /** What this member is told of the map, later and in order. */
        final Deque<Runnable> news = new ArrayDeque<>();

        private @Nullable Member other;

        Member(String name, EntityExecutor executor) {
            id = Samples.node(name);
            RightToServe right = new RightToServe(CLOCK, 0);
            right.extendTo(CLOCK.now().plusNanos(Duration.ofHours(1).toNanos()));
            EntitySpec<Numbered> spec = EntitySpec.of(TYPE, Subject::new).shards(SHARDS);
            region = new ShardRegion(new ShardRegion.Parts(
                    List.of(spec),
                    List.of(new ShardHost.HostedType(spec, executor)),
                    TIMINGS,
                    Limits.DEFAULT,
                    Guards.STRICT,
                    CLOCK,
                    right,
                    transport(),
                    counters,
                    Random::new,
                    Runnable::run,
                    this::onEvent,
                    DataObserver.NONE));
            LaterKernel later = new LaterKernel();
            kernel = new NodeKernel(
                    id,
                    new NodeKernel.Ports(
                            CLOCK,
                            new SeededChance(1),
                            transport(),
                            counters,
                            null,
                            this::onEvent,
                            KernelObserver.NONE),
                    List.of(region.begin(id, later::offer)));
            later.target = kernel;
        }

        private Transport transport() {
            return new Transport() {
                @Override
                public void send(NodeId to, ControlMessage message) {
                    if (message instanceof CoordinatorMessage answer) {
                        toCoordinator.add(answer);
                    } else {
                        Objects.requireNonNull(other).kernel.offer(id, message);
                    }
                }

                @Override
                public void sendToAddress(String address, ControlMessage message) {}

                @Override
                public void drop(NodeId peer) {}

                @Override
                public SendResult sendData(NodeId to, DataMessage message) {
                    return wire.send(message);
                }
            };
        }

        private void onEvent(ClusterEvent event) {
            if (event instanceof ClusterEvent.Undelivered lost) {
                undelivered.incrementAndGet();
                faults.add(lost.toString());
            } else if (event instanceof ClusterEvent.MachineFault || event instanceof ClusterEvent.EntityFailed) {
                faults.add(event.toString());
            }
        }

        void learn(MapValue... values) {
            news.add(() -> kernel.offer(new Signal.MapChanged(List.of(values), List.of())));
        }

        void direct(ControlMessage directive) {
            kernel.offer(COORDINATOR, directive);
        }

        /** The kernel's thread. */
        void runKernel() {
            while (!over) {
                if (!kernel.step()) {
                    LockSupport.parkNanos(20_000);
                }
            }
        }
    }

    /** The kernel of a region, which is made after it. */
    private static final class LaterKernel {
        private volatile @Nullable NodeKernel target;

        void offer(Signal signal) {
            Objects.requireNonNull(target, "signalled before the kernel was there")
                    .offer(signal);
        }
    }

    /** Where a shard is, as its coordinator knows it. */
    private static final class Lot {
        final ShardKey shard;
        int home;
        Epoch epoch;

        @Nullable
        Epoch next;

        Lot(int index, Epoch epoch) {
            this.shard = new ShardKey("numbered", index);
            this.home = index % 2;
            this.epoch = epoch;
        }
    }

    private final List<Member> members = new ArrayList<>();
    private final List<Lot> lots = new ArrayList<>();
    private int epochs;

    private Epoch nextEpoch() {
        return new Epoch(7, ++epochs);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void whatIsToldIsHandledOnceAndInOrderWhereverTheShardGoes(long seed) throws Exception {
        for (int i = 0; i < ENTITIES; i++) {
            lastHandled.put("e" + i, new AtomicIntegerArray(CALLERS));
            inside.put("e" + i, new AtomicInteger());
        }
        ExecutorService workers = Executors.newFixedThreadPool(2);
        try {
            EntityExecutor executor = task -> workers.execute(() -> {
                while (task.begin()) {
                    task.run();
                    task.end();
                }
            });
            start(new Member("a", executor), new Member("b", executor));
            List<Future<?>> calling = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                int number = caller;
                calling.add(threads.submit(() -> call(number, new Random(seed * 31 + number))));
            }
            Random random = new Random(seed);
            while (calling.stream().anyMatch(one -> !one.isDone()) && faults.isEmpty()) {
                disturb(random);
            }
            for (Future<?> one : calling) {
                one.get();
            }
            assertEverythingArrives(random);
        } finally {
            over = true;
            threads.shutdown();
            workers.shutdown();
        }
    }

    private void start(Member a, Member b) {
        a.other = b;
        b.other = a;
        a.wire.to = b;
        b.wire.to = a;
        members.addAll(List.of(a, b));
        for (Member member : members) {
            member.kernel.offer(new Signal.ClusterEntered(Samples.CLUSTER));
            member.kernel.offer(new Signal.RightChanged(true));
            member.learn(Samples.up(a.id, 1), Samples.up(b.id, 2), Samples.up(COORDINATOR, 3));
            threads.execute(member::runKernel);
            threads.execute(member.wire::deliver);
        }
        for (int i = 0; i < SHARDS; i++) {
            Lot lot = new Lot(i, nextEpoch());
            lots.add(lot);
            placed(lot);
        }
    }

    /** A caller's thread: at most so many messages under way, so that nothing is refused for want of room. */
    private void call(int caller, Random random) {
        Member member = members.get(caller % 2);
        List<EntityRef<Numbered>> refs = new ArrayList<>();
        for (int i = 0; i < ENTITIES; i++) {
            refs.add(member.region.entityRef(TYPE, "e" + i));
        }
        for (int number = 1; number <= EACH && faults.isEmpty(); number++) {
            while (told.get() - handled.get() > UNDER_WAY && faults.isEmpty()) {
                Thread.onSpinWait();
            }
            told.incrementAndGet();
            refs.get(random.nextInt(ENTITIES)).tell(new Numbered(caller, number));
        }
    }

    // ---- the coordinator ---------------------------------------------------------------------------------------

    private void placed(Lot lot) {
        NodeId home = members.get(lot.home).id;
        MapValue placement = new MapValue.PlacementEntry(lot.shard, new Placement(home, lot.epoch));
        members.forEach(member -> member.learn(placement));
        members.get(lot.home).direct(new RegionMessage.HostShards(TERM, List.of(here(lot))));
    }

    private static ShardEpoch here(Lot lot) {
        return new ShardEpoch(lot.shard, lot.epoch);
    }

    private void begin(Lot lot, Random random) {
        Epoch next = nextEpoch();
        lot.next = next;
        Member owner = members.get(lot.home);
        Member target = members.get(1 - lot.home);
        boolean announced = random.nextInt(3) > 0;
        for (Member member : members) {
            if (announced || random.nextBoolean()) {
                member.direct(new RegionMessage.BeginHandOff(TERM, List.of(here(lot))));
            }
        }
        Placement moving = new Placement(owner.id, lot.epoch, new Placement.Move(target.id, next));
        members.forEach(member -> member.learn(new MapValue.PlacementEntry(lot.shard, moving)));
        owner.direct(new RegionMessage.HandOff(TERM, List.of(new ShardMove(here(lot), target.id, next))));
    }

    /** The owner has stopped, or the target has started: the next placement is on a quorum. */
    private void end(ShardEpoch claim, boolean asTarget) {
        for (Lot lot : lots) {
            Epoch next = lot.next;
            boolean due = next != null && (asTarget ? next : lot.epoch).equals(claim.epoch());
            if (due && next != null && lot.shard.equals(claim.shard())) {
                lot.home = 1 - lot.home;
                lot.epoch = next;
                lot.next = null;
                placed(lot);
            }
        }
    }

    private void listen() {
        for (CoordinatorMessage said = toCoordinator.poll(); said != null; said = toCoordinator.poll()) {
            if (said instanceof CoordinatorMessage.ShardsStopped stopped) {
                stopped.shards().forEach(shard -> end(shard, false));
                members.forEach(m -> m.direct(new RegionMessage.StopAcknowledged(TERM, stopped.shards())));
            } else if (said instanceof CoordinatorMessage.ShardsHosted hosted) {
                hosted.shards().forEach(shard -> end(shard, true));
            } else if (said instanceof CoordinatorMessage.ShardKept kept) {
                faults.add(kept.toString());
            }
        }
    }

    private void spread(Random random) {
        for (Member member : members) {
            while (!member.news.isEmpty() && random.nextInt(4) > 0) {
                member.news.remove().run();
            }
        }
    }

    private void disturb(Random random) throws InterruptedException {
        listen();
        spread(random);
        Lot lot = lots.get(random.nextInt(SHARDS));
        if (lot.next == null && random.nextInt(3) == 0) {
            begin(lot, random);
        }
        if (random.nextInt(100) == 0) {
            members.get(random.nextInt(2)).wire.breakDown();
        }
        LockSupport.parkNanos(random.nextInt(300_000));
    }

    private void assertEverythingArrives(Random random) {
        long limit = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (handled.get() < told.get() && faults.isEmpty() && System.nanoTime() < limit) {
            listen();
            spread(random);
            LockSupport.parkNanos(100_000);
        }
        assertThat(faults).isEmpty();
        assertThat(handled.get()).as("handled of what was told").isEqualTo(told.get());
        for (int i = 0; i < CALLERS * EACH; i++) {
            assertThat(times.get(i)).as("message %s", i).isEqualTo(1);
        }
        assertThat(undelivered.get()).isZero();
        for (Member member : members) {
            assertThat(member.counters.get(Counter.MESSAGES_PARKED))
                    .as("the test does something")
                    .isPositive();
            assertThat(member.region.parked()).isZero();
        }
    }
}
