package io.shardhold.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardhold.testkit.history.CounterOp.Add;
import io.shardhold.testkit.history.CounterOp.Get;
import io.shardhold.testkit.history.QueueOp.Dequeue;
import io.shardhold.testkit.history.QueueOp.Enqueue;
import io.shardhold.testkit.history.RegisterOp.CompareAndSet;
import io.shardhold.testkit.history.RegisterOp.Read;
import io.shardhold.testkit.history.RegisterOp.Write;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Small histories, good and bad, of each ready-made model. */
class ModelsTest {
    private final Script<CounterOp, Long> counter = new Script<>();
    private final Script<RegisterOp<String>, Object> register = new Script<>();
    private final Script<QueueOp<String>, Object> queue = new Script<>();

    private void counterIsRight() {
        assertThat(counter.violation(Models.counter())).isNull();
    }

    private void counterIsWrongAt(String call) {
        assertThat(counter.violation(Models.counter())).hasMessageContaining(call + "   <- no order explains");
    }

    private void registerIsRight() {
        assertThat(register.violation(Models.register("nothing"))).isNull();
    }

    private void registerIsWrongAt(String call) {
        assertThat(register.violation(Models.register("nothing")))
                .hasMessageContaining(call + "   <- no order explains");
    }

    private void queueIsRight() {
        assertThat(queue.violation(Models.queue())).isNull();
    }

    private void queueIsWrongAt(String call) {
        assertThat(queue.violation(Models.queue())).hasMessageContaining(call + "   <- no order explains");
    }

    // ---- counter -----------------------------------------------------------------------------------------------

    @Test
    void emptyHistoryIsRight() {
        counterIsRight();
    }

    @Test
    void counterThatAddsUpIsRight() {
        counter.call("n1", new Add(3), 3L).call("n2", new Add(-1), 2L).call("n1", new Get(), 2L);
        counterIsRight();
    }

    @Test
    void overlappingAddsMayTakeEffectInEitherOrder() {
        CompletableFuture<Long> first = counter.start("n1", new Add(1));
        CompletableFuture<Long> second = counter.start("n2", new Add(1));
        first.complete(2L);
        second.complete(1L);
        counterIsRight();
    }

    @Test
    void lostUpdateIsFound() {
        CompletableFuture<Long> first = counter.start("n1", new Add(1));
        CompletableFuture<Long> second = counter.start("n2", new Add(1));
        first.complete(1L);
        second.complete(1L);
        counterIsWrongAt("n2  add(1) → 1");
    }

    @Test
    void staleReadIsFound() {
        counter.call("n1", new Add(1), 1L).call("n1", new Add(1), 2L).call("n2", new Get(), 1L);
        counterIsWrongAt("n2  get() → 1");
    }

    @Test
    void readMayBeOldWhileItOverlapsTheChange() {
        CompletableFuture<Long> read = counter.start("n2", new Get());
        counter.call("n1", new Add(1), 1L).call("n1", new Add(1), 2L);
        read.complete(0L);
        counterIsRight();
    }

    @Test
    void entitiesAreCheckedEachForItself() {
        counter.call("n1", new Add(1), 1L);
        counter.key("c-43").call("n1", new Add(1), 1L).call("n1", new Get(), 2L);
        counterIsWrongAt("get() → 2");
        assertThat(counter.violation(Models.counter()))
                .extracting(HistoryViolation::key)
                .isEqualTo("c-43");
    }

    // ---- unknown outcomes --------------------------------------------------------------------------------------

    @Test
    void unknownOutcomeMayHaveHappened() {
        counter.timesOut("n1", new Add(5)).call("n2", new Get(), 5L);
        counterIsRight();
    }

    @Test
    void unknownOutcomeMayNotHaveHappened() {
        counter.timesOut("n1", new Add(5)).call("n2", new Get(), 0L);
        counterIsRight();
    }

    @Test
    void unknownOutcomeMayHappenLongAfterItFailed() {
        counter.timesOut("n1", new Add(5)).call("n2", new Get(), 0L).call("n2", new Get(), 5L);
        counterIsRight();
    }

    @Test
    void unknownOutcomeHappensOnceAtMost() {
        counter.timesOut("n1", new Add(5)).call("n2", new Get(), 5L).call("n2", new Get(), 10L);
        counterIsWrongAt("get() → 10");
    }

    @Test
    void unknownOutcomeThatWasSeenStaysSeen() {
        counter.timesOut("n1", new Add(5)).call("n2", new Get(), 5L).call("n2", new Get(), 0L);
        counterIsWrongAt("get() → 0");
    }

    @Test
    void unknownOutcomeHappensNotBeforeItsStart() {
        counter.call("n2", new Get(), 5L).timesOut("n1", new Add(5));
        counterIsWrongAt("get() → 5");
    }

    @Test
    void callThatWasNeverAnsweredHasAnUnknownOutcome() {
        CompletableFuture<Long> never = counter.start("n1", new Add(5));
        counter.call("n2", new Get(), 0L).call("n2", new Get(), 5L);
        counterIsRight();
        assertThat(never).isNotDone();
    }

    @Test
    void laterOneOfTwoEqualCallsOfUnknownOutcomeMayBeTheOneThatHappened() {
        counter.timesOut("n1", new Add(1)).call("n2", new Get(), 0L).timesOut("n1", new Add(1));
        counter.call("n2", new Get(), 1L).call("n2", new Get(), 2L);
        counterIsRight();
        counter.call("n2", new Get(), 3L);
        counterIsWrongAt("get() → 3");
    }

