package io.shardhold.testkit;

import org.jspecify.annotations.Nullable;

/**
 * A run of a cluster went wrong. The message says what was violated, when, and what led there; it ends with the seed and
 * the command that replays exactly this run.
 */
public final class MultiNodeFailure extends AssertionError {
    private static final long serialVersionUID = 1L;

    MultiNodeFailure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
