package io.shardhold.testkit.loopback;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.config.EntitySpec;
import io.shardhold.entity.Entity;
import io.shardhold.entity.EntityContext;
import io.shardhold.entity.EntityType;
import io.shardhold.entity.ReplyTo;
import io.shardhold.internal.protocol.ShardKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A cluster on loopback with one small entity type; what its entities have handled is kept. */
final class Town implements AutoCloseable {
    /** What the entities understand. */
    sealed interface Word {
        record Say(String sender, long number) implements Word {}

        record Count(ReplyTo<Long> replyTo) implements Word {}
    }

    /** A number that an entity has handled. */
    record Handled(String entity, String sender, long number) {}

    static final EntityType<Word> WORDS = EntityType.of("words", Word.class);
    static final int SHARDS = 9;
    static final int ENTITIES = 12;
    static final Duration LONG = Duration.ofSeconds(60);

    final Heard heard = new Heard();
    final LoopbackCluster cluster;
    final ConcurrentLinkedQueue<Handled> handled = new ConcurrentLinkedQueue<>();
    private final Map<String, LoopbackNode> nodes = new TreeMap<>();

    /** A cluster of so many nodes that are seeds, not started. */
    Town(int size) {
        cluster = new LoopbackRung().open(7, heard);
        List<String> names =
                IntStream.rangeClosed(1, size).mapToObj(i -> "n" + i).toList();
        for (String name : names) {
            var settings = cluster.prepare("town", name, names)
                    .entity(EntitySpec.of(WORDS, Speaker::new).shards(SHARDS))
                    .build();
            nodes.put(name, (LoopbackNode) cluster.add(settings, 0, Duration.ZERO));
        }
        heard.watch(nodes.values());
    }

    /** A cluster of so many nodes, all of which serve, with a home for each entity. */
    static Town settled(int size) {
        Town town = new Town(size);
        town.nodes.values().forEach(LoopbackNode::start);
        town.until("all serve", town::allServe);
        town.askAll();
        return town;
    }

    LoopbackNode node(String name) {
        LoopbackNode node = nodes.get(name);
        if (node == null) {
            throw new IllegalArgumentException(name);
        }
        return node;
    }

    List<LoopbackNode> nodes() {
        return List.copyOf(nodes.values());
    }

    boolean allServe() {
        return nodes.values().stream().allMatch(node -> !node.isRunning() || node.isServing());
    }

    /** Lets time pass until something holds. */
    void until(String what, BooleanSupplier condition) {
        assertThat(cluster.runUntil(LONG, condition))
                .as(() -> what + "\n" + String.join("\n", cluster.history()))
                .isTrue();
    }

    /** Every running node asks every entity until each has answered. */
    void askAll() {
        for (LoopbackNode node : nodes()) {
            if (node.isRunning()) {
                for (int i = 0; i < ENTITIES; i++) {
                    ask(node, "e" + i);
                }
            }
        }
    }

    /** Asks until there is an answer. */
    long ask(LoopbackNode node, String entity) {
        CompletableFuture<Long> answer = begin(node, entity);
        long[] number = {-1};
        CompletableFuture<?>[] current = {answer};
        until(node + " gets an answer of " + entity, () -> {
            if (!current[0].isDone()) {
                return false;
            }
            if (current[0].isCompletedExceptionally()) {
                current[0] = begin(node, entity);
                return false;
            }
            number[0] = (Long) current[0].join();
            return true;
        });
        return number[0];
    }

    CompletableFuture<Long> begin(LoopbackNode node, String entity) {
        return node.entityRef(WORDS, entity)
                .<Long>ask(Word.Count::new, Duration.ofSeconds(5))
                .toCompletableFuture();
    }

    void say(LoopbackNode node, String entity, long number) {
        node.entityRef(WORDS, entity).tell(new Word.Say(node.name(), number));
    }

    /** The numbers that an entity has handled of a sender, in order. */
    List<Long> numbers(String entity, String sender) {
        return handled.stream()
                .filter(h -> h.entity().equals(entity) && h.sender().equals(sender))
                .map(Handled::number)
                .toList();
    }

    /** A node that does not host an entity, and an entity that it does not host. */
    record Pair(LoopbackNode sender, LoopbackNode home, String entity) {}

    /** A sender and an entity that is hosted on another node. */
    Pair apart() {
        for (int i = 0; i < ENTITIES; i++) {
            String entity = "e" + i;
            LoopbackNode home = home(entity);
            if (home != null && home != node("n1")) {
                return new Pair(node("n1"), home, entity);
            }
        }
        throw new IllegalStateException("n1 hosts everything");
    }

    @Nullable
    LoopbackNode home(String entity) {
        int shard = ShardKey.shardOf(entity, SHARDS);
        return nodes().stream()
                .filter(node -> node.hosted().stream().anyMatch(s -> s.shard().shard() == shard))
                .findFirst()
                .orElse(null);
    }

    @Override
    public void close() {
        cluster.close();
        assertThat(heard.mistakes()).isEmpty();
    }

    private final class Speaker implements Entity<Word> {
        private final String id;
        private long count;

        Speaker(EntityContext<Word> context) {
            id = context.id();
        }

        @Override
        public void onMessage(Word message) {
            if (message instanceof Word.Say say) {
                count++;
                handled.add(new Handled(id, say.sender(), say.number()));
            } else if (message instanceof Word.Count ask) {
                ask.replyTo().reply(count);
            }
        }
    }
}
