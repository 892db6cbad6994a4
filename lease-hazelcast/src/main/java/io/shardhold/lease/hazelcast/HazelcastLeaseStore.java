package io.shardhold.lease.hazelcast;

import com.hazelcast.map.IMap;
import io.shardhold.lease.LeaseRecord;
import io.shardhold.lease.LeaseStore;
import io.shardhold.lease.StoreAnswer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The records of leases in one map of Hazelcast: read from the member that has the record, replaced there if the
 * whole value is still the one that was seen.
 *
 * <p>Implementation note. A version is the value itself: owner with incarnation, token and renewals are never written
 * twice. Hazelcast may repeat a call inside; the second finds the value that the first has written and answers "no",
 * which is a conflict, and the engine looks. An existing value that equals the one to be created is a conflict too:
 * it was written by a request that was sent before this one, and a grant must not count from later than that.
 */
final class HazelcastLeaseStore implements LeaseStore {
    private final IMap<String, Object> map;
    private final ClusterView view;
    private final BlockingCalls calls;
    private final LongSupplier tokenFloor;

    /**
     * @param map of any values, as anybody may put anything there
     * @param tokenFloor a time: a merge may bring back a record from before a grant, but no time
     */
    HazelcastLeaseStore(IMap<String, Object> map, ClusterView view, BlockingCalls calls, LongSupplier tokenFloor) {
        this.map = map;
        this.view = view;
        this.calls = calls;
        this.tokenFloor = tokenFloor;
    }

    /**
     * The value that was seen.
     *
     * @param text what it says; the same value says the same
     * @param acknowledgedIn the view in which the one who has this wrote it; null if he has read it
     */
    record Seen(RecordText text, String value, @Nullable Long acknowledgedIn) implements Version {
        RecordText next(LeaseRecord next) {
            return acknowledgedIn == null ? text.next(next) : text.next(next, acknowledgedIn);
        }

        /** By the value alone. */
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Seen seen && value.equals(seen.value);
        }

        @Override
        public int hashCode() {
            return value.hashCode();
        }
    }

    @Override
    public CompletionStage<StoreAnswer> read(String name) {
        try {
            ClusterView.Look before = view.look(name);
            if (before.problem() != null) {
                return CompletableFuture.completedFuture(new StoreAnswer.Failed(before.problem()));
            }
            // On the thread that brings the answer: nothing there blocks.
            return map.getAsync(name).handle((value, failure) -> found(before, value, failure));
        } catch (RuntimeException failure) {
            return CompletableFuture.completedFuture(new StoreAnswer.Failed(why(failure)));
        }
    }

    private StoreAnswer found(ClusterView.Look before, @Nullable Object value, @Nullable Throwable failure) {
        try {
            String problem = failure == null ? view.problemSince(before) : why(failure);
            if (problem != null) {
                return new StoreAnswer.Failed(problem);
            }
            return value == null ? new StoreAnswer.Absent() : found(RecordText.parse(value), (String) value);
        } catch (RuntimeException noRecord) {
            return new StoreAnswer.Failed(why(noRecord));
        }
    }

    private static StoreAnswer found(RecordText text, String value) {
        return new StoreAnswer.Found(text.record(), new Seen(text, value, null));
    }

    @Override
    public CompletionStage<StoreAnswer> compareAndSet(String name, @Nullable Version expected, LeaseRecord next) {
        try {
            ClusterView.Look before = view.look(name);
            StoreAnswer refusal = before.refusal(next);
            if (refusal != null) {
                return CompletableFuture.completedFuture(refusal);
            }
            RecordText text = expected == null ? RecordText.first(next) : ((Seen) expected).next(next);
            String value = text.text();
            return calls.begin(() -> expected == null
                            ? map.putIfAbsent(name, value) == null
                            : map.replace(name, ((Seen) expected).value(), value))
                    .handle((done, failure) -> stored(before, new Seen(text, value, before.hash()), done, failure));
        } catch (RejectedExecutionException notBegun) {
            return CompletableFuture.completedFuture(new StoreAnswer.Failed("not sent: " + BlockingCalls.MOST
                    + " calls to Hazelcast have not been answered, or the lease is closed"));
        } catch (RuntimeException failure) {
            return CompletableFuture.completedFuture(new StoreAnswer.Failed(why(failure)));
        }
    }

    private StoreAnswer stored(
            ClusterView.Look before, Seen written, @Nullable Boolean done, @Nullable Throwable failure) {
        if (done == null) {
            // Whatever it was: a call that is repeated inside may have been done before it failed.
            return new StoreAnswer.Unknown(failure == null ? "no answer" : why(failure));
        }
        if (!done) {
            return new StoreAnswer.Conflict();
        }
        try {
            String problem = view.problemSince(before);
            return problem == null
                    ? new StoreAnswer.Stored(written)
                    : new StoreAnswer.Unknown("written, but " + problem);
        } catch (RuntimeException noView) {
            return new StoreAnswer.Unknown(why(noView));
        }
    }

    private static String why(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof IllegalArgumentException && cause.getMessage() != null
                ? cause.getMessage()
                : cause.toString();
    }

    @Override
    public long tokenFloor() {
        return tokenFloor.getAsLong();
    }

    @Override
    public void close() {
        calls.close();
    }
}
