package io.shardhold.lease;

import java.util.OptionalLong;

/** The highest token that was seen, and the one after it. The engine's, with its lock held. */
final class Tokens {
    private final LeaseRuntime runtime;
    private long highest;

    Tokens(LeaseRuntime runtime) {
        this.runtime = runtime;
    }

    /** Whether anybody can have been granted this token: what is beyond was written by hand. */
    static boolean isPossible(LeaseRecord record) {
        return record.token() <= RecordLease.MAX_TOKEN;
    }

    /** A token that is not possible is forgotten, so that correcting the record is enough. */
    void note(LeaseRecord record) {
        if (isPossible(record)) {
            highest = Math.max(highest, record.token());
        }
    }

    /**
     * Whether it is released, and not from before a grant that was seen: an old record that an operator or a backup has put
     * back says nothing of the last holder.
     */
    boolean isFree(LeaseRecord record) {
        return record.released() && record.token() >= highest;
    }

    long highest() {
        return highest;
    }

    /**
     * The token of the next grant, if there is one.
     *
     * @param anew whether there is no record. One that was deleted does not start over: no cluster grants a lease more
     *     than once per second for years
     */
    OptionalLong next(long floor, boolean anew) {
        long known = Math.max(highest, floor);
        long token = 1 + (anew ? Math.max(known, Math.floorDiv(runtime.wallMillis(), 1000)) : known);
        return token > RecordLease.MAX_TOKEN || token <= 0 ? OptionalLong.empty() : OptionalLong.of(token);
    }
}
