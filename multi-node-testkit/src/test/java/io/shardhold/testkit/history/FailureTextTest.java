package io.shardhold.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.testkit.history.CounterOp.Add;
import io.shardhold.testkit.history.CounterOp.Get;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a failed check says, to the letter; change it only on purpose. */
class FailureTextTest {
    private final Script<CounterOp, Long> script = new Script<>();

    private void says(String text) {
        HistoryViolation violation = script.violation(Models.counter());
        assertThat(violation).hasMessage(text.stripTrailing());
    }

    @Test
    void staleReadIsToldWithWhatLedToIt() {
        for (long i = 1; i <= 10; i++) {
            script.call("n1", new Add(1), i);
        }
        CompletableFuture<Long> slow = script.start("n10", new Add(1));
        script.timesOut("n2", new Add(5));
        script.call("n3", new Get(), 4L);
        slow.complete(11L);
        script.call("n1", new Get(), 99L);
        says("""
                entity 'c-42' does not behave like a counter: no order of its calls explains the answers
                  12.312 s – 12.313 s  n1   add(1) → 7
                  12.314 s – 12.315 s  n1   add(1) → 8
                  12.316 s – 12.317 s  n1   add(1) → 9
                  12.318 s – 12.319 s  n1   add(1) → 10
                  12.320 s – 12.325 s  n10  add(1) → 11
                  12.321 s – ?         n2   add(5)  (TimeoutException: no answer in 5 s; may or may not have happened)
                  12.323 s – 12.324 s  n3   get() → 4   <- no order explains this answer
                all that ended before it is explained by an order that ends in state 10:
                  ... 4 before, add(1) → 5, add(1) → 6, add(1) → 7, add(1) → 8, add(1) → 9, add(1) → 10
                """);
    }

    @Test
    void firstCallIsToldWithTheInitialState() {
        script.call("n1", new Get(), 7L);
        script.key("c-43").call("n1", new Get(), 7L);
        says("""
                entity 'c-42' does not behave like a counter: no order of its calls explains the answers
                  12.300 s – 12.301 s  n1  get() → 7   <- no order explains this answer
                it was the first to end; before it the state is 0
                no order either for 'c-43'
                """);
    }

    @Test
    void crowdIsCutToTwentyLines() {
        List<CompletableFuture<Long>> open = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            script.timesOut("client-" + i, new Add(100));
            open.add(script.start("client-" + i, new Add(1)));
        }
        script.call("n3", new Get(), -4L);
        for (int i = 0; i < 30; i++) {
            open.get(i).complete(i + 1L);
        }
        for (int i = 0; i < 10; i++) {
            script.key("d-" + i).call("n1", new Get(), 7L);
        }
        says("""
                entity 'c-42' does not behave like a counter: no order of its calls explains the answers
                  12.374 s – 12.416 s  client-24  add(1) → 25
                  12.377 s – 12.417 s  client-25  add(1) → 26
                  12.378 s – ?         client-26  add(100)  (TimeoutException: no answer in 5 s; may or may not have happened)
                  12.380 s – 12.418 s  client-26  add(1) → 27
                  12.381 s – ?         client-27  add(100)  (TimeoutException: no answer in 5 s; may or may not have happened)
                  12.383 s – 12.419 s  client-27  add(1) → 28
                  12.384 s – ?         client-28  add(100)  (TimeoutException: no answer in 5 s; may or may not have happened)
                  12.386 s – 12.420 s  client-28  add(1) → 29
                  12.387 s – ?         client-29  add(100)  (TimeoutException: no answer in 5 s; may or may not have happened)
                  12.389 s – 12.421 s  client-29  add(1) → 30
                  12.390 s – 12.391 s  n3         get() → -4   <- no order explains this answer
                  and 50 more at the same time
                it was the first to end; before it the state is 0
                no order either for 'd-0' 'd-1' 'd-2' 'd-3' 'd-4' and 5 more
                """);
    }
}
