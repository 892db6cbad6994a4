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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
        List<Long> tokens = new CopyOnWriteArrayList<>();
        AtomicInteger holders = new AtomicInteger();
        List<CompletableFuture<ReleaseAnswer>> all = new ArrayList<>();
        for (String owner : List.of("a", "b", "c")) {
            Contender contender = contender(owner);
            all.add(contender.hold().thenCompose(token -> {
                assertThat(holders.incrementAndGet()).isEqualTo(1);
                tokens.add(token);
                holders.decrementAndGet();
                return contender.lease().release();
            }));
        }
        all.forEach(each -> assertThat(each.join()).isEqualTo(new ReleaseAnswer.Released()));
        assertThat(tokens).hasSize(3);
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
