package io.shardhold.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardhold.testkit.history.CounterOp.Add;
import io.shardhold.testkit.history.CounterOp.Get;
import io.shardhold.testkit.history.RegisterOp.Read;
import io.shardhold.testkit.history.RegisterOp.Write;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a search costs, counted in states, and how it ends when it would cost too much. */
class SearchBoundsTest {
    private static final int CALLS = 5_000;

    private static <S, I, O> int states(Model<S, I, O> model, List<Call<I, O>> calls) {
        Verdict<I, O> verdict = Search.verdict(model, calls, 500_000);
        assertThat(verdict).isInstanceOf(Verdict.Explained.class);
        return verdict.states();
    }

    private static <I, O> List<Call<I, O>> calls(Script<I, O> script) {
        return script.history().byKey().iterator().next();
    }

    @Test
    void longHistoryOfACounterCostsFewStatesPerCall() {
        for (long seed = 1; seed <= 5; seed++) {
            assertThat(states(Models.counter(), AtomicObjectTest.counterCalls(seed, 12, 0, CALLS)))
                    .as("seed %s", seed)
                    .isEqualTo(CALLS + 1);
        }
    }

    @Test
    void longHistoryOfARegisterCostsFewStatesPerCall() {
        for (long seed = 1; seed <= 5; seed++) {
            assertThat(states(Models.register(0), AtomicObjectTest.registerCalls(seed, 6, 0, CALLS)))
                    .as("seed %s", seed)
                    .isLessThan(2 * CALLS);
        }
    }

    @Test
    void longHistoryOfAQueueCostsFewStatesPerCall() {
        for (long seed = 1; seed <= 5; seed++) {
            assertThat(states(Models.queue(), AtomicObjectTest.queueCalls(seed, 12, 0, CALLS)))
                    .as("seed %s", seed)
                    .isLessThan(2 * CALLS);
        }
    }

    @Test
    void fewFailuresCostLittle() {
        for (long seed = 1; seed <= 5; seed++) {
            assertThat(states(Models.counter(), AtomicObjectTest.counterCalls(seed, 4, 0.01, CALLS)))
                    .as("counter, seed %s", seed)
                    .isLessThan(3 * CALLS);
            assertThat(states(Models.register(0), AtomicObjectTest.registerCalls(seed, 4, 0.01, CALLS)))
                    .as("register, seed %s", seed)
                    .isLessThan(6 * CALLS);
            assertThat(states(Models.queue(), AtomicObjectTest.queueCalls(seed, 4, 0.01, CALLS)))
                    .as("queue, seed %s", seed)
                    .isLessThan(2 * CALLS);
        }
    }

    @Test
    void attemptsThatLeadNowhereNewAreBoundedToo() {
        Visited<String> visited = new Visited<>(10);
        Place<String> place = new Place<>(0, new int[0], "here");
        int attempts = 0;
        while (!visited.isFull()) {
            visited.add(place, new BitSet());
            attempts++;
        }
        assertThat(visited.states()).isEqualTo(1);
        assertThat(attempts).isEqualTo(200);
    }

    @Test
    void historyWithoutOverlapCostsOneStatePerCall() {
        Script<CounterOp, Long> script = new Script<>();
        for (long i = 1; i <= 100_000; i++) {
            script.call("n1", new Add(1), i);
        }
        assertThat(states(Models.counter(), calls(script))).isEqualTo(100_001);
    }

    @Test
    void callThatLastsAsLongAsTheHistoryCostsLittle() {
        Script<CounterOp, Long> script = new Script<>();
        CompletableFuture<Long> slow = script.start("n2", new Get());
        for (long i = 1; i <= CALLS; i++) {
            script.call("n1", new Add(1), i);
        }
        slow.complete(2L);
        assertThat(states(Models.counter(), calls(script))).isLessThan(3 * CALLS);
    }

