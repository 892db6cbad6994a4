package io.shardhold.lease.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.lease.Lease;
import io.shardhold.lease.LeaseAnswer;
import io.shardhold.lease.LeaseRuntime;
import io.shardhold.lease.LeaseSettings;
import io.shardhold.lease.ReleaseAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The few cases of the contract that need nothing virtual: real clocks, real threads, the store as it is. No case asserts
 * how long something takes, only what never happens and what happens in the end.
 */
public abstract class LeaseRealTimeContract {
    private static final AtomicLong NAMES = new AtomicLong();
    private static final long MOST_SECONDS = 60;

    private final List<LeaseRuntime> runtimes = new ArrayList<>();
    private StoreUnderTest store;
    private LeaseSettings settings;

    /** For implementations. */
    protected LeaseRealTimeContract() {}

    /** A store without a record of the names that are used here; closed after the case. */
    protected abstract StoreUnderTest open() throws Exception;

    /** Short times: a case waits for a few ttl. */
    protected LeaseSettings settings(String name) {
        return LeaseSettings.of(name, "owner")
                .withTimes(
                        Duration.ofMillis(600),
                        Duration.ofMillis(100),
                        Duration.ofMillis(60),
                        Duration.ofMillis(30),
                        Duration.ofMillis(200));
    }

    @BeforeEach
    final void openStore() throws Exception {
        store = open();
        settings = settings("real-" + NAMES.incrementAndGet());
    }

    @AfterEach
    final void closeStore() throws Exception {
        runtimes.forEach(LeaseRuntime::close);
        store.close();
    }

    private Contender contender(String owner) {
        LeaseRuntime runtime = LeaseRuntime.system();
        runtimes.add(runtime);
        LeaseSettings own = settings.withOwner(owner);
        return new Contender(runtime, store.lease(store.connect(owner, runtime), own, runtime));
    }

    private record Contender(LeaseRuntime runtime, Lease lease) {
        /** Polls until granted. */
        CompletableFuture<Long> hold() {
            CompletableFuture<Long> granted = new CompletableFuture<>();
            poll(granted);
            return granted.orTimeout(MOST_SECONDS, TimeUnit.SECONDS);
        }

        private void poll(CompletableFuture<Long> granted) {
            var unused = lease.acquire(0).thenAccept(answer -> {
                if (answer instanceof LeaseAnswer.Granted now) {
                    granted.complete(now.token());
                } else {
                    runtime.schedule(lease.settings().poll().toNanos(), () -> poll(granted));
                }
            });
        }
    }

    @Test
    void theFirstAskerHoldsInTheEndAndRenews() {
        Contender only = contender("only");
        long token = only.hold().join();
        assertThat(only.lease().fencingToken()).isEqualTo(token);
        long renewals = store.record(settings.name()).orElseThrow().renewals();
        CompletableFuture<Void> renewed = new CompletableFuture<>();
        awaitRenewals(only.runtime(), renewals + 3, renewed);
        renewed.orTimeout(MOST_SECONDS, TimeUnit.SECONDS).join();
    }

    private void awaitRenewals(LeaseRuntime runtime, long atLeast, CompletableFuture<Void> reached) {
        if (store.record(settings.name()).orElseThrow().renewals() >= atLeast) {
            reached.complete(null);
        } else {
            runtime.schedule(settings.renew().toNanos(), () -> awaitRenewals(runtime, atLeast, reached));
        }
    }

    @Test
    void contendersHoldOneAfterTheOtherWithRisingTokens() {
        List<Contender> contenders = List.of(contender("a"), contender("b"), contender("c"));
        List<CompletableFuture<Long>> holding =
                contenders.stream().map(Contender::hold).toList();
        List<Long> tokens = new ArrayList<>();
        List<CompletableFuture<Long>> open = new ArrayList<>(holding);
        while (!open.isEmpty()) {
            CompletableFuture.anyOf(open.toArray(CompletableFuture[]::new)).join();
            List<CompletableFuture<Long>> done =
                    open.stream().filter(CompletableFuture::isDone).toList();
            assertThat(done).as("granted at once").hasSize(1);
            open.removeAll(done);
            tokens.add(done.get(0).join());
            Contender holder = contenders.get(holding.indexOf(done.get(0)));
            assertThat(holder.lease().release().toCompletableFuture().join()).isEqualTo(new ReleaseAnswer.Released());
            assertThat(holder.lease().checkAlive()).isFalse();
        }
        assertThat(tokens).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void aHolderWhoseThreadsAreGoneIsReplaced() {
        Contender holder = contender("holder");
        long token = holder.hold().join();
        holder.runtime().close();
        Contender other = contender("other");
        assertThat(other.hold().join()).isGreaterThan(token);
        assertThat(holder.lease().checkAlive()).isFalse();
    }

    @Test
    void aTakenLeaseIsToldOf() {
        Contender holder = contender("holder");
        long token = holder.hold().join();
        CompletableFuture<Long> lost = new CompletableFuture<>();
        holder.lease().onLost(loss -> lost.complete(loss.token()));
        store.delete(settings.name());
        assertThat(lost.orTimeout(MOST_SECONDS, TimeUnit.SECONDS).join()).isEqualTo(token);
        assertThat(holder.lease().checkAlive()).isFalse();
    }

    @Test
    void closingReleasesForTheNext() {
        Contender holder = contender("holder");
        long token = holder.hold().join();
        holder.lease().close();
        assertThat(contender("other").hold().join()).isGreaterThan(token);
    }
}
