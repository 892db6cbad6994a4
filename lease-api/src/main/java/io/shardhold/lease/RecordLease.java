package io.shardhold.lease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The lease over any {@link LeaseStore}: the one algorithm of all implementations.
 *
 * <pre>{@code
 * try (Lease lease = new RecordLease(store, LeaseSettings.of("shop", "n1"))) {
 *     lease.acquire(0).thenAccept(answer -> log(answer.toString()));
 * }
 * }</pre>
 *
 * <p>What the one request that may be under way is for, and what follows its answer:
 *
 * <pre>
 *            acquire                 mine, released, or run out
 *   (none) ----------> LOOK ---------------------------------------> TAKE
 *      ^                 |  ^                                         | |
 *      |  held, failed   |  | conflict, or nobody knows (once)        | | stored in time
 *      +-----------------+  +-----------------------------------------+ v
 *      ^                                                             granted
 *      | released, not mine,         renew                              |
 *      | nobody knows              +---------- CHECK -------+           | every renew, sent to sent;
 *      |                           |  still mine   |        |           | until the deadline again
 *   RELEASE ----- RELEASE_LOOK     v               |        |           | after a failure
 *      ^      conflict           RENEW ------------)--------+           |
 *      |                         |  ^ conflict, or | nobody knows       |
 *      |                         |  +--------------)--------------------+
 *      |                         |                 | not mine
 *      |     stored too late     |                 v
 *      +-------------------------+               lost
 *      ^
 *      | release(), close(), from any state, when the request under way is answered
 * </pre>
 *
 * <p>A grant ends by {@link Belief}: by the clocks, by what CHECK finds, by release. What is under way then only says in
 * the end what the store holds. An answer that comes after its request was given up changes nothing here; if it says that
 * a record was written that nobody waits for, that record is released.
 *
 * <p>Threads. Every event is one turn under one lock; what it does to others, calls of the store and completions, is done
 * after the lock is free, on the thread that brought the event: the caller of a method, the runtime, or the thread that
 * completes a stage of the store. Listeners are called by the runtime.
 *
 * <p>A subclass chooses the store and nothing else.
 */
public class RecordLease implements Lease {
    /** The highest token: a fence has 35 bits for it. */
    public static final long MAX_TOKEN = (1L << 35) - 1;

    /** How often one acquisition or release writes before it says that it does not know. */
    private static final int MOST_WRITES = 2;

    private final LeaseStore store;
    private final LeaseSettings settings;
    private final LeaseRuntime runtime;
    private final boolean ownsRuntime;
    private final String owner;
    private final Belief belief;
    private final Listeners<LeaseLost> lossListeners = new Listeners<>();
    private final Listeners<LeaseHeld> heldListeners = new Listeners<>();

    /** Written by the engine with its lock held. */
    private volatile long latestToken;

    private final Object lock = new Object();

    // All below is guarded by the lock.
    private final Tokens tokens;
    private final Watch watch;
    private final TimerSlot renewTimer;
    private final TimerSlot deadlineTimer;
    private List<Runnable> effects = new ArrayList<>();
    private @Nullable Request underWay;
    private @Nullable Acquisition acquisition;
    private @Nullable Releasing releasing;
    private @Nullable Mine mine;
    private final OpenTake openTake = new OpenTake();
    private boolean closed;
    private boolean lastTryDue;
    private boolean lastTryDone;
    private boolean shut;

    /** A lease with a runtime of its own, which {@link #close()} ends. */
    public RecordLease(LeaseStore store, LeaseSettings settings) {
        this(store, settings, LeaseRuntime.system(), true);
    }

    /** As {@link #RecordLease(LeaseStore, LeaseSettings)}, with a store that wants to know the runtime. */
    protected RecordLease(Function<LeaseRuntime, LeaseStore> store, LeaseSettings settings) {
        this(LeaseRuntime.system(), store, settings);
    }

    private RecordLease(LeaseRuntime own, Function<LeaseRuntime, LeaseStore> store, LeaseSettings settings) {
        this(store.apply(own), settings, own, true);
    }

    /** A lease on somebody else's runtime; the incarnation is drawn from its chance. */
    public RecordLease(LeaseStore store, LeaseSettings settings, LeaseRuntime runtime) {
        this(store, settings, runtime, false);
    }

