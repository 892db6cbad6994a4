package io.shardhold.testkit;

import org.jspecify.annotations.Nullable;

/** An assertion that is tried again and again, and what it said last. */
final class LastAssertion {
    private final Runnable assertion;
    private @Nullable AssertionError error;

    LastAssertion(Runnable assertion) {
        this.assertion = assertion;
    }

    boolean holds() {
        try {
            assertion.run();
            return true;
        } catch (AssertionError notYet) {
            error = notYet;
            return false;
        }
    }

    @Nullable
    AssertionError error() {
        return error;
    }

    String text() {
        return error == null ? "" : String.valueOf(error.getMessage());
    }
}
