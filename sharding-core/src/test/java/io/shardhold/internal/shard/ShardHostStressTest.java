package io.shardhold.internal.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import io.shardhold.cluster.UndeliveredReason;
import io.shardhold.config.EntitySpec;
import io.shardhold.config.Limits;
import io.shardhold.entity.Entity;
import io.shardhold.entity.EntityContext;
import io.shardhold.entity.EntityRef;
import io.shardhold.entity.EntityType;
import io.shardhold.entity.ReplyAddresses;
import io.shardhold.entity.StopReason;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.kernel.Counters;
import io.shardhold.internal.kernel.DataObserver;
import io.shardhold.internal.kernel.EntityExecutor;
import io.shardhold.internal.kernel.RightToServe;
import io.shardhold.internal.kernel.TimeSource;
import io.shardhold.internal.protocol.Envelope;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.ShardEpoch;
import io.shardhold.internal.protocol.ShardKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Producers against a real pool, while shards stop, are kept, are dropped and open again and the right comes and goes at
 * random. What was accepted must be handled once, or come back once; nothing twice, nothing never, nothing out of order.
 */
class ShardHostStressTest {
    private static final int SHARDS = 3;
    private static final int IDS = 5;
    private static final int PRODUCERS = 3;
    private static final int WORKERS = 4;
    private static final int EACH = 20_000;
    private static final EntityType<Numbered> TYPE = EntityType.of("numbered", Numbered.class);

    record Numbered(int producer, int number, int deed) {}

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

    /** What became of one entity, kept outside of it. */
    private static final class Trace {
        final AtomicInteger inside = new AtomicInteger();
        final int[] lastHandled = new int[PRODUCERS];
        long liveFence = -1;
    }

    private final Map<String, Trace> traces = new TreeMap<>();
    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong handled = new AtomicLong();
    private final AtomicLong leftOver = new AtomicLong();
    private final AtomicLong lostToFactory = new AtomicLong();
    private final Map<ShardEpoch, AtomicInteger> running = new ConcurrentHashMap<>();
    private final Map<ShardEpoch, AtomicInteger> drained = new ConcurrentHashMap<>();
    private final AtomicInteger[][] fates = new AtomicInteger[PRODUCERS][EACH];
    private final Counters counters = new Counters();
    private final RightToServe right = new RightToServe(CLOCK, 200_000_000);
    private final @Nullable ShardEpoch[] current = new ShardEpoch[SHARDS];
    private int epochs;

    private ShardHost host(EntityExecutor executor) {
        Limits all = Limits.DEFAULT;
        Limits limits = new Limits(
                all.frameBytes(),
                all.parkedPerShard(),
                all.parkedBytes(),
                200,
                all.outboundBytesPerLink(),
                SHARDS * IDS - 2,
                all.openAsks(),
                all.members());
        EntitySpec<Numbered> spec =
                EntitySpec.of(TYPE, context -> new Subject(context)).shards(SHARDS);
        return new ShardHost(
                List.of(new ShardHost.HostedType(spec, executor)),
                new ShardHost.Resources(limits, right, CLOCK, counters, Random::new, DataObserver.NONE),
                new Region());
    }

    /** Looks whether it is alone, and sometimes fails or asks to stop. */
    private final class Subject implements Entity<Numbered> {
        private final EntityContext<Numbered> context;
        private final Trace trace;
        private final AtomicInteger inShard;

        Subject(EntityContext<Numbered> context) {
            this.context = context;
            trace = Objects.requireNonNull(traces.get(context.id()));
            inShard = Objects.requireNonNull(running.get(epochOf(context)));
            enter();
            try {
                if (trace.liveFence == context.fence()) {
                    faults.add("two instances of " + context.id() + " under one epoch");
                }
                if (ThreadLocalRandom.current().nextInt(50) == 0) {
                    throw new IllegalStateException("factory");
                }
                trace.liveFence = context.fence();
            } finally {
                leave();
            }
        }

        @Override
        public void onMessage(Numbered message) {
            enter();
            try {
                handled.incrementAndGet();
                fate(message).incrementAndGet();
                if (trace.lastHandled[message.producer()] >= message.number()) {
                    faults.add("out of order: " + message + " after " + trace.lastHandled[message.producer()]);
                }
                trace.lastHandled[message.producer()] = message.number();
                if (message.deed() == 0) {
                    trace.liveFence = -1;
                    throw new IllegalStateException("handler");
                }
                if (message.deed() == 1) {
                    context.stop();
                }
            } finally {
                leave();
            }
        }

        @Override
        public void onStop(StopReason reason) {
            enter();
            trace.liveFence = -1;
            leave();
        }

        private void enter() {
            inShard.incrementAndGet();
            if (trace.inside.incrementAndGet() != 1) {
                faults.add("two at once in " + context.id());
            }
        }

        private void leave() {
            trace.inside.decrementAndGet();
            inShard.decrementAndGet();
        }
    }

    private static ShardEpoch epochOf(EntityContext<Numbered> context) {
        int shard = context.id().charAt(0) - '0';
        return new ShardEpoch(
                new ShardKey("numbered", shard), new Epoch(1, (int) (context.fence() & Epoch.MAX_SEQUENCE)));
    }

    private AtomicInteger fate(Numbered message) {
        return fates[message.producer()][message.number() - 1];
    }

    private final class Region implements ShardHost.Ports {
        @Override
        public void onDrained(ShardEpoch shard) {
            if (Objects.requireNonNull(running.get(shard)).get() != 0) {
                faults.add("drained while a handler runs: " + shard);
            }
            Objects.requireNonNull(drained.get(shard)).incrementAndGet();
        }

