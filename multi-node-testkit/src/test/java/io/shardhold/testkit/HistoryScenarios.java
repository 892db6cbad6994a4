package io.shardhold.testkit;

import static io.shardhold.testkit.Notebooks.LONG;
import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.config.EntitySpec;
import io.shardhold.entity.Entity;
import io.shardhold.entity.EntityContext;
import io.shardhold.entity.EntityType;
import io.shardhold.entity.ReplyTo;
import io.shardhold.testkit.fault.Handling;
import io.shardhold.testkit.history.CounterOp;
import io.shardhold.testkit.history.History;
import io.shardhold.testkit.history.Models;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** Entities that keep their state in a database behind the fence look like one object each, whatever happens. */
final class HistoryScenarios {
    private static final List<String> IDS = List.of("c1", "c2", "c3");

    private HistoryScenarios() {}

    static List<Scenario> all() {
        return List.of(
                Scenario.of("counters stay linearizable while a member dies", 4, HistoryScenarios::memberDies),
                Scenario.of(
                        "counters stay linearizable while the coordinator dies", 4, HistoryScenarios::coordinatorDies),
                Scenario.of(
                        "counters stay linearizable while a node is cut off at work",
                        4,
                        HistoryScenarios::cutOffAtWork));
    }

    private static void memberDies(MultiNodeSpec spec) {
        Callers callers = new Callers(spec);
        callers.begin();
        CrashScenarios.otherThan(spec, List.of(spec.coordinator())).crash();
        callers.checkAfterTheTakeover();
    }

    private static void coordinatorDies(MultiNodeSpec spec) {
        Callers callers = new Callers(spec);
        callers.begin();
        spec.coordinator().crash();
        callers.checkAfterTheTakeover();
    }

    /** Its handlers take so long that some outlast the right to serve: only the fence stops what they write. */
    private static void cutOffAtWork(MultiNodeSpec spec) {
        Callers callers = new Callers(spec);
        callers.begin();
        TestNode alone = CrashScenarios.otherThan(spec, List.of(spec.coordinator()));
        alone.handling(Handling.between(
                spec.timings().consent(),
                spec.timings().memberBound().plus(spec.timings().retry())));
        spec.runFor(spec.timings().probe());
        spec.isolate(alone.name());
        callers.checkAfterTheTakeover();
        spec.healAll();
        spec.awaitConverged(LONG);
    }

    // ---- the application ---------------------------------------------------------------------------------------

    sealed interface Ask {
        record Add(long amount, ReplyTo<Long> replyTo) implements Ask {}

        record Get(ReplyTo<Long> replyTo) implements Ask {}
    }

    static final EntityType<Ask> COUNTERS = EntityType.of("counters", Ask.class);

    /** A table with one row per counter: whoever shows a lower fence than the row's is refused. */
    private static final class Table {
        private record Row(long fence, long value) {}

        private final ConcurrentHashMap<String, Row> rows = new ConcurrentHashMap<>();

        /** Makes the row refuse all lower fences, adds to it, and says what it holds. */
        long add(String id, long fence, long amount) {
            return rows.merge(id, new Row(fence, amount), (row, change) -> {
                        if (row.fence > change.fence) {
                            throw new IllegalStateException("fenced: " + change.fence + " is behind " + row.fence);
                        }
                        return new Row(change.fence, row.value + change.value);
                    })
                    .value;
        }
    }

    private static final class Counter implements Entity<Ask> {
        private final Table table;
        private final String id;
        private final long fence;
        private long value;

        Counter(Table table, EntityContext<Ask> context) {
            this.table = table;
            this.id = context.id();
            this.fence = context.fence();
            this.value = table.add(id, fence, 0);
        }

        @Override
        public void onMessage(Ask message) {
            if (message instanceof Ask.Add add) {
                value = table.add(id, fence, add.amount());
                add.replyTo().reply(value);
            } else if (message instanceof Ask.Get get) {
                get.replyTo().reply(value);
            }
        }
    }

    /** One caller per node and counter: it adds and gets in turn, and waits for one answer before it asks on. */
    private static final class Callers {
        private final MultiNodeSpec spec;
        private final Table table = new Table();
        private final History<CounterOp, Long> history;
        private final Map<String, CompletionStage<Long>> open = new HashMap<>();
        private boolean over;

        Callers(MultiNodeSpec spec) {
            this.spec = spec;
            this.history = new History<>(spec::elapsed);
            spec.entity(EntitySpec.of(COUNTERS, context -> new Counter(table, context))
                    .shards(Notebooks.SHARDS));
        }

        void begin() {
            spec.start();
            spec.every(spec.timings().retry().dividedBy(5), this::callOn);
            awaitAnswers(50);
        }

        private void awaitAnswers(int more) {
            int before = history.answered();
            spec.await(more + " more answers", LONG, () -> history.answered() >= before + more);
        }

        private void callOn() {
            for (TestNode node : spec.nodes()) {
                for (String id : IDS) {
                    String caller = node.name() + " for " + id;
                    CompletionStage<Long> last = open.get(caller);
                    if (!over
                            && node.isRunning()
                            && (last == null || last.toCompletableFuture().isDone())) {
                        open.put(caller, call(caller, node, id));
                    }
                }
            }
        }

        private CompletionStage<Long> call(String caller, TestNode node, String id) {
            Duration timeout = spec.timings().memberBound();
            if (spec.random().nextInt(3) == 0) {
                return history.record(
                        caller,
                        id,
                        new CounterOp.Get(),
                        () -> node.entityRef(COUNTERS, id).ask(Ask.Get::new, timeout));
            }
            long amount = 1L + spec.random().nextInt(9);
            return history.record(
                    caller,
                    id,
                    new CounterOp.Add(amount),
                    () -> node.entityRef(COUNTERS, id).ask(replyTo -> new Ask.Add(amount, replyTo), timeout));
        }

        void checkAfterTheTakeover() {
            spec.runFor(spec.coordinatorBound().plus(spec.timings().retry()));
            awaitAnswers(50);
            over = true;
            history.check(Models.counter());
            assertThat(history.answered()).isGreaterThan(100);
        }
    }
}
