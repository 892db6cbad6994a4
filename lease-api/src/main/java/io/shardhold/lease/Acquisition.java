package io.shardhold.lease;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** One attempt to acquire and all who wait for it. */
final class Acquisition {
    private final List<Waiter> waiting = new ArrayList<>();
    private long floor;
    private int writes;

    private record Waiter(long floor, CompletableFuture<LeaseAnswer> asked) {}

    void join(long tokenFloor, CompletableFuture<LeaseAnswer> asked) {
        waiting.add(new Waiter(tokenFloor, asked));
        floor = Math.max(floor, tokenFloor);
    }

    /** The highest floor of all who wait. */
    long floor() {
        return floor;
    }

    /** How often this attempt has written. */
    int writes() {
        return writes;
    }

    void noteWrite() {
        writes++;
    }

    /** Once nobody can join any more, and outside of the lock. */
    void answer(LeaseAnswer answer) {
        waiting.forEach(waiter -> waiter.asked().complete(forFloor(answer, waiter.floor())));
    }

    /** Who has joined after the record was sent may have wanted a higher token. */
    private static LeaseAnswer forFloor(LeaseAnswer answer, long floor) {
        return answer instanceof LeaseAnswer.Granted granted && granted.token() <= floor
                ? new LeaseAnswer.Unavailable(
                        "acquired with " + granted.token() + ", which is not above " + floor + ": ask again")
                : answer;
    }
}