    @Test
    void manyEqualCallsOfUnknownOutcomeCostLittle() {
        Script<CounterOp, Long> script = new Script<>();
        for (int i = 0; i < 200; i++) {
            script.timesOut("n1", new Add(1));
        }
        for (long i = 0; i < 100; i++) {
            script.call("n2", new Get(), 2 * i);
        }
        assertThat(states(Models.counter(), calls(script))).isLessThan(1_000);
        script.call("n2", new Get(), 201L);
        assertThat(script.violation(Models.counter())).hasMessageContaining("get() → 201   <- no order");
    }

    @Test
    void manyDifferentWritesOfUnknownOutcomeDoNotHideAStaleRead() {
        Script<RegisterOp<Integer>, Object> script = new Script<>();
        for (int i = 0; i < 40; i++) {
            script.timesOut("n1", new Write<>(-i));
        }
        for (int i = 1; i <= 200; i++) {
            script.call("n2", new Write<>(i), "done").call("n3", new Read<>(), i);
        }
        script.call("n4", new Read<>(), 199);
        Verdict<RegisterOp<Integer>, Object> verdict = Search.verdict(Models.register(0), calls(script), 500_000);
        assertThat(verdict).isInstanceOf(Verdict.Unexplained.class);
        assertThat(verdict.states()).isLessThan(20_000);
    }

    @Test
    void searchThatIsGivenUpSaysWhereAndWhatHelps() {
        Script<CounterOp, Long> script = new Script<>(HistorySettings.DEFAULT.withMaxStates(1_000));
        for (int i = 0; i < 20; i++) {
            script.timesOut("n1", new Add(1L << i));
        }
        script.call("n2", new Get(), 0L).call("n2", new Get(), -1L);
        assertThatThrownBy(() -> script.history().check(Models.counter()))
                .isInstanceOfSatisfying(
                        HistoryNotDecided.class,
                        thrown -> assertThat(thrown.key()).isEqualTo("c-42"))
                .hasMessage("""
                        entity 'c-42': not decided whether it behaves like a counter; the search was given up after 1,000 states
                          12.332 s – ?         n1  add(65536)  (TimeoutException: no answer in 5 s; may or may not have happened)
                          12.334 s – ?         n1  add(131072)  (TimeoutException: no answer in 5 s; may or may not have happened)
                          12.336 s – ?         n1  add(262144)  (TimeoutException: no answer in 5 s; may or may not have happened)
                          12.338 s – ?         n1  add(524288)  (TimeoutException: no answer in 5 s; may or may not have happened)
                          12.340 s – 12.341 s  n2  get() → 0
                          12.342 s – 12.343 s  n2  get() → -1   <- no order tried so far explains this answer
                          and 16 more at the same time
                        all that ended before it is explained by an order that ends in state 0:
                          get() → 0
                        at most 1 of 2 answered calls were explained; calls of unknown outcome: 20
                        what helps, best first: calls spread over more entities; fewer at once per entity;
                          HistorySettings.hadNoEffect for failures that certainly changed nothing; operations with equals
                          and hashCode by content; answers that tell more of the state; a larger HistorySettings.maxStates
                        """.stripTrailing());
    }

    @Test
    void violationOfOneEntityIsFoundThoughAnotherIsNotDecided() {
        Script<CounterOp, Long> script = new Script<>(HistorySettings.DEFAULT.withMaxStates(1_000));
        for (int i = 0; i < 20; i++) {
            script.timesOut("n1", new Add(1L << i));
        }
        script.call("n2", new Get(), -1L).key("c-43").call("n2", new Get(), 1L);
        assertThat(script.violation(Models.counter()))
                .extracting(HistoryViolation::key)
                .isEqualTo("c-43");
    }

    @Test
    void sameHistoryIsSearchedInTheSameWay() {
        assertThat(states(Models.counter(), AtomicObjectTest.counterCalls(7, 6, 0.05, 300)))
                .isEqualTo(states(Models.counter(), AtomicObjectTest.counterCalls(7, 6, 0.05, 300)));
    }
}
