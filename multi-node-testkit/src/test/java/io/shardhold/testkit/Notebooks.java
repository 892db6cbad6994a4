package io.shardhold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.config.EntitySpec;
import io.shardhold.entity.Entity;
import io.shardhold.entity.EntityContext;
import io.shardhold.entity.EntityType;
import io.shardhold.entity.ReplyTo;
import io.shardhold.internal.protocol.ShardKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;

/** Notebooks that all nodes write to and ask, on any rung: what people see of a cluster. */
final class Notebooks {
    sealed interface Word {
        record Write(String writer, long number) implements Word {}

        record Count(ReplyTo<Long> replyTo) implements Word {}
    }

    private record Entry(String notebook, String writer, long number) {}

    static final EntityType<Word> TYPE = EntityType.of("notebooks", Word.class);
    static final int SHARDS = 8;
    /** The limit of waits that no promise is about. */
    static final Duration LONG = Duration.ofSeconds(90);

    /** Real time is taken up by others, too: by other builds, collections of garbage, slow disks. */
    private static final Duration REAL_TIME = Duration.ofSeconds(40);

    private final MultiNodeSpec spec;
    private final List<String> ids =
            IntStream.range(0, SHARDS).mapToObj(i -> inShard(i, "book")).toList();
    private final ConcurrentLinkedQueue<Entry> entries = new ConcurrentLinkedQueue<>();
    private long written;
    private long named;
    private boolean writing;

    /** In a cluster that has not been started; its nodes host notebooks, unless they are told otherwise. */
    Notebooks(MultiNodeSpec spec) {
        this.spec = spec;
        spec.onEvent((node, event) -> {
            if (event instanceof ClusterEvent.LinkLost lost) {
                named += lost.inDoubt();
            } else if (event instanceof ClusterEvent.Undelivered undelivered) {
                named += undelivered.count();
            }
        });
    }

    /** Notebooks on all nodes, each of which has had an answer from each. */
    static Notebooks everywhere(MultiNodeSpec spec) {
        Notebooks notebooks = new Notebooks(spec);
        spec.entity(notebooks.hosted());
        notebooks.open();
        return notebooks;
    }

    EntitySpec<Word> hosted() {
        return EntitySpec.of(TYPE, Notebook::new).shards(SHARDS);
    }

    static EntitySpec<Word> routed() {
        return EntitySpec.route(TYPE).shards(SHARDS);
    }

    /** Starts the cluster and gives each shard a home. */
    void open() {
        spec.start();
        allAnswer(spec.timings().handOff());
    }