    private RecordLease(LeaseStore store, LeaseSettings settings, LeaseRuntime runtime, boolean ownsRuntime) {
        this.store = Objects.requireNonNull(store, "store");
        this.settings = Objects.requireNonNull(settings, "settings");
        this.runtime = Objects.requireNonNull(runtime, "runtime");
        this.ownsRuntime = ownsRuntime;
        this.owner = settings.owner() + '#' + String.format(Locale.ROOT, "%016x", runtime.random());
        this.belief = new Belief(runtime, settings);
        this.tokens = new Tokens(runtime);
        this.watch = new Watch(settings);
        this.renewTimer = new TimerSlot(runtime);
        this.deadlineTimer = new TimerSlot(runtime);
    }

    @Override
    public final LeaseSettings settings() {
        return settings;
    }

    /** The owner with the incarnation of this instance, as its records name it. */
    public final String owner() {
        return owner;
    }

    @Override
    public final boolean checkAlive() {
        Belief.Verdict verdict = belief.judge();
        if (verdict == Belief.Verdict.JUST_LOST) {
            runtime.schedule(0, () -> turn(() -> {}));
        }
        return verdict == Belief.Verdict.HELD;
    }

    @Override
    public final long fencingToken() {
        return latestToken;
    }

    @Override
    public final void onLost(Consumer<LeaseLost> listener) {
        lossListeners.add(listener);
    }

    /** Adds a listener of grants and renewals that were acknowledged in time. What it throws is logged. */
    public final void onHeld(Consumer<LeaseHeld> listener) {
        heldListeners.add(listener);
    }

    @Override
    public final CompletionStage<LeaseAnswer> acquire(long tokenFloor) {
        if (tokenFloor < 0) {
            throw new IllegalArgumentException("the floor of a token is 0 or more, was " + tokenFloor);
        }
        CompletableFuture<LeaseAnswer> asked = new CompletableFuture<>();
        turn(() -> {
            if (closed) {
                effects.add(() -> asked.complete(new LeaseAnswer.Unavailable("the lease is closed")));
            } else if (belief.isHeld() && latestToken > tokenFloor) {
                effects.add(() -> asked.complete(new LeaseAnswer.Granted(latestToken)));
            } else {
                giveUpGrant();
                if (acquisition == null) {
                    acquisition = new Acquisition();
                }
                acquisition.join(tokenFloor, asked);
            }
        });
        return asked.minimalCompletionStage();
    }

    @Override
    public final CompletionStage<ReleaseAnswer> release() {
        CompletableFuture<ReleaseAnswer> asked = new CompletableFuture<>();
        turn(() -> release(asked));
        return asked.minimalCompletionStage();
    }

    @Override
    public final void close() {
        turn(() -> {
            if (!closed) {
                closed = true;
                release(new CompletableFuture<>());
            }
        });
    }

    // Turns.

    private void turn(Runnable event) {
        List<Runnable> after;
        synchronized (lock) {
            noteLoss();
            event.run();
            noteLoss();
            goOn();
            after = effects;
            effects = new ArrayList<>();
        }
        after.forEach(Runnable::run);
    }

    /** A grant that has ended, whoever found out, is told of once. */
    private void noteLoss() {
        belief.judge();
        LeaseLost loss = belief.takeUntold();
        if (loss != null) {
            stopTimers();
            runtime.schedule(0, () -> lossListeners.tell(loss));
        }
    }

    /** Begins what waits, if nothing is under way. A release goes before an acquisition. */
    private void goOn() {
        if (underWay != null) {
            return;
        }
        if (releasing != null) {
            if (mine != null && mine.certain()) {
                send(Request.Purpose.RELEASE, mine.version(), mine.record().markedReleased());
            } else {
                send(Request.Purpose.RELEASE_LOOK, null, null);
            }
        } else if (acquisition != null) {
            send(Request.Purpose.LOOK, null, null);
        } else if (closed && !lastTryDue && !shut) {
            shut = true;
            effects.add(this::shutDown);
        }
    }

    private void shutDown() {
        store.close();
        if (ownsRuntime) {
            runtime.close();
        }
    }

    private void stopTimers() {
        renewTimer.stop();
        deadlineTimer.stop();
    }