        @Override
        public void onLeftOver(Envelope envelope, NodeId sender) {
            leftOver.incrementAndGet();
            fate((Numbered) Objects.requireNonNull(envelope.message())).incrementAndGet();
        }

        @Override
        public void onAskFailed(NodeId asker, long askId, UndeliveredReason reason, String detail) {
            faults.add("no asks here: " + reason);
        }

        @Override
        public ReplyAddresses replies() {
            return new RecordingPorts().replies();
        }

        @Override
        public <M> EntityRef<M> entityRef(EntityType<M> type, String id) {
            return new RecordingPorts.Ref<>(type, id);
        }

        @Override
        public void publish(ClusterEvent event) {
            if (event instanceof ClusterEvent.Undelivered undelivered
                    && undelivered.reason() == UndeliveredReason.FACTORY_FAILED) {
                lostToFactory.incrementAndGet();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void whatIsAcceptedIsHandledOnceOrComesBackOnce(long seed) throws Exception {
        for (AtomicInteger[] row : fates) {
            for (int i = 0; i < EACH; i++) {
                row[i] = new AtomicInteger();
            }
        }
        for (int shard = 0; shard < SHARDS; shard++) {
            for (int id = 0; id < IDS; id++) {
                traces.put(shard + "-" + id, new Trace());
            }
        }
        ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
        ExecutorService producers = Executors.newFixedThreadPool(PRODUCERS);
        try {
            ShardHost host = host(task -> workers.execute(() -> {
                while (task.begin()) {
                    task.run();
                    task.end();
                }
            }));
            List<Future<?>> producing = new ArrayList<>();
            for (int p = 0; p < PRODUCERS; p++) {
                int producer = p;
                producing.add(producers.submit(() -> produce(host, producer, new Random(seed * 31 + producer))));
            }
            Random random = new Random(seed);
            right.extendTo(CLOCK.now().plusNanos(3_600_000_000_000L));
            while (producing.stream().anyMatch(one -> !one.isDone())) {
                disturb(host, random);
            }
            for (Future<?> one : producing) {
                one.get();
            }
            assertEverythingEnds(host);
        } finally {
            producers.shutdownNow();
            workers.shutdownNow();
        }
    }

    private void produce(ShardHost host, int producer, Random random) {
        for (int number = 1; number <= EACH; number++) {
            int shard = random.nextInt(SHARDS);
            Numbered message = new Numbered(producer, number, random.nextInt(100));
            Envelope envelope = new Envelope(
                    new ShardKey("numbered", shard), shard + "-" + random.nextInt(IDS), number, 0, message, null);
            ShardHost.Admission admission = host.deliver(envelope, HostFixture.NEAR);
            for (int tries = 0; admission == ShardHost.Admission.NOT_HOSTED && tries < 200; tries++) {
                Thread.onSpinWait();
                admission = host.deliver(envelope, HostFixture.NEAR);
            }
            if (admission == ShardHost.Admission.ACCEPTED) {
                accepted.incrementAndGet();
                fate(message).addAndGet(1 << 16);
            } else if (admission == ShardHost.Admission.REFUSED) {
                refused.incrementAndGet();
            }
        }
    }

    /** The kernel's thread: one deed. */
    private void disturb(ShardHost host, Random random) {
        int shard = random.nextInt(SHARDS);
        ShardEpoch here = current[shard];
        if (here == null || Objects.requireNonNull(drained.get(here)).get() > 0) {
            open(host, shard);
            return;
        }
        switch (random.nextInt(8)) {
            case 0, 1 -> host.stop(here, StopReason.HAND_OFF, true);
            case 2, 3 -> host.keep(here);
            case 4 -> host.stop(here, StopReason.HAND_OFF, false);
            case 5 -> right.end(CLOCK.now());
            default -> {
                right.extendTo(CLOCK.now().plusNanos(3_600_000_000_000L));
                host.wake();
            }
        }
        for (int spin = random.nextInt(20_000); spin > 0; spin--) {
            Thread.onSpinWait();
        }
    }

    private void open(ShardHost host, int shard) {
        ShardEpoch next = new ShardEpoch(new ShardKey("numbered", shard), new Epoch(1, ++epochs));
        running.put(next, new AtomicInteger());
        drained.put(next, new AtomicInteger());
        current[shard] = next;
        host.open(next);
    }

    private void assertEverythingEnds(ShardHost host) {
        right.extendTo(CLOCK.now().plusNanos(3_600_000_000_000L));
        host.wake();
        host.stopAll(StopReason.LEAVING, true);
        await().alias("all drained").atMost(Duration.ofSeconds(30)).until(host::isSilent);
        assertThat(faults).isEmpty();
        assertThat(host.entities()).isZero();
        drained.forEach((shard, times) -> assertThat(times).as(shard.toString()).hasValue(1));
        for (int p = 0; p < PRODUCERS; p++) {
            for (int i = 0; i < EACH; i++) {
                int fate = Objects.requireNonNull(fates[p][i]).get();
                assertThat(fate & 0xffff).as("p" + p + " " + (i + 1)).isLessThanOrEqualTo(fate >> 16);
            }
        }
        assertThat(handled.get() + leftOver.get() + lostToFactory.get()).isEqualTo(accepted.get());
        assertThat(counters.get(Counter.MESSAGES_HANDLED)).isEqualTo(handled.get());
        assertThat(counters.get(Counter.MESSAGES_UNDELIVERED)).isEqualTo(refused.get() + lostToFactory.get());
        assertThat(counters.get(Counter.ENTITIES_STARTED)).isEqualTo(counters.get(Counter.ENTITIES_STOPPED));
        assertThat(counters.get(Counter.SHARDS_STARTED)).isEqualTo(counters.get(Counter.SHARDS_STOPPED));
        assertThat(handled.get()).as("the test does something").isPositive();
    }
}
