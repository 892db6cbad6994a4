package io.shardhold.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What the contract cannot reach: stores that break their own rules, threads, what a lease creates and frees. */
class RecordLeaseTest {
    private static final LeaseSettings SETTINGS = LeaseSettings.of("shop", "n1");

    private final FakeRuntime runtime = new FakeRuntime();
    private final FakeStore store = new FakeStore();
    private final RecordLease lease = new RecordLease(store, SETTINGS, runtime);

    private LeaseAnswer acquire() {
        CompletableFuture<LeaseAnswer> asked = lease.acquire(0).toCompletableFuture();
        runtime.pass(SETTINGS.requestTimeout().multipliedBy(6));
        return asked.join();
    }

    private void holdAtOnce() {
        store.put(new LeaseRecord("before#1", 10, SETTINGS.ttl(), 0, true));
        assertThat(lease.acquire(0).toCompletableFuture().join()).isInstanceOf(LeaseAnswer.Granted.class);
    }

    @Test
    void theOwnerOfARecordHasAnIncarnation() {
        assertThat(lease.owner()).isEqualTo("n1#0000000000000001");
        assertThat(new RecordLease(store, SETTINGS, runtime).owner()).isEqualTo("n1#0000000000000002");
    }

    /** From a backup, or created anew by hand: whoever has the higher token may still believe. */
    @Test
    void aReleasedRecordFromBeforeAGrantThatWasSeenIsWatched() {
        store.put(new LeaseRecord("n2#1", 20, SETTINGS.ttl(), 0, false));
        assertThat(acquire()).isEqualTo(new LeaseAnswer.Held("n2#1"));
        store.put(new LeaseRecord("n3#1", 10, SETTINGS.ttl(), 0, true));
        assertThat(lease.acquire(0).toCompletableFuture().join()).isEqualTo(new LeaseAnswer.Held("n3#1"));
        runtime.pass(SETTINGS.ttl().plus(SETTINGS.margin()));
        assertThat(lease.acquire(0).toCompletableFuture().join()).isEqualTo(new LeaseAnswer.Granted(21));
    }

    @Test
    void grantsAndRenewalsAreToldWithTheirDeadline() {
        List<LeaseHeld> told = new ArrayList<>();
        lease.onHeld(held -> {
            throw new Planned();
        });
        lease.onHeld(told::add);
        long life = SETTINGS.ttl().minus(SETTINGS.margin()).toNanos();
        long begun = runtime.monoNanos();
        holdAtOnce();
        runtime.pass(SETTINGS.renew());
        long renew = SETTINGS.renew().toNanos();
        assertThat(told)
                .containsExactly(new LeaseHeld(11, false, begun + life), new LeaseHeld(11, true, begun + renew + life));
    }

    @Test
    void aStoreThatThrowsOnReadingIsUnavailable() {
        store.answerReads(() -> {
            throw new IllegalStateException("broken");
        });
        assertThat(acquire())
                .isInstanceOfSatisfying(
                        LeaseAnswer.Unavailable.class,
                        answer -> assertThat(answer.why()).contains("broken"));
    }

    @Test
    void aStoreThatFindsItTooEarlyIsReachable() {
        store.put(new LeaseRecord("before#1", 10, SETTINGS.ttl(), 0, true));
        store.answerWrites(() -> CompletableFuture.completedFuture(new StoreAnswer.NotYet("sides are merging")));
        assertThat(acquire()).isEqualTo(new LeaseAnswer.Held(""));
        assertThat(store.writes()).isEqualTo(1);
        store.answerWrites(null);
        assertThat(acquire()).isEqualTo(new LeaseAnswer.Granted(11));
    }

    @Test
    void whatFailsBehindATakeThatMayStillArriveIsUnknown() {
        store.put(new LeaseRecord("before#1", 10, SETTINGS.ttl(), 0, true));
        store.answerWrites(() -> {
            store.answerWrites(() -> FakeStore.done(new StoreAnswer.Failed("too many requests")));
            return FakeStore.done(new StoreAnswer.Unknown("the connection broke"));
        });
        assertThat(acquire()).isEqualTo(new LeaseAnswer.Unknown(OpenTake.WHY));
        assertThat(store.writes()).isEqualTo(2);
    }