    private void giveUpGrant() {
        belief.endQuietly();
        stopTimers();
    }

    // Requests.

    private void send(Request.Purpose purpose, LeaseStore.@Nullable Version expected, @Nullable LeaseRecord next) {
        // The clocks are read before the request leaves: what it is good for counts from here.
        Request request = new Request(purpose, expected, next, Moment.begin(runtime));
        underWay = request;
        request.timeout = runtime.schedule(
                settings.requestTimeout().toNanos(),
                () -> onAnswer(request, new StoreAnswer.Unknown("no answer within " + settings.requestTimeout())));
        effects.add(() -> call(request));
    }

    private void call(Request request) {
        CompletionStage<StoreAnswer> stage;
        try {
            stage = request.next == null
                    ? store.read(settings.name())
                    : store.compareAndSet(settings.name(), request.expected, request.next);
        } catch (RuntimeException failure) {
            onAnswer(request, new StoreAnswer.Unknown(failure.toString()));
            return;
        }
        var unused = stage.whenComplete((answer, failure) ->
                onAnswer(request, failure == null ? answer : new StoreAnswer.Unknown(failure.toString())));
    }

    private void onAnswer(Request request, StoreAnswer answer) {
        turn(() -> {
            if (underWay != request) {
                onLateAnswer(request, answer);
                return;
            }
            underWay = null;
            if (request.timeout != null) {
                request.timeout.cancel();
            }
            switch (request.purpose) {
                case LOOK -> onLook(answer);
                case TAKE -> onTake(request, answer);
                case RENEW -> onRenew(request, answer);
                case CHECK -> onCheck(request, answer);
                case RELEASE -> onRelease(answer);
                case RELEASE_LOOK -> onReleaseLook(answer);
            }
        });
    }

    /** The request was given up: its answer can only show a record of ours that nobody wants. */
    private void onLateAnswer(Request request, StoreAnswer answer) {
        if (answer instanceof StoreAnswer.Stored stored
                && request.next != null
                && !request.next.released()
                && underWay == null
                && !belief.isHeld()
                && !shut) {
            mine = new Mine(stored.version(), request.next, true);
            releaseQuietly();
        }
    }

    // Acquiring.

    private void onLook(StoreAnswer answer) {
        if (acquisition == null || releasing != null) {
            return;
        }
        Moment now = Moment.now(runtime);
        if (answer instanceof StoreAnswer.Found found) {
            LeaseRecord record = found.record();
            tokens.note(record);
            openTake.onSeen(found.version());
            if (!isMine(record)) {
                mine = null;
            }
            if (!Tokens.isPossible(record)) {
                watch.reset();
                finish(stillOpen(new LeaseAnswer.Unavailable(
                        "the record's token " + record.token() + " is beyond " + MAX_TOKEN + ": correct the record")));
            } else if (tokens.isFree(record) || isMine(record) || watch.hasRunOut(found.version(), record, now)) {
                take(found.version());
            } else {
                finish(stillOpen(new LeaseAnswer.Held(record.owner())));
            }
        } else if (answer instanceof StoreAnswer.Absent) {
            openTake.onSeen(null);
            mine = null;
            if (watch.absenceHasRunOut(now)) {
                take(null);
            } else {
                finish(stillOpen(new LeaseAnswer.Held("")));
            }
        } else {
            finish(stillOpen(new LeaseAnswer.Unavailable(Request.why(answer))));
        }
    }

    /** What this acquisition has written may still arrive, whatever the store shows now. */
    private LeaseAnswer stillOpen(LeaseAnswer otherwise) {
        return openTake.isOpen() && acquisition != null && acquisition.writes() > 0
                ? new LeaseAnswer.Unknown(OpenTake.WHY)
                : otherwise;
    }

    private void take(LeaseStore.@Nullable Version expected) {
        Acquisition wanted = Objects.requireNonNull(acquisition);
        OptionalLong token = tokens.next(Math.max(wanted.floor(), store.tokenFloor()), expected == null);
        if (token.isEmpty()) {
            finish(new LeaseAnswer.Unavailable(
                    "the next token would be beyond " + MAX_TOKEN + ": highest seen " + tokens.highest() + ", floor "
                            + wanted.floor() + "; correct the record or the clock, and restart"));
        } else if (wanted.writes() == MOST_WRITES) {
            finish(new LeaseAnswer.Unknown("written " + MOST_WRITES + " times, and none was acknowledged"));
        } else {
            wanted.noteWrite();
            send(Request.Purpose.TAKE, expected, new LeaseRecord(owner, token.getAsLong(), settings.ttl(), 0, false));
        }
    }

