package io.shardhold.internal.coordinator;

import io.shardhold.allocation.AllocationStrategy;
import io.shardhold.cluster.Member;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.kernel.Turn;
import io.shardhold.internal.protocol.Placement;
import io.shardhold.internal.protocol.ShardEpoch;
import io.shardhold.internal.protocol.ShardKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Plans moves: away from members that leave first, then for an even spread; so many at once and no more. A planned move
 * is only announced; it becomes a move when all regions park, or soon after, because a region that does not answer
 * delays nobody.
 */
final class MovePlanner {
    private static final int MOVES_AT_ONCE = 100;

    /** A move that regions have been told of, and that is not written yet. */
    private static final class Planned {
        private final ShardEpoch from;
        private final NodeId target;
        private final Set<NodeId> awaited;
        private final long sinceNanos;

        private Planned(ShardEpoch from, NodeId target, Set<NodeId> awaited, long sinceNanos) {
            this.from = from;
            this.target = target;
            this.awaited = awaited;
            this.sinceNanos = sinceNanos;
        }
    }

    private final Tenure.Setup setup;
    private final Tenure tenure;
    private final Placing placing;
    private final Map<ShardKey, Planned> planned = new TreeMap<>();
    private final Map<ShardKey, Long> keptAt = new TreeMap<>();

    MovePlanner(Tenure.Setup setup, Tenure tenure, Placing placing) {
        this.setup = setup;
        this.tenure = tenure;
        this.placing = placing;
    }

    private Turn turn() {
        return setup.turn().get();
    }

    private long nowNanos() {
        return turn().now().monoNanos();
    }

    void rebalance() {
        keptAt.values()
                .removeIf(at -> nowNanos() - at >= setup.timings().handOff().toNanos());
        ShardTable table = tenure.table();
        int moving = planned.size() + table.moving();
        List<ShardEpoch> begun = new ArrayList<>();
        for (Member leaver : placing.toBeDrained()) {
            drain(leaver, MOVES_AT_ONCE - moving - begun.size(), begun);
        }
        if (begun.isEmpty() && moving == 0 && placing.isCalm()) {
            for (String type : table.types()) {
                for (AllocationStrategy.Move move :
                        setup.strategy().rebalance(type, table, MOVES_AT_ONCE - begun.size())) {
                    plan(new ShardKey(type, move.shard()), move.from(), move.to(), begun);
                }
            }
        }
        for (List<ShardEpoch> batch : Directives.batches(begun)) {
            placing.begin(batch);
        }
    }

    private void drain(Member leaver, int atMost, List<ShardEpoch> begun) {
        ShardTable table = tenure.table();
        int room = atMost;
        Map<NodeId, Integer> given = new TreeMap<>();
        for (String type : leaver.hosts().keySet()) {
            List<Member> candidates = table.candidates(type);
            for (int shard : table.shardsAt(type, leaver.id())) {
                if (candidates.isEmpty() || room <= 0 || candidates.contains(leaver)) {
                    break;
                }
                NodeId target = candidates.stream()
                        .map(Member::id)
                        .min((a, b) -> Integer.compare(
                                table.total(a) + given.getOrDefault(a, 0), table.total(b) + given.getOrDefault(b, 0)))
                        .orElseThrow();
                int before = begun.size();
                plan(new ShardKey(type, shard), leaver.id(), target, begun);
                if (begun.size() > before) {
                    given.merge(target, 1, Integer::sum);
                    room--;
                }
            }
        }
    }

    private void plan(ShardKey shard, NodeId from, NodeId to, List<ShardEpoch> begun) {
        Placement placement = placing.committed(shard).orElse(null);
        if (placement == null || planned.containsKey(shard) || keptAt.containsKey(shard)) {
            return;
        }
        if (placement.move() == null && placement.home().equals(from)) {
            TreeSet<NodeId> awaited = new TreeSet<>();
            tenure.writes().store().serving().forEach(m -> awaited.add(m.id()));
            ShardEpoch here = new ShardEpoch(shard, placement.epoch());
            planned.put(shard, new Planned(here, to, awaited, nowNanos()));
            begun.add(here);
        }
    }

    void onBegun(NodeId region, List<ShardEpoch> shards) {
        for (ShardEpoch begun : shards) {
            Planned plan = planned.get(begun.shard());
            if (plan != null && plan.from.equals(begun)) {
                plan.awaited.remove(region);
                writeIfDue(plan);
            }
        }
    }

    void onKept(ShardKey shard) {
        keptAt.put(shard, nowNanos());
    }

    void memberGone(NodeId member) {
        planned.values().removeIf(p -> p.target.equals(member));
    }

    void tick() {
        List.copyOf(planned.values()).forEach(this::writeIfDue);
    }

    private void writeIfDue(Planned plan) {
        long patience = 2 * setup.timings().retry().toNanos();
        if (setup.guards().mayBeginMove(plan.awaited.isEmpty(), nowNanos() - plan.sinceNanos >= patience)) {
            write(plan);
        }
    }

    private void write(Planned plan) {
        ShardKey shard = plan.from.shard();
        planned.remove(shard);
        Placement placement = placing.committed(shard).orElse(null);
        if (placement == null || placement.move() != null || !placement.epoch().equals(plan.from.epoch())) {
            return;
        }
        boolean welcome = tenure.table().candidates(shard.type()).stream().anyMatch(m -> m.id().equals(plan.target));
        if (welcome) {
            Placement.Move move = new Placement.Move(plan.target, tenure.nextEpoch());
            placing.put(shard, new Placement(placement.home(), placement.epoch(), move));
        }
    }
}
