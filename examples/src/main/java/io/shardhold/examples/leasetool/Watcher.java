package io.shardhold.examples.leasetool;

import io.shardhold.lease.LeaseRecord;
import io.shardhold.lease.LeaseStore;
import io.shardhold.lease.StoreAnswer;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Looks at the record again and again, without asking for the lease, and prints what has changed. */
final class Watcher {
    private final LeaseStore store;
    private final String lease;
    private final Duration poll;
    private final EventLines lines;
    private final ScheduledExecutorService timer;
    private @Nullable Object seen; // by one look after the other
    private volatile boolean stopped;

    Watcher(LeaseStore store, String lease, Duration poll, EventLines lines, ScheduledExecutorService timer) {
        this.store = store;
        this.lease = lease;
        this.poll = poll;
        this.lines = lines;
        this.timer = timer;
    }

    void start() {
        look();
    }

    private void look() {
        var unused = store.read(lease)
                .exceptionally(failure -> new StoreAnswer.Unknown(failure.toString()))
                .thenAccept(answer -> {
                    onAnswer(answer);
                    lookLater();
                });
    }

    private void lookLater() {
        if (!stopped) {
            var unused = timer.schedule(this::look, poll.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void onAnswer(StoreAnswer answer) {
        if (answer instanceof StoreAnswer.Found found) {
            if (!found.version().equals(seen)) {
                seen = found.version();
                print(found.record());
            }
        } else if (!answer.equals(seen)) {
            seen = answer;
            if (answer instanceof StoreAnswer.Absent) {
                lines.print("absent", json -> {});
            } else {
                lines.print("unavailable", json -> json.writeStringField("why", answer.toString()));
            }
        }
    }

    private void print(LeaseRecord record) {
        lines.print("record", json -> {
            json.writeStringField("owner", record.owner());
            json.writeNumberField("token", record.token());
            json.writeNumberField("renewals", record.renewals());
            json.writeNumberField("ttlMillis", record.ttl().toMillis());
            json.writeBooleanField("released", record.released());
        });
    }

    void stop() {
        stopped = true;
        try {
            store.close();
        } catch (CancellationException underWay) {
            lines.print("unavailable", json -> json.writeStringField("why", "stopped"));
        }
    }
}
