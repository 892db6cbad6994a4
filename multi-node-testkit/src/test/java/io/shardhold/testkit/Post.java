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
    private final MultiNodeSpec cluster;
    private final int shards;
    private final List<String> ids = new ArrayList<>();
    private final Map<Long, Duration> sent = new TreeMap<>();
    private final Map<Long, Duration> handled = new TreeMap<>();
    private final List<ClusterEvent> events = new ArrayList<>();
    private long numbers;

    Post(long seed, int shards, int nodes, int seedNodes) {
        this(Specs.of(seed, nodes, seedNodes), shards);
    }

    Post(MultiNodeSpec cluster, int shards) {
        this.cluster = cluster;
        this.shards = shards;
        cluster.entity(EntitySpec.of(Traffic.NOTES, Reader::new).shards(shards));
        cluster.onEvent((node, event) -> events.add(event));
        for (int shard = 0; shard < shards; shard++) {
            int candidate = 0;
            while (ShardKey.shardOf("e" + candidate, shards) != shard) {
                candidate++;
            }
            ids.add("e" + candidate);
        }
    }

    MultiNodeSpec cluster() {
        return cluster;
    }

    /** Runs until every shard has a home that answers and nothing moves. */
    Post settled() {
        cluster.start();
        for (TestNode node : cluster.nodes()) {
            for (int shard = 0; shard < shards; shard++) {
                send(node, shard);
            }
        }
        cluster.await("all handled", Duration.ofSeconds(30), () -> handled.size() == sent.size());
        cluster.runFor(Duration.ofSeconds(15));
        return this;
    }

    /** Sends a message to the entity of a shard; returns its number. */
    long send(TestNode from, int shard) {
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
    List<Integer> shardsOf(TestNode node) {
        return node.mayTakeUp() ? node.homes().stream().map(Home::shard).toList() : List.of();
    }

    <E extends ClusterEvent> List<E> events(Class<E> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    void forgetEvents() {
        events.clear();
    }

    /** Some node other than the coordinator's. */
    TestNode follower() {
        TestNode coordinator = coordinator();
        return any(n -> n != coordinator);
    }

    TestNode coordinator() {
        return cluster.findCoordinator().orElseThrow();
    }

    TestNode any(Predicate<TestNode> wanted) {
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
