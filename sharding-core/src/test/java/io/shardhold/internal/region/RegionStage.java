package io.shardhold.internal.region;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import io.shardhold.config.EntitySpec;
import io.shardhold.config.Limits;
import io.shardhold.config.Timings;
import io.shardhold.entity.EntityType;
import io.shardhold.internal.kernel.Counters;
import io.shardhold.internal.kernel.DataObserver;
import io.shardhold.internal.kernel.EntityTask;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.Machine;
import io.shardhold.internal.kernel.RightToServe;
import io.shardhold.internal.kernel.Samples;
import io.shardhold.internal.kernel.Transport;
import io.shardhold.internal.kernel.TurnRecorder;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.DataMessage;
import io.shardhold.internal.protocol.Envelope;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.Placement;
import io.shardhold.internal.protocol.RegionMessage;
import io.shardhold.internal.protocol.RegionMessage.HostShards;
import io.shardhold.internal.protocol.ShardEpoch;
import io.shardhold.internal.protocol.ShardKey;
import io.shardhold.internal.protocol.ShardMove;
import io.shardhold.internal.protocol.Term;
import io.shardhold.internal.shard.ShardHost;
import io.shardhold.internal.signal.Signal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;

/** What the tests of the region of n1 share: n2 and n3 beside it, c coordinates; one shard, so that every entity is in it. */
abstract class RegionStage {
    static final Timings TIMINGS = Timings.DEFAULT;
    static final EntityType<String> TALK = EntityType.of("talk", String.class);
    static final ShardKey SHARD = new ShardKey("talk", 0);
    static final NodeId N1 = Samples.node("n1");
    static final NodeId N2 = Samples.node("n2");
    static final NodeId N3 = Samples.node("n3");
    static final NodeId C = Samples.node("c");
    static final Term TEN = Samples.term(10, C);
    static final Epoch ONE = new Epoch(10, 1);
    static final Epoch TWO = new Epoch(10, 2);
    static final Epoch THREE = new Epoch(10, 3);

    final TurnRecorder turn = new TurnRecorder(N1);
    final RightToServe right = new RightToServe(turn.clock(), 0);
    final Counters counters = new Counters();
    final List<ClusterEvent> events = new ArrayList<>();
    final List<String> handled = new ArrayList<>();
    final Deque<EntityTask> tasks = new ArrayDeque<>();
    final Deque<Signal> raised = new ArrayDeque<>();
    /** What left by data links: {@code node: message}. */
    final List<String> data = new ArrayList<>();

    final TreeSet<NodeId> unreachable = new TreeSet<>();
    final ShardRegion region = new ShardRegion(parts());
    final Machine machine = region.begin(N1, raised::add);
    long lastMarker;

    ShardRegion.Parts parts() {
        EntitySpec<String> spec = EntitySpec.of(TALK, context -> handled::add).shards(1);
        return new ShardRegion.Parts(
                List.of(spec),
                List.of(new ShardHost.HostedType(spec, tasks::add)),
                TIMINGS,
                Limits.DEFAULT,
                Guards.STRICT,
                turn.clock(),
                right,
                transport(),
                counters,
                () -> new Random(1),
                Runnable::run,
                events::add,
                DataObserver.NONE);
    }

    Transport transport() {
        return new Transport() {
            @Override
            public void send(NodeId to, ControlMessage message) {}

            @Override
            public void sendToAddress(String address, ControlMessage message) {}

            @Override
            public void drop(NodeId peer) {
                region.onDataLinkLost(peer, List.of(), 0);
            }

            @Override
            public SendResult sendData(NodeId to, DataMessage message) {
                if (unreachable.contains(to)) {
                    return SendResult.NO_LINK;
                }
                if (message instanceof Envelope envelope) {
                    data.add(to.name() + ": " + envelope.message());
                } else if (message instanceof DataMessage.Marker marker) {
                    lastMarker = marker.marker();
                    data.add(to.name() + ": marker");
                } else {
                    data.add(to.name() + ": " + message.getClass().getSimpleName());
                }
                return SendResult.QUEUED;
            }
        };
    }

    @BeforeEach
    void enter() {
        right.extendTo(turn.clock().now().plusNanos(Duration.ofHours(1).toNanos()));
        signal(new Signal.Started());
        signal(new Signal.ClusterEntered(Samples.CLUSTER));
        signal(new Signal.RightChanged(true));
        learn(Samples.up(N1, 1), Samples.up(N2, 2), Samples.up(N3, 3), Samples.up(C, 4));
        tell(C, new RegionMessage.Announce(TEN));
        tell(C, new RegionMessage.Registered(TEN));
        turn.takeSent();
    }

    void signal(Signal signal) {
        machine.onSignal(signal, turn);
        settle();
    }

    void tell(NodeId from, ControlMessage message) {
        machine.onMessage(from, message, turn);
        settle();
    }

    void settle() {
        for (Signal next = raised.poll(); next != null; next = raised.poll()) {
            machine.onSignal(next, turn);
        }
    }

    void pass(Duration duration) {
        turn.pass(machine, duration);
        settle();
    }

    void runEntities() {
        for (EntityTask task = tasks.poll(); task != null; task = tasks.poll()) {
            while (task.begin()) {
                task.run();
                task.end();
            }
        }
        settle();
    }

    void learn(MapValue... values) {
        signal(new Signal.MapChanged(List.of(values), List.of()));
    }

    void placed(NodeId home, Epoch epoch) {
        learn(new MapValue.PlacementEntry(SHARD, new Placement(home, epoch)));
    }

    void moving(NodeId home, Epoch epoch, NodeId target, Epoch next) {
        learn(new MapValue.PlacementEntry(SHARD, new Placement(home, epoch, new Placement.Move(target, next))));
    }

    static ShardEpoch at(Epoch epoch) {
        return new ShardEpoch(SHARD, epoch);
    }

    void host(Term term, Epoch epoch) {
        tell(term.node(), new HostShards(term, List.of(at(epoch))));
    }

    static ShardMove move(Epoch from, NodeId target, Epoch next) {
        return new ShardMove(at(from), target, next);
    }

    void handOff(ShardMove move) {
        tell(C, new RegionMessage.HandOff(TEN, List.of(move)));
    }

    void tell(String message) {
        region.entityRef(TALK, "e").tell(message);
        settle();
    }

    List<String> takeData() {
        List<String> taken = List.copyOf(data);
        data.clear();
        return taken;
    }

    void answerMarker(NodeId from) {
        region.onData(from, new DataMessage.MarkerAnswer(SHARD, lastMarker));
        settle();
    }
}