    private void onTake(Request request, StoreAnswer answer) {
        LeaseRecord record = Objects.requireNonNull(request.next);
        if (answer instanceof StoreAnswer.Stored stored) {
            tokens.note(record);
            openTake.clear();
            mine = new Mine(stored.version(), record, true);
            if (acquisition == null || releasing != null) {
                releaseQuietly();
            } else if (belief.begin(record.token(), request.sent)) {
                latestToken = record.token();
                holdFrom(request, false);
                finish(new LeaseAnswer.Granted(record.token()));
            } else {
                finish(new LeaseAnswer.Unavailable("the store answered after the time of the grant was over"));
                releaseQuietly();
            }
        } else if (answer instanceof StoreAnswer.Conflict) {
            watch.reset();
        } else if (answer instanceof StoreAnswer.Failed || answer instanceof StoreAnswer.NotYet) {
            if (acquisition != null && releasing == null) {
                boolean early = answer instanceof StoreAnswer.NotYet;
                finish(stillOpen(early ? new LeaseAnswer.Held("") : new LeaseAnswer.Unavailable(Request.why(answer))));
            }
        } else {
            openTake.begin(request);
        }
        // Without an answer so far, one more look follows.
    }

    private void finish(LeaseAnswer answer) {
        Acquisition done = Objects.requireNonNull(acquisition);
        acquisition = null;
        effects.add(() -> done.answer(answer));
    }

    // Holding.

    private void holdFrom(Request acknowledged, boolean renewal) {
        armRenewal(acknowledged.sent, settings.renew());
        armDeadline();
        LeaseHeld held = new LeaseHeld(latestToken, renewal, belief.deadlineNanos(acknowledged.sent));
        runtime.schedule(0, () -> heldListeners.tell(held));
    }

    /** At the moment of the last request that counts + a time, or at once if that is over. */
    private void armRenewal(Moment sent, Duration after) {
        long passed = Moment.now(runtime).monoNanosSince(sent);
        renewTimer.start(after.toNanos() - passed, () -> turn(this::onRenewalDue));
    }

    private void armDeadline() {
        // Each turn looks whether the grant is over; a timer that comes early looks again.
        deadlineTimer.start(belief.nanosLeft(), () -> turn(this::onDeadline));
    }

    private void onDeadline() {
        if (belief.isHeld()) {
            armDeadline();
        }
    }

    private void onRenewalDue() {
        if (!belief.isHeld() || underWay != null || mine == null) {
            return;
        }
        if (mine.certain()) {
            send(Request.Purpose.RENEW, mine.version(), mine.record().renewed());
        } else {
            send(Request.Purpose.CHECK, null, null);
        }
    }

    private void onRenew(Request request, StoreAnswer answer) {
        LeaseRecord record = Objects.requireNonNull(request.next);
        if (answer instanceof StoreAnswer.Stored stored) {
            mine = new Mine(stored.version(), record, true);
            if (belief.extend(record.token(), request.sent)) {
                holdFrom(request, true);
            } else {
                belief.end(LeaseLost.Reason.EXPIRED, "a renewal was acknowledged too late");
                releaseQuietly();
            }
            return;
        }
        if (!(answer instanceof StoreAnswer.Failed)) {
            doubtMine();
        }
        if (belief.isHeld()) {
            if (answer instanceof StoreAnswer.Conflict) {
                send(Request.Purpose.CHECK, null, null);
            } else {
                armRenewal(request.sent, settings.poll());
            }
        }
    }

