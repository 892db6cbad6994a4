package io.shardhold.internal.shard;

import io.shardhold.cluster.NodeId;
import io.shardhold.config.EntitySpec;
import io.shardhold.config.Limits;
import io.shardhold.entity.Entity;
import io.shardhold.entity.EntityContext;
import io.shardhold.entity.EntityFactory;
import io.shardhold.entity.EntityType;
import io.shardhold.entity.StopReason;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.kernel.Counters;
import io.shardhold.internal.kernel.DataObserver;
import io.shardhold.internal.kernel.RightToServe;
import io.shardhold.internal.protocol.Envelope;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.ShardEpoch;
import io.shardhold.internal.protocol.ShardKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A host of one type of entities that are told what to do by their messages, stepped by hand. */
final class HostFixture {
    static final EntityType<String> TALK = EntityType.of("talk", String.class);
    static final NodeId NEAR = new NodeId("near", "127.0.0.1", 7350, 1);
    private static final long BUDGET_NANOS = 200_000_000;

    /** What entities did, in order: {@code id#instance:message}. */
    final List<String> deeds = new ArrayList<>();

    final FakeTime time = new FakeTime();
    final SteppedExecutor executor = new SteppedExecutor();
    final RecordingPorts ports = new RecordingPorts();
    final Counters counters = new Counters();
    final RightToServe right = new RightToServe(time, BUDGET_NANOS);
    final List<EntityContext<String>> contexts = new ArrayList<>();
    final ShardHost host;
    EntityFactory<String> factory = Talker::new;
    private int instances;
    private long sequence;

    HostFixture() {
        this(Limits.DEFAULT.mailbox(), Limits.DEFAULT.entities());
    }

    HostFixture(int mailbox, int entities) {
        Limits all = Limits.DEFAULT;
        Limits limits = new Limits(
                all.frameBytes(),
                all.parkedPerShard(),
                all.parkedBytes(),
                mailbox,
                all.outboundBytesPerLink(),
                entities,
                all.openAsks(),
                all.members());
        EntitySpec<String> spec =
                EntitySpec.of(TALK, context -> factory.create(context)).shards(4);
        host = new ShardHost(
                List.of(new ShardHost.HostedType(spec, executor)),
                new ShardHost.Resources(limits, right, time, counters, () -> new Random(7), DataObserver.NONE),
                ports);
        gainRight();
    }

    /** Writes down its messages, and does what some of them say. */
    final class Talker implements Entity<String> {
        private final EntityContext<String> context;
        private final String name;

        Talker(EntityContext<String> context) {
            this.context = context;
            name = context.id() + "#" + ++instances;
            contexts.add(context);
        }

        @Override
        public void onMessage(String message) throws Exception {
            deeds.add(name + ":" + message);
            switch (message) {
                case "stop", "stop and fail in the hook" -> context.stop();
                case "fail" -> throw new Exception("told to fail");
                case "overflow" -> overflow(1);
                case "die" -> throw new OutOfMemoryError("told to die");
                case "interrupt" -> Thread.currentThread().interrupt();
                default -> {}
            }
            last = message;
        }

        private String last = "";

        private int overflow(int depth) {
            return depth < 0 ? 0 : depth + overflow(depth + 1);
        }

        @Override
        public void onStop(StopReason reason) throws Exception {
            deeds.add(name + ":" + reason);
            if (last.contains("fail in the hook")) {
                throw new Exception("told to fail in the hook");
            }
        }
    }

    static ShardEpoch shard(int index, int epoch) {
        return new ShardEpoch(new ShardKey("talk", index), new Epoch(1, epoch));
    }

    void gainRight() {
        right.extendTo(time.now().plusNanos(3_600_000_000_000L));
    }

    void loseRight() {
        right.end(time.now());
    }

    Envelope envelope(int shard, String id, String message) {
        return new Envelope(new ShardKey("talk", shard), id, ++sequence, 0, message, null);
    }

    Envelope ask(int shard, String id, String message) {
        return new Envelope(new ShardKey("talk", shard), id, ++sequence, 100 + sequence, message, null);
    }

    ShardHost.Admission tell(String id, String message) {
        return host.deliver(envelope(0, id, message), NEAR);
    }

    long count(Counter counter) {
        return counters.get(counter);
    }
}
