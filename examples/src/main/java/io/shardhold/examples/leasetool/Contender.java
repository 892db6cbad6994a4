package io.shardhold.examples.leasetool;

import com.fasterxml.jackson.core.JsonGenerator;
import io.shardhold.lease.LeaseAnswer;
import io.shardhold.lease.LeaseHeld;
import io.shardhold.lease.LeaseLost;
import io.shardhold.lease.RecordLease;
import io.shardhold.lease.ReleaseAnswer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * One who wants the lease, gets it, renews it, loses it, and says so.
 *
 * <pre>
 *   ASKING --granted--> HOLDING --lost, or held for long enough and released--> ASKING      any --stop--> STOPPED
 *     ^  |
 *     +--+ refused, unavailable, unknown: asks again after a poll
 * </pre>
 *
 * <p>Any thread. The timer brings the next try; answers come on the threads of the lease.
 */
final class Contender {
    private final String name;
    private final RecordLease lease;
    private final EventLines lines;
    private final ScheduledExecutorService timer;
    private final Duration hold;
    private final Consumer<Contender> onGranted;
    private final AtomicLong deadlineNanos = new AtomicLong();
    private volatile boolean stopped;

    /**
     * Not asking yet.
     *
     * @param hold how long it keeps a grant before it releases; zero: until it is told to stop
     * @param onGranted is told of each grant, on a thread of the lease
     */
    Contender(
            String name,
            RecordLease lease,
            EventLines lines,
            ScheduledExecutorService timer,
            Duration hold,
            Consumer<Contender> onGranted) {
        this.name = name;
        this.lease = lease;
        this.lines = lines;
        this.timer = timer;
        this.hold = hold;
        this.onGranted = onGranted;
        lease.onHeld(this::onHeld);
        lease.onLost(this::onLost);
    }

    void start() {
        ask();
    }

    /** The token of the grant that is believed now; 0 if none is. */
    long believes() {
        return lease.checkAlive() ? lease.fencingToken() : 0;
    }

    @Override
    public String toString() {
        return name;
    }

    private void ask() {
        if (!stopped) {
            var unused = lease.acquire(0).thenAccept(this::onAnswer);
        }
    }

    private void onAnswer(LeaseAnswer answer) {
        if (answer instanceof LeaseAnswer.Granted) {
            return; // told with its deadline by onHeld
        }
        if (answer instanceof LeaseAnswer.Held held) {
            print("refused", json -> json.writeStringField("holder", held.owner()));
        } else if (answer instanceof LeaseAnswer.Unavailable unavailable) {
            print("unavailable", json -> json.writeStringField("why", unavailable.why()));
        } else if (answer instanceof LeaseAnswer.Unknown unknown) {
            print("unknown", json -> json.writeStringField("why", unknown.why()));
        }
        askLater();
    }

    private void askLater() {
        long poll = lease.settings().poll().toNanos();
        // From 80 % to 120 %, so that contenders that were refused together do not come together again.
        later(poll / 5 * 4 + ThreadLocalRandom.current().nextLong(poll / 5 * 2 + 1), this::ask);
    }

    private void later(long nanos, Runnable task) {
        try {
            var unused = timer.schedule(task, nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException over) {
            stopped = true;
        }
    }

    private void onHeld(LeaseHeld held) {
        deadlineNanos.set(held.deadlineNanos());
        print(held.renewal() ? "renewed" : "granted", json -> {
            json.writeNumberField("token", held.token());
            lines.writeDeadline(json, held.deadlineNanos());
        });
        if (!held.renewal()) {
            onGranted.accept(this);
            if (!hold.isZero()) {
                later(hold.toNanos(), () -> releaseAndGoOn(held.token()));
            }
        }
    }

    private void onLost(LeaseLost lost) {
        print("lost", json -> {
            json.writeNumberField("token", lost.token());
            json.writeStringField("reason", lost.reason().name());
            json.writeStringField("why", lost.detail());
            lines.writeDeadline(json, deadlineNanos.get());
        });
        ask();
    }

    private void releaseAndGoOn(long token) {
        if (!stopped && believes() == token) {
            var unused = release().thenRun(this::askLater);
        }
    }

    /** Gives the lease up, if it is held, and prints what came of it. */
    private CompletionStage<ReleaseAnswer> release() {
        long latest = lease.fencingToken();
        if (believes() != 0) {
            // Before the record is marked, so that no line of the next holder comes before this one.
            printReleasing(latest);
        }
        CompletionStage<ReleaseAnswer> answered = lease.release();
        long token = lease.fencingToken();
        if (token != latest) {
            // Granted in between, and given up at once.
            printReleasing(token);
        }
        return answered.whenComplete((answer, failure) -> onReleased(token, answer));
    }

    /** From here on nobody believes in it, whatever the store says. */
    private void printReleasing(long token) {
        print("releasing", json -> {
            json.writeNumberField("token", token);
            lines.writeDeadline(json, deadlineNanos.get());
        });
    }

    private void onReleased(long token, ReleaseAnswer answer) {
        if (answer instanceof ReleaseAnswer.Released) {
            print("released", json -> json.writeNumberField("token", token));
        } else if (answer instanceof ReleaseAnswer.Unavailable unavailable) {
            print("unavailable", json -> writeUnreleased(json, token, unavailable.why()));
        } else if (answer instanceof ReleaseAnswer.Unknown unknown) {
            print("unknown", json -> writeUnreleased(json, token, unknown.why()));
        }
    }

    private static void writeUnreleased(JsonGenerator json, long token, String why) throws IOException {
        json.writeNumberField("token", token);
        json.writeStringField("why", why);
    }

    private void print(String event, EventLines.Fields fields) {
        lines.print(event, json -> {
            json.writeStringField("contender", name);
            json.writeStringField("owner", lease.owner());
            fields.write(json);
        });
    }

    /** Asks no more and releases; completes when that was answered. Never fails. */
    CompletionStage<ReleaseAnswer> stop() {
        stopped = true;
        CompletionStage<ReleaseAnswer> released = release();
        lease.close();
        return released;
    }
}