    private void onCheck(Request request, StoreAnswer answer) {
        if (answer instanceof StoreAnswer.Found found) {
            LeaseRecord record = found.record();
            tokens.note(record);
            if (isMine(record) && record.token() == latestToken) {
                mine = new Mine(found.version(), record, true);
                armRetry(request);
            } else {
                mine = null;
                belief.end(
                        record.owner().equals(owner) && record.released()
                                ? LeaseLost.Reason.RELEASED
                                : LeaseLost.Reason.TAKEN,
                        "the record is " + record);
            }
        } else if (answer instanceof StoreAnswer.Absent) {
            mine = null;
            belief.end(LeaseLost.Reason.DELETED, "the record is gone");
        } else {
            armRetry(request);
        }
    }

    private void armRetry(Request request) {
        if (belief.isHeld()) {
            armRenewal(request.sent, settings.poll());
        }
    }

    /** Ours and our latest; one that an operator has put back from before another's grant counts as a stranger's. */
    private boolean isMine(LeaseRecord record) {
        return record.owner().equals(owner) && !record.released() && record.token() >= tokens.highest();
    }

    private void doubtMine() {
        if (mine != null) {
            mine = new Mine(mine.version(), mine.record(), false);
        }
    }

    // Releasing.

    private void release(CompletableFuture<ReleaseAnswer> asked) {
        giveUpGrant();
        if (acquisition != null) {
            finish(new LeaseAnswer.Unavailable(closed ? "the lease is closed" : "released while acquiring"));
        }
        boolean taking = underWay != null && underWay.purpose == Request.Purpose.TAKE;
        if (shut || (releasing == null && mine == null && !openTake.isOpen() && !taking)) {
            effects.add(() -> asked.complete(new ReleaseAnswer.NotHeld()));
            return;
        }
        if (releasing == null) {
            releasing = new Releasing();
        }
        releasing.join(asked);
    }

    /** Marks a record that came too late, for whoever is next; nobody waits for it. */
    private void releaseQuietly() {
        if (releasing == null && acquisition == null) {
            releasing = new Releasing();
        }
    }

    private void onRelease(StoreAnswer answer) {
        Releasing wanted = Objects.requireNonNull(releasing);
        wanted.noteWrite(!(answer instanceof StoreAnswer.Conflict));
        if (answer instanceof StoreAnswer.Stored) {
            mine = null;
            finishRelease(new ReleaseAnswer.Released());
        } else if (answer instanceof StoreAnswer.Failed) {
            finishRelease(new ReleaseAnswer.Unavailable(Request.why(answer)));
        } else {
            doubtMine();
        }
        // Without an answer so far, a look follows.
    }

    private void onReleaseLook(StoreAnswer answer) {
        Releasing wanted = Objects.requireNonNull(releasing);
        if (answer instanceof StoreAnswer.Found found) {
            LeaseRecord record = found.record();
            tokens.note(record);
            openTake.onSeen(found.version());
            if (!isMine(record)) {
                mine = null;
                finishRelease(
                        wanted.isUnsure() && record.owner().equals(owner)
                                ? new ReleaseAnswer.Released()
                                : notHeldUnlessOpen());
            } else if (wanted.writes() < MOST_WRITES) {
                mine = new Mine(found.version(), record, true);
            } else {
                finishRelease(new ReleaseAnswer.Unknown("marked " + MOST_WRITES + " times, and none was acknowledged"));
            }
        } else if (answer instanceof StoreAnswer.Absent) {
            openTake.onSeen(null);
            mine = null;
            finishRelease(notHeldUnlessOpen());
        } else {
            finishRelease(new ReleaseAnswer.Unknown(Request.why(answer)));
        }
    }

    private ReleaseAnswer notHeldUnlessOpen() {
        return openTake.isOpen() ? new ReleaseAnswer.Unknown(OpenTake.WHY) : new ReleaseAnswer.NotHeld();
    }

    private void finishRelease(ReleaseAnswer answer) {
        Releasing done = Objects.requireNonNull(releasing);
        releasing = null;
        effects.add(() -> done.answer(answer));
        boolean clear = answer instanceof ReleaseAnswer.Released || answer instanceof ReleaseAnswer.NotHeld;
        if (closed && !clear && !lastTryDone) {
            lastTryDone = true;
            lastTryDue = true;
            runtime.schedule(settings.requestTimeout().toNanos(), () -> turn(this::onLastTryDue));
        }
    }

    /** A request of which nobody knew may have arrived by now. */
    private void onLastTryDue() {
        lastTryDue = false;
        releaseQuietly();
    }
}