    @Test
    void severalOfUnknownOutcomeCanBeNeededAtOnce() {
        counter.timesOut("n1", new Add(1)).timesOut("n1", new Add(2)).timesOut("n1", new Add(4));
        counter.call("n2", new Get(), 6L).call("n2", new Get(), 7L);
        counterIsRight();
        counter.call("n2", new Get(), 6L);
        counterIsWrongAt("get() → 6");
    }

    @Test
    void failureThatHadNoEffectCannotExplainAnAnswer() {
        Script<CounterOp, Long> sure = new Script<>(
                HistorySettings.DEFAULT.withHadNoEffect(failure -> failure instanceof IllegalStateException));
        sure.start("n1", new Add(5)).completeExceptionally(new IllegalStateException("mailbox full"));
        sure.call("n2", new Get(), 0L);
        assertThat(sure.violation(Models.counter())).isNull();
        sure.call("n2", new Get(), 5L);
        assertThat(sure.violation(Models.counter())).hasMessageContaining("get() → 5   <- no order");
    }

    // ---- register ----------------------------------------------------------------------------------------------

    @Test
    void registerThatHoldsTheLastWriteIsRight() {
        register.call("n1", new Read<>(), "nothing").call("n1", new Write<>("a"), "done");
        register.call("n2", new Read<>(), "a").call("n2", new CompareAndSet<>("a", "b"), true);
        register.call("n1", new CompareAndSet<>("a", "c"), false).call("n1", new Read<>(), "b");
        registerIsRight();
    }

    @Test
    void staleReadOfARegisterIsFound() {
        register.call("n1", new Write<>("a"), "done").call("n1", new Write<>("b"), "done");
        register.call("n2", new Read<>(), "a");
        registerIsWrongAt("read() → a");
    }

    @Test
    void readsThatSeeTwoWritesInDifferentOrdersAreFound() {
        CompletableFuture<Object> a = register.start("n1", new Write<>("a"));
        CompletableFuture<Object> b = register.start("n2", new Write<>("b"));
        register.call("n3", new Read<>(), "a").call("n3", new Read<>(), "b").call("n4", new Read<>(), "a");
        a.complete("done");
        b.complete("done");
        registerIsWrongAt("n4  read() → a");
    }

    @Test
    void twoWinnersOfOneCompareAndSetAreFound() {
        CompletableFuture<Object> first = register.start("n1", new CompareAndSet<>("nothing", "a"));
        CompletableFuture<Object> second = register.start("n2", new CompareAndSet<>("nothing", "b"));
        first.complete(true);
        second.complete(true);
        registerIsWrongAt("n2  compareAndSet(nothing, b) → true");
    }

    @Test
    void compareAndSetOfUnknownOutcomeHappensOnlyWhereItCan() {
        register.timesOut("n1", new CompareAndSet<>("a", "b")).call("n2", new Read<>(), "nothing");
        register.call("n2", new Write<>("a"), "done").call("n2", new Read<>(), "b");
        registerIsRight();
        register.call("n2", new Write<>("c"), "done").call("n2", new Read<>(), "b");
        registerIsWrongAt("read() → b");
    }

    @Test
    void answerOfAnotherTypeIsTheMistakeOfTheTest() {
        register.call("n1", new CompareAndSet<>("a", "b"), "yes");
        assertThatThrownBy(() -> register.history().check(Models.register("nothing")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the model 'register' fails at compareAndSet(a, b) → yes of entity 'c-42' in state nothing: "
                                + "compareAndSet(a, b) is answered with a Boolean, not with java.lang.String yes");
    }

    // ---- queue -------------------------------------------------------------------------------------------------

    @Test
    void queueInOrderIsRight() {
        queue.call("n1", new Enqueue<>("a"), "done").call("n1", new Enqueue<>("b"), "done");
        queue.call("n2", new Dequeue<>(), Optional.of("a")).call("n3", new Dequeue<>(), Optional.of("b"));
        queue.call("n2", new Dequeue<>(), Optional.empty());
        queueIsRight();
    }

    @Test
    void dequeueOutOfOrderIsFound() {
        queue.call("n1", new Enqueue<>("a"), "done").call("n1", new Enqueue<>("b"), "done");
        queue.call("n2", new Dequeue<>(), Optional.of("b"));
        queueIsWrongAt("dequeue() → Optional[b]");
    }

    @Test
    void overlappingEnqueuesMayComeOutInEitherOrder() {
        CompletableFuture<Object> a = queue.start("n1", new Enqueue<>("a"));
        CompletableFuture<Object> b = queue.start("n2", new Enqueue<>("b"));
        a.complete("done");
        b.complete("done");
        queue.call("n2", new Dequeue<>(), Optional.of("b")).call("n2", new Dequeue<>(), Optional.of("a"));
        queueIsRight();
    }

    @Test
    void valueDequeuedTwiceIsFound() {
        queue.call("n1", new Enqueue<>("a"), "done").call("n1", new Enqueue<>("b"), "done");
        CompletableFuture<Object> first = queue.start("n2", new Dequeue<>());
        CompletableFuture<Object> second = queue.start("n3", new Dequeue<>());
        first.complete(Optional.of("a"));
        second.complete(Optional.of("a"));
        queueIsWrongAt("n3  dequeue() → Optional[a]");
    }

    @Test
    void dequeueOfUnknownOutcomeMayHaveTakenAValue() {
        queue.call("n1", new Enqueue<>("a"), "done").call("n1", new Enqueue<>("b"), "done");
        queue.timesOut("n2", new Dequeue<>()).call("n3", new Dequeue<>(), Optional.of("b"));
        queueIsRight();
        queue.call("n3", new Dequeue<>(), Optional.of("a"));
        queueIsWrongAt("dequeue() → Optional[a]");
    }
}
