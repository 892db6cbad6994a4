package io.shardhold.testkit.history;

import org.jspecify.annotations.Nullable;

/** How a call ended, as far as is known. */
sealed interface Outcome<O extends @Nullable Object> {
    /** It took effect once, between its start and its end. */
    record Answered<O extends @Nullable Object>(O answer) implements Outcome<O> {}

    /** It took effect once at any time after its start, the end of the test included, or never. */
    record Unknown<O extends @Nullable Object>(String why) implements Outcome<O> {}

    /** It never took effect. */
    record NoEffect<O extends @Nullable Object>(String why) implements Outcome<O> {}
}
