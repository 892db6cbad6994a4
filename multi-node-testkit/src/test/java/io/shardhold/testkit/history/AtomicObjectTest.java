package io.shardhold.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.testkit.history.CounterOp.Add;
import io.shardhold.testkit.history.CounterOp.Get;
import io.shardhold.testkit.history.QueueOp.Dequeue;
import io.shardhold.testkit.history.QueueOp.Enqueue;
import io.shardhold.testkit.history.RegisterOp.CompareAndSet;
import io.shardhold.testkit.history.RegisterOp.Read;
import io.shardhold.testkit.history.RegisterOp.Write;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Random histories of correct objects are explained, whole and cheaply; with one impossible answer they never are. */
class AtomicObjectTest {
    private static final int SEEDS = 150;
    private static final int CALLS = 120;

    static List<Call<CounterOp, Long>> counterCalls(long seed, int clients, double unknownShare, int calls) {
        AtomicLong value = new AtomicLong();
        return new AtomicObject<CounterOp, Long>(
                        seed,
                        clients,
                        unknownShare,
                        random -> random.nextInt(3) == 0 ? new Get() : new Add(1 + random.nextInt(3)),
                        operation -> operation instanceof Add add ? value.addAndGet(add.amount()) : value.get())
                .run(calls);
    }

    static List<Call<RegisterOp<Integer>, Object>> registerCalls(
            long seed, int clients, double unknownShare, int calls) {
        AtomicInteger value = new AtomicInteger();
        AtomicInteger written = new AtomicInteger();
        return new AtomicObject<RegisterOp<Integer>, Object>(
                        seed,
                        clients,
                        unknownShare,
                        random -> registerOperation(random, written),
                        operation -> apply(operation, value))
                .run(calls);
    }

    private static RegisterOp<Integer> registerOperation(SplittableRandom random, AtomicInteger written) {
        return switch (random.nextInt(4)) {
            case 0 -> new Write<>(written.incrementAndGet());
            case 1 -> new CompareAndSet<>(written.get(), written.incrementAndGet());
            default -> new Read<>();
        };
    }

    private static Object apply(RegisterOp<Integer> operation, AtomicInteger value) {
        int before = value.get();
        if (operation instanceof Write<Integer> write) {
            value.set(write.value());
            return "done";
        } else if (operation instanceof CompareAndSet<Integer> swap) {
            boolean same = before == swap.expected();
            value.set(same ? swap.value() : before);
            return same;
        }
        return before;
    }

    static List<Call<QueueOp<Integer>, Object>> queueCalls(long seed, int clients, double unknownShare, int calls) {
        ArrayDeque<Integer> queued = new ArrayDeque<>();
        AtomicInteger enqueued = new AtomicInteger();
        return new AtomicObject<QueueOp<Integer>, Object>(
                        seed,
                        clients,
                        unknownShare,
                        random -> random.nextBoolean() ? new Enqueue<>(enqueued.incrementAndGet()) : new Dequeue<>(),
                        operation -> operation instanceof Enqueue<Integer> enqueue
                                ? queued.add(enqueue.value())
                                : Optional.ofNullable(queued.poll()))
                .run(calls);
    }

    private static <S, I, O> void isExplained(long seed, Model<S, I, O> model, List<Call<I, O>> calls) {
        assertThat(Search.verdict(model, calls, 500_000)).as("seed %s", seed).isInstanceOf(Verdict.Explained.class);
    }

    private static <S, I, O> void isExplainedUnlessMutated(
            long seed, Model<S, I, O> model, List<Call<I, O>> calls, Predicate<I> reads, O impossible) {
        isExplained(seed, model, calls);
        List<Call<I, O>> read = calls.stream()
                .filter(call -> call.isAnswered() && reads.test(call.operation()))
                .toList();
        Call<I, O> right = read.get(new SplittableRandom(seed).nextInt(read.size()));
        Call<I, O> wrong = right.ended(right.end(), right.endTime(), new Outcome.Answered<>(impossible));
        List<Call<I, O>> mutated = new ArrayList<>(calls);
        mutated.set(mutated.indexOf(right), wrong);
        Verdict<I, O> verdict = Search.verdict(model, mutated, 500_000);
        assertThat(verdict).as("seed %s, mutated", seed).isInstanceOf(Verdict.Unexplained.class);
        // Not always the mutated one: what ended before it may have needed its effect.
        assertThat(((Verdict.Unexplained<I, O>) verdict).culprit().end()).isLessThanOrEqualTo(wrong.end());
    }

    @Test
    void correctCountersAreExplainedUnlessAnAnswerIsImpossible() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            List<Call<CounterOp, Long>> calls = counterCalls(seed, 2 + (int) seed % 5, 0.05, CALLS);
            isExplainedUnlessMutated(seed, Models.counter(), calls, Get.class::isInstance, -1L);
        }
    }

    @Test
    void correctRegistersAreExplainedUnlessAnAnswerIsImpossible() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            List<Call<RegisterOp<Integer>, Object>> calls = registerCalls(seed, 2 + (int) seed % 5, 0.05, CALLS);
            isExplainedUnlessMutated(seed, Models.register(0), calls, Read.class::isInstance, -1);
        }
    }

    @Test
    void correctQueuesAreExplainedUnlessAnAnswerIsImpossible() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            isExplained(seed, Models.queue(), queueCalls(seed, 2 + (int) seed % 5, 0.05, CALLS));
            // Not as long, for to be sure that nothing explains a long queue takes more states than there may be.
            List<Call<QueueOp<Integer>, Object>> calls = queueCalls(seed, 2 + (int) seed % 2, 0.05, CALLS / 3);
            isExplainedUnlessMutated(seed, Models.queue(), calls, Dequeue.class::isInstance, Optional.of(-1));
        }
    }
}
