package io.shardhold.lease;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** One release and all who wait for it. */
final class Releasing {
    private final List<CompletableFuture<ReleaseAnswer>> waiting = new ArrayList<>();
    private int writes;
    private boolean unsure;

    void join(CompletableFuture<ReleaseAnswer> asked) {
        waiting.add(asked);
    }

    /** How often the record was marked, acknowledged or not. */
    int writes() {
        return writes;
    }

    /** Whether a mark may have been set without our knowing. */
    boolean isUnsure() {
        return unsure;
    }

    void noteWrite(boolean nobodyKnows) {
        writes++;
        unsure |= nobodyKnows;
    }

    /** Outside of the lock. */
    void answer(ReleaseAnswer answer) {
        waiting.forEach(asked -> asked.complete(answer));
    }
}