    /** An id with this beginning, in this shard. */
    static String inShard(int shard, String beginning) {
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> beginning + i)
                .filter(id -> ShardKey.shardOf(id, SHARDS) == shard)
                .findFirst()
                .orElseThrow();
    }

    /** The notebooks that a node serves, one for each of its shards. */
    List<String> on(TestNode node) {
        return node.homes().stream().map(home -> ids.get(home.shard())).toList();
    }

    List<String> all() {
        return ids;
    }

    // ---- asking ------------------------------------------------------------------------------------------------

    /** A promised time as the limit of a wait: what is on the way takes a little longer, a busy machine much. */
    Duration within(Duration promised) {
        boolean virtual = spec.rung().equals(SpecSetup.DEFAULT_RUNG);
        return promised.plus(virtual ? spec.timings().retry().multipliedBy(2) : REAL_TIME);
    }

    /** Each running node gets an answer from each notebook within the promised time. */
    void allAnswer(Duration promised) {
        answer(spec.nodes().stream().filter(TestNode::isRunning).toList(), ids, promised);
    }

    /** Each of these nodes gets an answer from each of these notebooks within the promised time; all may ask again. */
    void answer(Collection<TestNode> nodes, Collection<String> notebooks, Duration promised) {
        List<Question> open = new ArrayList<>();
        for (TestNode node : nodes) {
            notebooks.forEach(id -> open.add(new Question(node, id)));
        }
        List<Question> all = List.copyOf(open);
        spec.await(nodes + " get answers of " + notebooks, within(promised), () -> {
            open.removeIf(Question::isAnswered);
            return open.isEmpty();
        });
        assertThat(all).isNotEmpty();
    }

    /** What a notebook says when a node asks it, again and again if need be, within the promised time. */
    long count(TestNode node, String notebook, Duration promised) {
        Question question = new Question(node, notebook);
        spec.await(node + " gets an answer of " + notebook, within(promised), question::isAnswered);
        return question.answer();
    }

    /** Asks once; the answer may never come. */
    CompletableFuture<Long> ask(TestNode node, String notebook) {
        return node.entityRef(TYPE, notebook)
                .<Long>ask(Word.Count::new, spec.timings().shutdown())
                .toCompletableFuture();
    }

    /** Asked again now and then, because a message to a dead node is lost. */
    private final class Question {
        private final TestNode node;
        private final String notebook;
        private final List<CompletableFuture<Long>> asked = new ArrayList<>();
        private Duration next = Duration.ZERO;

        Question(TestNode node, String notebook) {
            this.node = node;
            this.notebook = notebook;
        }

        boolean isAnswered() {
            if (asked.stream().anyMatch(Question::hasAnswer)) {
                return true;
            }
            if (spec.elapsed().compareTo(next) >= 0) {
                next = spec.elapsed().plus(spec.timings().retry());
                asked.add(ask(node, notebook));
            }
            return false;
        }

        long answer() {
            return asked.stream()
                    .filter(Question::hasAnswer)
                    .findFirst()
                    .orElseThrow()
                    .join();
        }

        private static boolean hasAnswer(CompletableFuture<Long> answer) {
            return answer.isDone() && !answer.isCompletedExceptionally();
        }
    }

    // ---- writing -----------------------------------------------------------------------------------------------

    void write(TestNode node, String notebook) {
        node.entityRef(TYPE, notebook).tell(new Word.Write(node.name(), ++written));
    }

    /** These nodes write to any notebook as often as this, until {@link #stopWriting}. */
    void keepWriting(Duration interval, Collection<TestNode> writers) {
        writing = true;
        List<TestNode> all = List.copyOf(writers);
        spec.after(interval, () -> {
            if (writing) {
                all.forEach(node -> write(node, ids.get(spec.random().nextInt(SHARDS))));
                keepWriting(interval, all);
            }
        });
    }

    void stopWriting() {
        writing = false;
    }

    long written() {
        return written;
    }

    /** Waits until whatever was written is read or named, and checks that nothing was read twice. */
    void allReadOrNamed() {
        stopWriting();
        spec.awaitConverged(LONG);
        spec.await("all is read or named", LONG, () -> written - entries.size() <= named);
        assertThat(entries).doesNotHaveDuplicates();
    }

    /** Waits until whatever was written is read; each notebook has read each writer in order. */
    void allReadInOrder() {
        stopWriting();
        spec.await("all is read", LONG, () -> entries.size() >= written || named > 0);
        allReadOrNamed();
        if (named == 0) {
            Map<String, Long> last = new HashMap<>();
            for (Entry entry : entries) {
                Long before = last.put(entry.notebook + " of " + entry.writer, entry.number);
                assertThat(before == null ? 0 : before).isLessThan(entry.number);
            }
        }
    }

    private final class Notebook implements Entity<Word> {
        private final String id;
        private long count;

        Notebook(EntityContext<Word> context) {
            id = context.id();
        }

        @Override
        public void onMessage(Word message) {
            if (message instanceof Word.Write write) {
                count++;
                entries.add(new Entry(id, write.writer(), write.number()));
            } else if (message instanceof Word.Count ask) {
                ask.replyTo().reply(count);
            }
        }
    }
}
