package io.shardhold.testkit;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.config.EntitySpec;
import io.shardhold.entity.Entity;
import io.shardhold.entity.EntityContext;
import io.shardhold.internal.protocol.ShardKey;
import io.shardhold.testkit.Traffic.Note;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;

/** A calm cluster with one entity per shard, and how long each message to them takes. */
final class Post {
    private final SimulatedCluster cluster;
    private final int shards;
    private final List<String> ids = new ArrayList<>();
    private final Map<Long, Duration> sent = new TreeMap<>();
    private final Map<Long, Duration> handled = new TreeMap<>();
    private final List<ClusterEvent> events = new ArrayList<>();
    private long numbers;

    Post(long seed, int shards) {
        this.cluster = new SimulatedCluster(seed);
        this.shards = shards;
        cluster.onEvent((node, event) -> events.add(event));
        for (int shard = 0; shard < shards; shard++) {
            int candidate = 0;
            while (ShardKey.shardOf("e" + candidate, shards) != shard) {
                candidate++;
            }
            ids.add("e" + candidate);
        }
    }

    SimulatedCluster cluster() {
        return cluster;
    }

    /** Adds and starts machines, the first of them as seeds. */
    Post nodes(String prefix, int count, int seeds) {
        String[] seedList = new String[seeds];
        for (int i = 0; i < seeds; i++) {
            seedList[i] = prefix + (i + 1) + ":7350";
        }
        for (int i = 1; i <= count; i++) {
            cluster.add(Traffic.settings(prefix + i, seedList)
                            .entity(EntitySpec.of(Traffic.NOTES, Reader::new).shards(shards))
                            .build())
                    .start();
        }
        return this;
    }

    /** Runs until every shard has a home that answers and nothing moves. */
    Post settled() {
        cluster.runUntil(
                "all serve",
                Duration.ofSeconds(30),
                () -> cluster.nodes().stream().allMatch(SimulatedNode::isServing));
        for (SimulatedNode node : cluster.nodes()) {
            for (int shard = 0; shard < shards; shard++) {
                send(node, shard);
            }
        }
        cluster.runUntil("all handled", Duration.ofSeconds(30), () -> handled.size() == sent.size());
        cluster.run(Duration.ofSeconds(15));
        return this;
    }

    /** Sends a message to the entity of a shard; returns its number. */
    long send(SimulatedNode from, int shard) {
        long number = ++numbers;
        sent.put(number, cluster.elapsed());
        from.entityRef(Traffic.NOTES, ids.get(shard)).tell(new Note.Numbered(from.name(), number));
        return number;
    }

    boolean isHandled(long number) {
        return handled.containsKey(number);
    }

    /** How long a message took from its sender to its handler. */
    Duration took(long number) {
        return Objects.requireNonNull(handled.get(number)).minus(Objects.requireNonNull(sent.get(number)));
    }

    /** Shards that a node hosts. */
    List<Integer> shardsOf(SimulatedNode node) {
        return node.serving().stream().map(s -> s.shard().shard()).toList();
    }

    <E extends ClusterEvent> List<E> events(Class<E> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    void forgetEvents() {
        events.clear();
    }

    /** Some node other than the coordinator's. */
    SimulatedNode follower() {
        SimulatedNode coordinator = coordinator();
        return any(n -> n != coordinator);
    }

    SimulatedNode coordinator() {
        return cluster.coordinator().orElseThrow();
    }

    SimulatedNode any(Predicate<SimulatedNode> wanted) {
        return cluster.nodes().stream().filter(wanted).findFirst().orElseThrow();
    }

    /** Notes when it reads what. */
    private final class Reader implements Entity<Note> {
        Reader(EntityContext<Note> context) {
            context.id();
        }

        @Override
        public void onMessage(Note message) {
            if (message instanceof Note.Numbered numbered) {
                handled.put(numbered.number(), cluster.elapsed());
            }
        }
    }
}
