package io.shardhold.lease;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A take of which nobody knows whether it is written, or will be. The engine's, with its lock held. */
final class OpenTake {
    static final String WHY = "a request to take the lease may still arrive";

    private @Nullable Request request;

    void begin(Request take) {
        request = take;
    }

    void clear() {
        request = null;
    }

    boolean isOpen() {
        return request != null;
    }

    /** Once the store shows another version than the one that the take expects, it can only conflict. */
    void onSeen(LeaseStore.@Nullable Version seen) {
        if (request != null && !Objects.equals(request.expected, seen)) {
            request = null;
        }
    }
}
