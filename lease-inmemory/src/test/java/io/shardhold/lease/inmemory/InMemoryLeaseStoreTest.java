package io.shardhold.lease.inmemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.shardhold.lease.LeaseRecord;
import io.shardhold.lease.LeaseStore;
import io.shardhold.lease.StoreAnswer;
import io.shardhold.lease.inmemory.Faults.Effect;
import io.shardhold.lease.inmemory.Faults.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class InMemoryLeaseStoreTest {
    private static final LeaseRecord FIRST = new LeaseRecord("a#1", 1, Duration.ofSeconds(5), 0, false);
    private static final LeaseRecord SECOND = new LeaseRecord("b#1", 2, Duration.ofSeconds(5), 0, false);

    private final ManualRuntime network = new ManualRuntime();
    private final ManualRuntime contender = new ManualRuntime();
    private final InMemoryLeaseStore store = new InMemoryLeaseStore(network, Faults.NONE);
    private final LeaseStore way = store.connect("a", contender);

    private static StoreAnswer now(CompletionStage<StoreAnswer> stage) {
        CompletableFuture<StoreAnswer> future = stage.toCompletableFuture();
        assertThat(future).isDone();
        return future.join();
    }

    @Test
    void whatIsNotDelayedIsAnsweredWithinTheCall() {
        assertThat(now(way.read("x"))).isEqualTo(new StoreAnswer.Absent());
        StoreAnswer.Stored stored = (StoreAnswer.Stored) now(way.compareAndSet("x", null, FIRST));
        assertThat(now(way.read("x"))).isEqualTo(new StoreAnswer.Found(FIRST, stored.version()));
        assertThat(now(way.read("y"))).isEqualTo(new StoreAnswer.Absent());
        assertThat(store.requests()).isEqualTo(4);
    }

    @Test
    void aWriteNeedsTheVersionThatIsThere() {
        StoreAnswer.Stored first = (StoreAnswer.Stored) now(way.compareAndSet("x", null, FIRST));
        assertThat(now(way.compareAndSet("x", null, SECOND))).isEqualTo(new StoreAnswer.Conflict());
        assertThat(now(way.compareAndSet("x", first.version(), SECOND))).isInstanceOf(StoreAnswer.Stored.class);
        assertThat(now(way.compareAndSet("x", first.version(), FIRST))).isEqualTo(new StoreAnswer.Conflict());
        assertThat(store.record("x")).contains(SECOND);
    }

    @Test
    void noVersionComesTwice() {
        StoreAnswer.Stored first = (StoreAnswer.Stored) now(way.compareAndSet("x", null, FIRST));
        store.delete("x");
        assertThat(store.record("x")).isEmpty();
        assertThat(now(way.compareAndSet("x", first.version(), SECOND))).isEqualTo(new StoreAnswer.Conflict());
        store.put("x", FIRST);
        assertThat(now(way.compareAndSet("x", first.version(), SECOND))).isEqualTo(new StoreAnswer.Conflict());
    }

    @Test
    void eachEffectDoesWhatItSays() {
        store.setFaults(request -> Fault.of(Effect.valueOf(request.name())));
        assertThat(now(way.compareAndSet("NONE", null, FIRST))).isInstanceOf(StoreAnswer.Stored.class);
        assertThat(way.compareAndSet("DROP_REQUEST", null, FIRST).toCompletableFuture())
                .isNotDone();
        assertThat(way.compareAndSet("DROP_ANSWER", null, FIRST).toCompletableFuture())
                .isNotDone();
        assertThat(now(way.compareAndSet("FAIL", null, FIRST))).isInstanceOf(StoreAnswer.Failed.class);
        assertThat(now(way.compareAndSet("UNKNOWN", null, FIRST))).isInstanceOf(StoreAnswer.Unknown.class);
        assertThat(now(way.compareAndSet("DONE_BUT_UNKNOWN", null, FIRST))).isInstanceOf(StoreAnswer.Unknown.class);
        assertThat(now(way.compareAndSet("CONFLICT", null, FIRST))).isEqualTo(new StoreAnswer.Conflict());
        assertThat(now(way.read("CONFLICT"))).isInstanceOf(StoreAnswer.Failed.class);
        List<String> written = new ArrayList<>();
        for (Effect effect : Effect.values()) {
            store.record(effect.name()).ifPresent(record -> written.add(effect.name()));
        }
        assertThat(written).containsExactly("NONE", "DROP_ANSWER", "DONE_BUT_UNKNOWN");
    }

    @Test
    void faultsSeeWhoAsksWhat() {
        List<Faults.Request> seen = new ArrayList<>();
        store.setFaults(request -> {
            seen.add(request);
            return Fault.NONE;
        });
        way.read("x");
        store.connect("b", contender).compareAndSet("x", null, FIRST);
        assertThat(seen)
                .containsExactly(
                        new Faults.Request("a", "x", Faults.Operation.READ, 1),
                        new Faults.Request("b", "x", Faults.Operation.WRITE, 2));
    }

    @Test
    void aDelayedRequestMeetsWhatIsThereWhenItArrives() {
        store.setFaults(request -> Fault.delayed(Duration.ofMillis(30), Duration.ofMillis(20)));
        CompletableFuture<StoreAnswer> asked =
                way.compareAndSet("x", null, FIRST).toCompletableFuture();
        network.pass(Duration.ofMillis(29));
        assertThat(store.record("x")).isEmpty();
        network.pass(Duration.ofMillis(1));
        assertThat(store.record("x")).contains(FIRST);
        network.pass(Duration.ofMillis(20));
        // The contender pauses: its answer waits for it, and the request did not.
        assertThat(asked).isNotDone();
        contender.pass(Duration.ZERO);
        assertThat(asked).isDone();
    }

    @Test
    void aStoreThatIsDownRefusesWhatArrives() {
        store.setFaults(request -> Fault.delayed(Duration.ofMillis(30), Duration.ZERO));
        CompletableFuture<StoreAnswer> asked =
                way.compareAndSet("x", null, FIRST).toCompletableFuture();
        store.setDown(true);
        network.pass(Duration.ofMillis(30));
        contender.pass(Duration.ZERO);
        assertThat(asked.join()).isInstanceOf(StoreAnswer.Failed.class);
        assertThat(store.record("x")).isEmpty();
        store.setDown(false);
        store.setFaults(Faults.NONE);
        assertThat(now(way.read("x"))).isEqualTo(new StoreAnswer.Absent());
    }

    @Test
    void aStoreWithoutANetworkCannotDelay() {
        InMemoryLeaseStore direct = new InMemoryLeaseStore();
        direct.setFaults(request -> Fault.delayed(Duration.ofMillis(1), Duration.ZERO));
        assertThatIllegalStateException()
                .isThrownBy(() -> direct.connect("a", contender).read("x"))
                .withMessageContaining("PT0.001S");
    }

    @Test
    void ofManyWritersWithOneVersionOneWins() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 200; round++) {
                String name = "x" + round;
                List<Future<StoreAnswer>> answers = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    answers.add(threads.submit(() -> now(way.compareAndSet(name, null, FIRST))));
                }
                int stored = 0;
                for (Future<StoreAnswer> answer : answers) {
                    stored += answer.get() instanceof StoreAnswer.Stored ? 1 : 0;
                }
                assertThat(stored).isEqualTo(1);
            }
        } finally {
            threads.shutdown();
        }
    }
}