    /** A holder whose record somebody spoiled and then deleted may still believe: what was absent before does not count. */
    @Test
    void absenceIsWatchedAnewAfterARecordThatNobodyCanHaveWritten() {
        Duration wait = SETTINGS.ttl().plus(SETTINGS.margin());
        Duration step = SETTINGS.poll();
        Duration watched = Duration.ZERO;
        for (; watched.compareTo(wait.minus(step)) < 0; watched = watched.plus(step)) {
            assertThat(look()).isEqualTo(new LeaseAnswer.Held(""));
            runtime.pass(step);
        }
        store.put(new LeaseRecord("holder#1", RecordLease.MAX_TOKEN + 1, SETTINGS.ttl(), 3, false));
        assertThat(look()).isInstanceOf(LeaseAnswer.Unavailable.class);
        store.delete();
        runtime.pass(step);
        for (watched = Duration.ZERO; watched.compareTo(wait) < 0; watched = watched.plus(step)) {
            assertThat(look()).isEqualTo(new LeaseAnswer.Held(""));
            runtime.pass(step);
        }
        assertThat(look()).isInstanceOf(LeaseAnswer.Granted.class);
    }

    private LeaseAnswer look() {
        return lease.acquire(0).toCompletableFuture().join();
    }

    @Test
    void aStoreThatMayGoBackSaysWhatTokensAreAbove() {
        store.put(new LeaseRecord("before#1", 10, SETTINGS.ttl(), 0, true));
        store.tokenFloor(70);
        assertThat(acquire()).isEqualTo(new LeaseAnswer.Granted(71));
        lease.release();
        store.tokenFloor(50);
        assertThat(acquire()).isEqualTo(new LeaseAnswer.Granted(72));
    }

    @Test
    void aStageThatFailsIsUnknown() {
        store.put(new LeaseRecord("before#1", 10, SETTINGS.ttl(), 0, true));
        store.answerWrites(() -> CompletableFuture.failedFuture(new IllegalStateException("broken")));
        assertThat(acquire()).isInstanceOf(LeaseAnswer.Unknown.class);
        assertThat(store.writes()).isEqualTo(2);
        assertThat(lease.checkAlive()).isFalse();
    }

    @Test
    void aStoreThatThrowsOnWritingLosesTheLeaseOnlyAtTheDeadline() {
        holdAtOnce();
        store.answerWrites(() -> {
            throw new IllegalStateException("broken");
        });
        runtime.pass(Duration.ofMillis(4_490));
        assertThat(lease.checkAlive()).isTrue();
        runtime.pass(Duration.ofMillis(10));
        assertThat(lease.checkAlive()).isFalse();
    }

    @Test
    void anAnswerOfTheWrongKindIsNoAnswer() {
        List<Supplier<CompletionStage<StoreAnswer>>> wrong = List.of(
                () -> FakeStore.done(new StoreAnswer.Conflict()),
                () -> FakeStore.done(new StoreAnswer.Stored(new LeaseStore.Version() {})),
                () -> CompletableFuture.completedFuture(null));
        for (Supplier<CompletionStage<StoreAnswer>> answers : wrong) {
            store.answerReads(answers);
            assertThat(acquire()).isInstanceOf(LeaseAnswer.Unavailable.class);
        }
        store.answerReads(null);
        holdAtOnce();
        store.answerWrites(() -> FakeStore.done(new StoreAnswer.Absent()));
        runtime.pass(SETTINGS.ttl());
        assertThat(lease.checkAlive()).isFalse();
    }

    @Test
    void aRequestThatIsAnsweredTwiceCountsOnce() {
        holdAtOnce();
        long token = lease.fencingToken();
        CompletableFuture<StoreAnswer> twice = new CompletableFuture<>();
        store.answerWrites(() -> twice);
        runtime.pass(SETTINGS.renew());
        store.answerWrites(null);
        twice.complete(new StoreAnswer.Failed("no"));
        twice.obtrudeValue(new StoreAnswer.Stored(new LeaseStore.Version() {}));
        runtime.pass(SETTINGS.ttl());
        assertThat(lease.checkAlive()).isTrue();
        assertThat(lease.fencingToken()).isEqualTo(token);
    }

