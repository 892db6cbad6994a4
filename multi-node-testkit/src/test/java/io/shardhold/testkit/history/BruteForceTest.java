package io.shardhold.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The search agrees with the definition, on random histories of few calls with few values, half of them wrong. */
class BruteForceTest {
    private static final int HISTORIES = 3_000;
    private static final int MOST_CALLS = 6;

    private interface RandomOperation<I> {
        I draw(SplittableRandom random);
    }

    private interface RandomAnswer<I, O> {
        O draw(SplittableRandom random, I operation);
    }

    private static <I, O> List<Call<I, O>> randomCalls(
            SplittableRandom random, RandomOperation<I> operations, RandomAnswer<I, O> answers) {
        int count = 2 + random.nextInt(MOST_CALLS - 1);
        List<Long> moments = new ArrayList<>();
        for (long moment = 0; moment < 2L * count; moment++) {
            moments.add(random.nextInt(moments.size() + 1), moment);
        }
        List<Call<I, O>> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long one = moments.get(2 * i);
            long other = moments.get(2 * i + 1);
            I operation = operations.draw(random);
            Call<I, O> call = Call.started("n" + i, "c", operation, Math.min(one, other), Duration.ZERO);
            int how = random.nextInt(10);
            if (how < 7) {
                O answer = answers.draw(random, operation);
                call = call.ended(Math.max(one, other), Duration.ZERO, new Outcome.Answered<>(answer));
            } else if (how < 8) {
                call = call.ended(Math.max(one, other), Duration.ZERO, new Outcome.NoEffect<>("refused"));
            }
            calls.add(call);
        }
        calls.sort(Comparator.comparingLong(Call::start));
        return calls;
    }

    private static <S, I, O> void agrees(
            Model<S, I, O> model, RandomOperation<I> operations, RandomAnswer<I, O> answers) {
        int explained = 0;
        for (long seed = 1; seed <= HISTORIES; seed++) {
            List<Call<I, O>> calls = randomCalls(new SplittableRandom(seed), operations, answers);
            BruteForce<S, I, O> oracle = new BruteForce<>(model, calls);
            Verdict<I, O> verdict = Search.verdict(model, calls, 100_000);
            String what = "seed " + seed + ": " + calls;
            if (model instanceof Foresight<S, I, O> foresight) {
                assertThat(
                                new Search<S, I, O>(foresight.narrowed(calls), calls, 100_000).run()
                                        instanceof Verdict.Explained)
                        .as(what)
                        .isEqualTo(oracle.explains(Call.NEVER - 1));
            }
            if (verdict instanceof Verdict.Unexplained<I, O> found) {
                assertThat(oracle.explains(found.culprit().end() - 1)).as(what).isTrue();
                assertThat(oracle.explains(found.culprit().end())).as(what).isFalse();
                assertThat(oracle.isLegal(found.order())).as(what).isTrue();
                assertThat(oracle.end(found.order()))
                        .as(what)
                        .hasValueSatisfying(state -> assertThat((Object) state).isEqualTo(found.state()));
                assertThat(found.order())
                        .as(what)
                        .containsAll(calls.stream()
                                .filter(call -> call.isAnswered()
                                        && call.end() < found.culprit().end())
                                .toList());
            } else {
                explained++;
                assertThat(verdict).as(what).isInstanceOf(Verdict.Explained.class);
                assertThat(oracle.explains(Call.NEVER - 1)).as(what).isTrue();
            }
        }
        assertThat(explained).as("explained").isBetween(HISTORIES / 10, HISTORIES * 9 / 10);
    }

    @Test
    void searchAgreesOnCounters() {
        agrees(
                Models.counter(),
                random -> random.nextInt(3) == 0 ? new CounterOp.Get() : new CounterOp.Add(1 + random.nextInt(2)),
                (random, operation) -> (long) random.nextInt(4));
    }

    @Test
    void searchAgreesOnRegisters() {
        agrees(
                Models.register("a"),
                random -> switch (random.nextInt(4)) {
                    case 0 -> new RegisterOp.Write<>(letter(random));
                    case 1 -> new RegisterOp.CompareAndSet<>(letter(random), letter(random));
                    default -> new RegisterOp.Read<>();
                },
                (random, operation) ->
                        operation instanceof RegisterOp.CompareAndSet ? (Object) random.nextBoolean() : letter(random));
    }

    @Test
    void searchAgreesOnQueues() {
        agrees(
                Models.<String>queue(),
                random -> random.nextBoolean() ? new QueueOp.Enqueue<>(letter(random)) : new QueueOp.Dequeue<>(),
                (random, operation) -> random.nextInt(3) == 0 ? Optional.empty() : Optional.of(letter(random)));
    }

    @Test
    void searchAgreesOnQueuesOfDifferentValues() {
        AtomicInteger enqueued = new AtomicInteger();
        agrees(
                Models.<Integer>queue(),
                random -> random.nextBoolean()
                        ? new QueueOp.Enqueue<>(enqueued.incrementAndGet() % 4)
                        : new QueueOp.Dequeue<>(),
                (random, operation) -> random.nextInt(3) == 0 ? Optional.empty() : Optional.of(random.nextInt(4)));
    }

    private static String letter(SplittableRandom random) {
        return random.nextBoolean() ? "a" : "b";
    }
}
