package io.shardhold.lease;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One record that answers at once, unless a test has another answer. Any thread. */
final class FakeStore implements LeaseStore {
    private @Nullable LeaseRecord record;
    private long version;
    private long tokenFloor;
    private boolean closed;
    private int writes;
    private @Nullable Supplier<CompletionStage<StoreAnswer>> toReads;
    private @Nullable Supplier<CompletionStage<StoreAnswer>> toWrites;

    private record Stamp(long value) implements Version {}

    @Override
    public synchronized CompletionStage<StoreAnswer> read(String name) {
        if (toReads != null) {
            return toReads.get();
        }
        return done(record == null ? new StoreAnswer.Absent() : new StoreAnswer.Found(record, new Stamp(version)));
    }

    @Override
    public synchronized CompletionStage<StoreAnswer> compareAndSet(
            String name, @Nullable Version expected, LeaseRecord next) {
        writes++;
        if (toWrites != null) {
            return toWrites.get();
        }
        Version present = record == null ? null : new Stamp(version);
        if (!Objects.equals(present, expected)) {
            return done(new StoreAnswer.Conflict());
        }
        put(next);
        return done(new StoreAnswer.Stored(new Stamp(version)));
    }

    static CompletionStage<StoreAnswer> done(StoreAnswer answer) {
        return CompletableFuture.completedFuture(answer);
    }

    synchronized void put(LeaseRecord next) {
        record = next;
        version++;
    }

    synchronized void delete() {
        record = null;
        version++;
    }

    synchronized LeaseRecord record() {
        return Objects.requireNonNull(record);
    }

    synchronized int writes() {
        return writes;
    }

    synchronized void answerReads(@Nullable Supplier<CompletionStage<StoreAnswer>> answers) {
        toReads = answers;
    }

    synchronized void answerWrites(@Nullable Supplier<CompletionStage<StoreAnswer>> answers) {
        toWrites = answers;
    }

    synchronized void tokenFloor(long floor) {
        tokenFloor = floor;
    }

    @Override
    public synchronized long tokenFloor() {
        return tokenFloor;
    }

    @Override
    public synchronized void close() {
        closed = true;
    }

    synchronized boolean isClosed() {
        return closed;
    }
}
