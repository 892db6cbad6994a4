package io.shardhold.testkit.history;

import java.time.Duration;

/**
 * No order of the calls of one entity explains their answers. The message names the entity and the first answer that
 * leaves no order, with the calls around it and an order that explains all that ended before.
 */
public final class HistoryViolation extends AssertionError {
    private static final long serialVersionUID = 1L;
    private final String key;
    private final Duration at;

    HistoryViolation(String key, Duration at, String message) {
        super(message);
        this.key = key;
        this.at = at;
    }

    /** The entity whose calls the message shows; the first in the order of keys if there are several. */
    public String key() {
        return key;
    }

    /** When the answer came that no order explains, as the clock of the history shows it. */
    public Duration at() {
        return at;
    }
}
