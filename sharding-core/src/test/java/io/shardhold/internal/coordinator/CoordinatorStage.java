package io.shardhold.internal.coordinator;

import static io.shardhold.internal.coordinator.CoordinatorFixture.N1;
import static io.shardhold.internal.coordinator.CoordinatorFixture.N2;
import static io.shardhold.internal.coordinator.CoordinatorFixture.N3;
import static io.shardhold.internal.coordinator.CoordinatorFixture.SEATS;
import static io.shardhold.internal.coordinator.CoordinatorFixture.TIMINGS;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.kernel.Samples;
import io.shardhold.internal.protocol.CoordinatorMessage;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.Placement;
import io.shardhold.internal.protocol.ShardEpoch;
import io.shardhold.internal.protocol.ShardKey;
import java.util.ArrayList;
import java.util.List;

/** What the tests of the coordinator of n1 share: it is fed by hand. */
abstract class CoordinatorStage {
    static final long SILENT_MILLIS = TIMINGS.detection().plus(TIMINGS.stable()).toMillis();

    final CoordinatorFixture c = new CoordinatorFixture();

    void askHome(int... shards) {
        List<ShardKey> asked = new ArrayList<>();
        for (int shard : shards) {
            asked.add(Samples.shard(shard));
        }
        c.say(N2, new CoordinatorMessage.HomeQuery(c.term().clusterId(), asked));
    }

    static MapValue[] map(MapValue... more) {
        List<MapValue> all = new ArrayList<>(List.of(
                SEATS,
                new MapValue.TypeShards(Samples.TYPE, Samples.SHARDS),
                Samples.up(N1, 1),
                Samples.up(N2, 2),
                Samples.up(N3, 3)));
        all.addAll(List.of(more));
        return all.toArray(MapValue[]::new);
    }

    Placement placement(int shard) {
        return c.placement(shard).orElseThrow();
    }

    void hosted(NodeId node, int shard, Epoch epoch) {
        c.say(node, new CoordinatorMessage.ShardsHosted(c.term(), List.of(here(shard, epoch))));
    }

    void stopped(NodeId node, int shard, Epoch epoch) {
        c.say(node, new CoordinatorMessage.ShardsStopped(c.term().clusterId(), List.of(here(shard, epoch))));
    }

    static ShardEpoch here(int shard, Epoch epoch) {
        return new ShardEpoch(Samples.shard(shard), epoch);
    }

    void placeAll() {
        c.founded();
        askHome(0, 1, 2, 3, 4, 5);
        for (int shard = 0; shard < Samples.SHARDS; shard++) {
            hosted(placement(shard).home(), shard, placement(shard).epoch());
        }
        c.takeOthers();
        c.takeEvents(ClusterEvent.class);
    }

    List<Integer> shardsOf(NodeId node) {
        List<Integer> shards = new ArrayList<>();
        for (int shard = 0; shard < Samples.SHARDS; shard++) {
            if (placement(shard).home().equals(node)) {
                shards.add(shard);
            }
        }
        return shards;
    }
}
