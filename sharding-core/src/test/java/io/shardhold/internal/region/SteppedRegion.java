package io.shardhold.internal.region;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.Member;
import io.shardhold.cluster.MemberStatus;
import io.shardhold.cluster.NodeId;
import io.shardhold.config.EntitySpec;
import io.shardhold.config.Limits;
import io.shardhold.config.Timings;
import io.shardhold.entity.EntityRef;
import io.shardhold.entity.EntityType;
import io.shardhold.entity.MessageCodec;
import io.shardhold.entity.ReplyAddresses;
import io.shardhold.internal.kernel.Counters;
import io.shardhold.internal.kernel.DataObserver;
import io.shardhold.internal.kernel.EntityTask;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.Machine;
import io.shardhold.internal.kernel.RecordedTurn;
import io.shardhold.internal.kernel.RightToServe;
import io.shardhold.internal.kernel.Transport;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.DataMessage;
import io.shardhold.internal.protocol.Envelope;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.Placement;
import io.shardhold.internal.protocol.ShardEpoch;
import io.shardhold.internal.protocol.ShardKey;
import io.shardhold.internal.protocol.Term;
import io.shardhold.internal.shard.ShardHost;
import io.shardhold.internal.signal.Signal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The region of one node with four shards, its kernel, its workers and its links moved by hand. One thread. */
final class SteppedRegion {
    static final NodeId SELF = new NodeId("n1", "n1", 1, 1);
    static final NodeId COORDINATOR = new NodeId("n2", "n2", 1, 1);
    static final NodeId HOME = new NodeId("n3", "n3", 1, 1);
    static final int SHARDS = 4;
    private static final long CLUSTER = 1;

    /** What the entities were told, in order. */
    final List<String> handled = new ArrayList<>();

    /** What was sent home, in order; only while a link is there. */
    final List<String> sentHome = new ArrayList<>();

    /** Signals of the data plane that the kernel has not taken up. */
    final Deque<Signal> waiting = new ArrayDeque<>();

    final List<ClusterEvent> events = new ArrayList<>();
    final Deque<EntityTask> tasks = new ArrayDeque<>();
    final RecordedTurn turn = new RecordedTurn(SELF);
    final EntityType<String> type = EntityType.of("talk", String.class, new Texts());
    final ShardRegion region;
    final Machine machine;
    boolean linked = true;
    private @Nullable Runnable whileEncoding;
    private String slowMessage = "";

    SteppedRegion() {
        EntitySpec<String> spec = EntitySpec.of(type, context -> handled::add).shards(SHARDS);
        RightToServe right = new RightToServe(turn, 200_000_000L);
        right.extendTo(turn.now().plusNanos(3_600_000_000_000L));
        region = new ShardRegion(new ShardRegion.Parts(
                List.of(spec),
                List.of(new ShardHost.HostedType(spec, tasks::add)),
                Timings.DEFAULT,
                Limits.DEFAULT,
                Guards.STRICT,
                turn,
                right,
                new Links(),
                new Counters(),
                () -> new Random(7),
                Runnable::run,
                events::add,
                DataObserver.NONE));
        machine = region.begin(SELF, waiting::add);
        tell(new Signal.Started());
        tell(new Signal.ClusterEntered(CLUSTER));
        tell(new Signal.RightChanged(true));
        tell(new Signal.MapChanged(List.of(member(SELF), member(COORDINATOR), member(HOME)), List.of()));
        tell(new Signal.CoordinatorHeard(term(1), 0, COORDINATOR));
    }

    static Term term(long number) {
        return new Term(CLUSTER, number, COORDINATOR);
    }

    static ShardEpoch shard(int index, int epoch) {
        return new ShardEpoch(new ShardKey("talk", index), new Epoch(1, epoch));
    }

    private static MapValue member(NodeId id) {
        return new MapValue.MemberEntry(
                new Member(id, new TreeSet<>(), "", 100, "", new TreeMap<>(), MemberStatus.UP, 1));
    }

    /** The map says that all shards live there. */
    void place(NodeId home) {
        List<MapValue> placed = new ArrayList<>();
        for (int i = 0; i < SHARDS; i++) {
            placed.add(new MapValue.PlacementEntry(new ShardKey("talk", i), new Placement(home, new Epoch(1, 1))));
        }
        tell(new Signal.MapChanged(placed, List.of()));
    }

    void tell(Signal signal) {
        machine.onSignal(signal, turn);
        settle();
    }

    /** The coordinator directs. */
    void direct(ControlMessage message) {
        machine.onMessage(COORDINATOR, message, turn);
        settle();
    }

    void pass(long millis) {
        turn.pass(machine, millis);
        settle();
    }

    /** The kernel takes up what the data plane tells it. */
    void settle() {
        for (Signal signal = waiting.poll(); signal != null; signal = waiting.poll()) {
            machine.onSignal(signal, turn);
        }
    }

    /** Workers run until nothing is left to do. */
    void work() {
        for (EntityTask task = tasks.poll(); task != null; task = tasks.poll()) {
            while (task.begin()) {
                task.run();
                task.end();
            }
        }
        settle();
    }

    EntityRef<String> entity() {
        return region.entityRef(type, "e");
    }

    static ShardKey shardOfEntity() {
        return new ShardKey("talk", ShardKey.shardOf("e", SHARDS));
    }

    /** A message of another node for the entity. */
    Envelope envelope(long sequence, String text) {
        return new Envelope(shardOfEntity(), "e", sequence, 0, null, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Once, while this message is encoded, something else happens. */
    void whileEncoding(String message, Runnable action) {
        slowMessage = message;
        whileEncoding = action;
    }

    private final class Texts implements MessageCodec<String> {
        @Override
        public byte[] encode(String message) {
            Runnable action = whileEncoding;
            if (action != null && message.equals(slowMessage)) {
                whileEncoding = null;
                action.run();
            }
            return message.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public String decode(byte[] bytes, ReplyAddresses replies) {
            return new String(bytes, StandardCharsets.UTF_8);
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

    /** Links that are all there or all not; the home answers markers at once. */
    private final class Links implements Transport {
        @Override
        public void drop(NodeId peer) {
            region.onDataLinkLost(peer, List.of(), 0);
        }

        @Override
        public void send(NodeId to, ControlMessage message) {}

        @Override
        public void sendToAddress(String address, ControlMessage message) {}

        @Override
        public SendResult sendData(NodeId to, DataMessage message) {
            if (!linked) {
                return SendResult.NO_LINK;
            }
            if (message instanceof DataMessage.Marker marker) {
                region.onData(to, new DataMessage.MarkerAnswer(marker.shard(), marker.marker()));
            } else if (message instanceof Envelope envelope && envelope.payload() != null) {
                sentHome.add(new String(envelope.payload(), StandardCharsets.UTF_8));
            }
            return SendResult.QUEUED;
        }
    }
}
