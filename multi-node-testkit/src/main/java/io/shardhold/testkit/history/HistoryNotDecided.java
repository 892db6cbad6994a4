package io.shardhold.testkit.history;

/**
 * The check of one entity had visited {@link HistorySettings#maxStates()} states and found neither an order nor that
 * there is none. It says nothing about the entity; the message says what helps.
 */
public final class HistoryNotDecided extends AssertionError {
    private static final long serialVersionUID = 1L;
    private final String key;

    HistoryNotDecided(String key, String message) {
        super(message);
        this.key = key;
    }

    /** The entity that is not decided; the first in the order of keys if there are several. */
    public String key() {
        return key;
    }
}
