package io.shardhold.internal.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import io.shardhold.cluster.UndeliveredReason;
import io.shardhold.config.EntitySpec;
import io.shardhold.config.Limits;
import io.shardhold.entity.Entity;
import io.shardhold.entity.EntityRef;
import io.shardhold.entity.EntityType;
import io.shardhold.entity.ReplyAddresses;
import io.shardhold.entity.StopReason;
import io.shardhold.internal.kernel.Counters;
import io.shardhold.internal.kernel.DataObserver;
import io.shardhold.internal.kernel.Moment;
import io.shardhold.internal.kernel.RightToServe;
import io.shardhold.internal.kernel.TimeSource;
import io.shardhold.internal.protocol.Envelope;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.ShardEpoch;
import io.shardhold.internal.protocol.ShardKey;
import io.shardhold.internal.shard.ShardHost.Admission;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Many short lives of one shard, each with few messages, so that stops, keeps and wakes meet the very moments at which
 * entities go idle, suspend themselves or are gone.
 */
class StopRaceTest {
    private static final EntityType<String> TYPE = EntityType.of("talk", String.class);
    private static final ShardKey SHARD = new ShardKey("talk", 0);
    private static final int ROUNDS = 10_000;

    private final ExecutorService workers = Executors.newFixedThreadPool(2);
    private final ExecutorService producer = Executors.newSingleThreadExecutor();
    private final AtomicInteger handled = new AtomicInteger();
    private final AtomicInteger leftOver = new AtomicInteger();
    private final AtomicInteger stopped = new AtomicInteger();
    private final AtomicInteger drained = new AtomicInteger();
    private final StillTime clock = new StillTime();
    private final RightToServe right = new RightToServe(clock, 1_000_000);
    private final Random random = new Random(42);
    private final ShardHost host = new ShardHost(
            List.of(new ShardHost.HostedType(
                    EntitySpec.of(TYPE, context -> new Entity<>() {
                                @Override
                                public void onMessage(String message) {
                                    handled.incrementAndGet();
                                }

                                @Override
                                public void onStop(StopReason reason) {
                                    stopped.incrementAndGet();
                                }
                            })
                            .shards(1),
                    task -> workers.execute(() -> {
                        while (task.begin()) {
                            task.run();
                            task.end();
                        }
                    }))),
            new ShardHost.Resources(Limits.DEFAULT, right, clock, new Counters(), Random::new, DataObserver.NONE),
            new Region());

    /** Time stands still: the right is what is set, no more. */
    private static final class StillTime implements TimeSource {
        @Override
        public long monoNanos() {
            return 0;
        }

        @Override
        public long wallMillis() {
            return 0;
        }
    }

    private final class Region implements ShardHost.Ports {
        @Override
        public void onDrained(ShardEpoch shard) {
            drained.incrementAndGet();
        }

        @Override
        public void onLeftOver(Envelope envelope, NodeId sender) {
            leftOver.incrementAndGet();
        }

        @Override
        public void onAskFailed(NodeId asker, long askId, UndeliveredReason reason, String detail) {}

        @Override
        public ReplyAddresses replies() {
            return new RecordingPorts().replies();
        }

        @Override
        public <M> EntityRef<M> entityRef(EntityType<M> type, String id) {
            return new RecordingPorts.Ref<>(type, id);
        }

        @Override
        public void publish(ClusterEvent event) {}
    }

    @AfterEach
    void endPools() {
        workers.shutdownNow();
        producer.shutdownNow();
    }

    private void gainRight() {
        right.extendTo(new Moment(3_600_000_000_000L, 3_600_000L));
    }

    private ShardEpoch open(int round) {
        ShardEpoch shard = new ShardEpoch(SHARD, new Epoch(1, round + 1));
        host.open(shard);
        return shard;
    }

    private int deliver(String id) {
        Envelope envelope = new Envelope(SHARD, id, 1, 0, "hello", null);
        Admission admission = host.deliver(envelope, HostFixture.NEAR);
        return admission == Admission.ACCEPTED ? 1 : 0;
    }

