package io.shardhold.testkit.history;

/**
 * No order of the calls of one entity explains their answers. The message names the entity and the first answer that
 * leaves no order, with the calls around it and an order that explains all that ended before.
 */
public final class HistoryViolation extends AssertionError {
    private static final long serialVersionUID = 1L;
    private final String key;

    HistoryViolation(String key, String message) {
        super(message);
        this.key = key;
    }

    /** The entity whose calls the message shows; the first in the order of keys if there are several. */
    public String key() {
        return key;
    }
}
