package io.shardhold.testkit;

import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.SeededChance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One run of a cluster under faults that are drawn from a seed, and the judgement at its end. */
final class Chaos {
    private static final int NODES = 5;

    private final SimulatedCluster cluster;
    private final Traffic traffic;
    private final SeededChance faults;
    private final Duration length;

    Chaos(long seed, Guards guards, Duration length) {
        this.cluster = new SimulatedCluster(seed);
        this.cluster.guards(guards);
        this.traffic = new Traffic(cluster);
        this.faults = new SeededChance(seed * 31 + 7);
        this.length = length;
    }

    SimulatedCluster cluster() {
        return cluster;
    }

    Traffic traffic() {
        return traffic;
    }

    /** Runs all of it: start, faults, healing, judgement. */
    void run() {
        addNodes();
        calm();
        traffic.startAll();
        traffic.keepSending(Duration.ofMillis(50));
        cluster.run(Duration.ofSeconds(12));
        long end = cluster.elapsed().plus(length).toNanos();
        while (cluster.elapsed().toNanos() < end) {
            strike();
            cluster.run(Duration.ofMillis(200 + faults.below(4_000L)));
        }
        heal();
        judge();
    }

    private void addNodes() {
        String[] seeds = {"n1:7350", "n2:7350", "n3:7350"};
        for (int i = 1; i <= NODES; i++) {
            long drift = faults.below(100_001L) - 50_000;
            Duration offset = Duration.ofMillis(faults.below(10_000L) - 5_000);
            cluster.add(
                    Traffic.settings("n" + i, seeds).entity(traffic.hosted()).build(), drift, offset);
        }
    }

    /** Any node; a third of the time the one that coordinates. */
    private SimulatedNode anyNode() {
        SimulatedNode any = cluster.node("n" + (1 + faults.below(NODES)));
        return faults.below(3) == 0 ? cluster.coordinator().orElse(any) : any;
    }

    private void strike() {
        SimulatedNode victim = anyNode();
        SimulatedNode other = anyNode();
        switch (faults.below(14)) {
            case 0 -> cluster.isolate(victim.name());
            case 1, 2 -> cluster.partition(victim.name(), other.name());
            case 3, 4 -> cluster.cut(victim.name(), other.name());
            case 5 -> crash(victim);
            case 6 -> victim.pause(Duration.ofMillis(faults.below(9_000L)));
            case 7 -> cluster.loss(faults.below(10) / 100.0);
            case 8 -> cluster.duplication(faults.below(20) / 100.0);
            case 9 -> victim.jumpWallClock(Duration.ofMillis(faults.below(20_000L) - 10_000));
            case 10 ->
                cluster.delay(Duration.ofMillis(faults.below(5L) + 1), Duration.ofMillis(6 + faults.below(200L)));
            case 11 -> restart(victim);
            case 12 -> cluster.handlersTake(Duration.ofMillis(1), Duration.ofMillis(2 + faults.below(400L)));
            default -> calm();
        }
    }

    private void calm() {
        cluster.healAll();
        cluster.late(0.02, 0.5, Duration.ofSeconds(20));
        cluster.delay(Duration.ofNanos(200_000), Duration.ofMillis(2));
        cluster.handlersTake(Duration.ofNanos(10_000), Duration.ofMillis(1));
    }

    private void crash(SimulatedNode victim) {
        if (victim.isRunning()) {
            traffic.noteCrash();
            victim.crash();
        }
    }

    private void restart(SimulatedNode victim) {
        if (!victim.isRunning()) {
            victim.start();
        }
    }

    private void heal() {
        calm();
        for (SimulatedNode node : cluster.nodes()) {
            restart(node);
        }
        cluster.runUntil(
                "all nodes serve after healing",
                Duration.ofSeconds(90),
                () -> cluster.nodes().stream().allMatch(SimulatedNode::isServing));
    }

    private void judge() {
        traffic.checkAllServed(Duration.ofSeconds(60));
        traffic.stopSending();
        cluster.runUntil("calm", Duration.ofSeconds(60), () -> settled() && parked() == 0);
        cluster.run(Duration.ofSeconds(2));
        traffic.checkConservation();
    }

    private boolean settled() {
        List<Long> clusters = new ArrayList<>();
        for (SimulatedNode node : cluster.nodes()) {
            clusters.add(node.view().clusterId());
        }
        return clusters.stream().distinct().count() == 1
                && cluster.coordinator().isPresent();
    }

    private int parked() {
        return cluster.nodes().stream().mapToInt(SimulatedNode::parkedMessages).sum();
    }
}