    private void pause() {
        for (int spin = random.nextInt(400); spin > 0; spin--) {
            Thread.onSpinWait();
        }
    }

    private void awaitDrained(int times, String what) {
        long start = System.nanoTime();
        while (drained.get() < times && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(10)) {
            Thread.onSpinWait();
        }
        assertThat(drained).as("drained after " + what).hasValue(times);
        assertThat(host.entities()).as("entities after " + what).isZero();
    }

    @Test
    void anOrderlyStopAlwaysDrainsAndHandlesEverything() {
        gainRight();
        int accepted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            ShardEpoch shard = open(round);
            accepted += deliver("a");
            pause();
            accepted += deliver("b");
            pause();
            host.stop(shard, StopReason.HAND_OFF, true);
            awaitDrained(round + 1, "round " + round);
            assertThat(handled).as("round " + round).hasValue(accepted);
            assertThat(stopped).as("each entity stops once").hasValue(2 * (round + 1));
        }
    }

    @Test
    void aShardThatIsKeptAcceptsAndOneThatIsNotHasDrained() {
        gainRight();
        int accepted = 0;
        int kept = 0;
        for (int round = 0; round < ROUNDS; round++) {
            ShardEpoch shard = open(round);
            accepted += deliver("a");
            pause();
            host.stop(shard, StopReason.HAND_OFF, true);
            pause();
            if (host.keep(shard)) {
                kept++;
                int more = deliver("a");
                assertThat(more).as("kept in round " + round).isEqualTo(1);
                accepted += more;
                pause();
                assertThat(drained).as("kept in round " + round).hasValue(round);
                host.stop(shard, StopReason.HAND_OFF, true);
            }
            awaitDrained(round + 1, "round " + round);
            assertThat(handled).as("round " + round).hasValue(accepted);
        }
        assertThat(kept).as("the test does something").isPositive();
    }

    @Test
    void aDisorderlyStopAlwaysDrainsAndGivesBackTheRest() {
        gainRight();
        int accepted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            ShardEpoch shard = open(round);
            accepted += deliver("a") + deliver("a") + deliver("b");
            pause();
            if (random.nextBoolean()) {
                host.stop(shard, StopReason.HAND_OFF, true);
                pause();
            }
            host.stop(shard, StopReason.HAND_OFF, false);
            awaitDrained(round + 1, "round " + round);
            assertThat(handled.get() + leftOver.get()).as("round " + round).isEqualTo(accepted);
        }
        assertThat(leftOver).hasPositiveValue();
        assertThat(handled).hasPositiveValue();
    }

    @Test
    void aStopAmidDeliveriesLosesNothing() throws Exception {
        gainRight();
        AtomicInteger accepted = new AtomicInteger();
        AtomicInteger goOn = new AtomicInteger(1);
        var producing = producer.submit(() -> {
            for (int i = 0; goOn.get() == 1; i++) {
                accepted.addAndGet(deliver("a" + i % 3));
            }
        });
        for (int round = 0; round < ROUNDS; round++) {
            ShardEpoch shard = open(round);
            pause();
            host.stop(shard, StopReason.HAND_OFF, random.nextBoolean());
            if (random.nextBoolean() && host.keep(shard)) {
                pause();
                host.stop(shard, StopReason.HAND_OFF, random.nextBoolean());
            }
            awaitDrained(round + 1, "round " + round);
        }
        goOn.set(0);
        producing.get();
        assertThat(handled.get() + leftOver.get()).isEqualTo(accepted.get());
    }

    @Test
    void aWakeIsNeverLost() {
        int accepted = 0;
        ShardEpoch shard = open(0);
        for (int round = 0; round < ROUNDS; round++) {
            right.end(clock.now());
            accepted += deliver("a") + deliver("b");
            pause();
            gainRight();
            host.wake();
            long start = System.nanoTime();
            while (handled.get() < accepted && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(10)) {
                Thread.onSpinWait();
            }
            assertThat(handled).as("round " + round).hasValue(accepted);
        }
        host.stop(shard, StopReason.HAND_OFF, true);
        awaitDrained(1, "the last round");
    }
}
