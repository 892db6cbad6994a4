package io.shardhold.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardhold.config.EntitySpec;
import io.shardhold.entity.Entity;
import io.shardhold.entity.EntityType;
import io.shardhold.entity.ReplyTo;
import io.shardhold.testkit.fault.Handling;
import io.shardhold.testkit.history.CounterOp;
import io.shardhold.testkit.history.History;
import io.shardhold.testkit.history.Models;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A history that no order explains tells what had happened to its entity. */
final class EntityStoryTest {
    record Add(ReplyTo<Long> replyTo) {}

    static final EntityType<Add> COUNTERS = EntityType.of("counters", Add.class);

    /** Counts in memory only: each move takes it back to nought. */
    private static final class Forgetful implements Entity<Add> {
        private long count;

        @Override
        public void onMessage(Add message) {
            message.replyTo().reply(++count);
        }
    }

    private static void add(MultiNodeSpec spec, History<CounterOp, Long> history, TestNode from) {
        int answered = history.answered();
        history.record(
                from.name(),
                "c",
                new CounterOp.Add(1),
                () -> from.entityRef(COUNTERS, "c").ask(Add::new, Duration.ofMinutes(1)));
        spec.await("an answer", Duration.ofMinutes(1), () -> history.answered() > answered);
    }

    @Test
    void whoServedItUnderWhichFenceAndWhichHandlerOutlastedItsRight() {
        assertThatThrownBy(() -> MultiNodeRun.nodes(3).run(spec -> {
                    spec.entity(
                            EntitySpec.of(COUNTERS, context -> new Forgetful()).shards(1));
                    History<CounterOp, Long> history = new History<>(spec::elapsed);
                    add(spec, history, spec.node("n1"));
                    TestNode home = spec.nodes().stream()
                            .filter(node -> !node.homes().isEmpty())
                            .findFirst()
                            .orElseThrow();
                    TestNode other = spec.nodes().stream()
                            .filter(node -> node != home)
                            .findFirst()
                            .orElseThrow();
                    home.handling(Handling.between(Duration.ofSeconds(15), Duration.ofSeconds(15)));
                    home.entityRef(COUNTERS, "c").ask(Add::new, Duration.ofMinutes(1));
                    spec.runFor(Duration.ofMillis(100));
                    spec.isolate(home.name());
                    spec.runFor(Duration.ofSeconds(20));
                    spec.healAll();
                    add(spec, history, other);
                    history.check(Models.counter());
                }))
                .isInstanceOf(MultiNodeFailure.class)
                .hasMessageStartingWith("entity 'c' does not behave like a counter")
                .hasMessageContaining("what had happened to 'c' by then:")
                .message()
                .containsPattern(
                        "n[1-3] takes up 2 messages until [0-9.]+ s, as home of shard counters/0 with fence [0-9]+")
                .containsPattern(
                        "n[1-3] takes up a message whose handler runs until [0-9.]+ s, when the right of n[1-3]")
                .containsPattern(" s  cut n. > n., cut n. > n., cut n. > n., cut n. > n.")
                .containsPattern("n[1-3] has lost the right to serve")
                .containsPattern("the coordinator, removes n[1-3]#")
                .containsPattern("n[1-3] takes up a message, as home of shard counters/0 with fence [0-9]+");
    }
}