    @Test
    void listenersAreCalledByTheRuntimeAndNotByWhoFindsOut() {
        List<LeaseLost> losses = new ArrayList<>();
        lease.onLost(losses::add);
        holdAtOnce();
        runtime.advance(SETTINGS.ttl());
        assertThat(lease.checkAlive()).isFalse();
        assertThat(lease.release().toCompletableFuture().join()).isEqualTo(new ReleaseAnswer.Released());
        assertThat(losses).isEmpty();
        runtime.runDue();
        assertThat(losses).hasSize(1);
    }

    @Test
    void noLockIsHeldWhileOthersAreCalled() throws Exception {
        store.put(new LeaseRecord("before#1", 10, SETTINGS.ttl(), 0, true));
        List<Boolean> seen = new ArrayList<>();
        var unused = lease.acquire(0)
                .thenAccept(answer -> seen.add(onAnotherThread(() -> {
                    lease.acquire(0);
                    return lease.checkAlive();
                })));
        store.answerWrites(() -> FakeStore.done(new StoreAnswer.Failed(
                onAnotherThread(() -> lease.acquire(0).toCompletableFuture().isDone()) ? "free" : "locked")));
        lease.onLost(loss -> seen.add(onAnotherThread(() -> !lease.checkAlive())));
        runtime.pass(SETTINGS.ttl());
        assertThat(seen).containsExactly(true, true);
    }

    private static boolean onAnotherThread(Supplier<Boolean> question) {
        return CompletableFuture.supplyAsync(question)
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }

    @Test
    void whoAsksAgainWithinAnAnswerIsServed() {
        List<LeaseAnswer> answers = new ArrayList<>();
        store.answerReads(() -> FakeStore.done(new StoreAnswer.Failed("not yet")));
        var first = lease.acquire(0).toCompletableFuture().thenAccept(failed -> {
            answers.add(failed);
            store.answerReads(null);
            store.put(new LeaseRecord("before#1", 10, SETTINGS.ttl(), 0, true));
            var unused = lease.acquire(0).thenAccept(answers::add);
        });
        assertThat(first).isCompleted();
        assertThat(answers).containsExactly(new LeaseAnswer.Unavailable("not yet"), new LeaseAnswer.Granted(11));
    }

    @Test
    void stagesCannotBeCompletedFromOutside() {
        store.answerReads(CompletableFuture::new);
        CompletionStage<LeaseAnswer> asked = lease.acquire(0);
        asked.toCompletableFuture().complete(new LeaseAnswer.Granted(1));
        List<LeaseAnswer> answers = new ArrayList<>();
        var unused = asked.thenAccept(answers::add);
        assertThat(answers).isEmpty();
    }

    @Test
    void closeFreesTheStoreAndNotSomebodyElsesRuntime() {
        holdAtOnce();
        lease.close();
        assertThat(store.record().released()).isTrue();
        assertThat(store.isClosed()).isTrue();
        assertThat(runtime.isClosed()).isFalse();
    }

    @Test
    void aLeaseWithItsOwnRuntimeWorksAndEndsIt() {
        FakeStore own = new FakeStore();
        own.put(new LeaseRecord("before#1", 10, SETTINGS.ttl(), 0, true));
        RecordLease alone = new RecordLease(own, SETTINGS);
        LeaseAnswer answer = alone.acquire(0).toCompletableFuture().join();
        assertThat(answer).isEqualTo(new LeaseAnswer.Granted(11));
        alone.close();
        assertThat(alone.checkAlive()).isFalse();
        assertThat(own.isClosed()).isTrue();
    }

    /** Without a stack trace: it is logged. */
    private static final class Planned extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Planned() {
            super("a listener of a test", null, false, false);
        }
    }
}
