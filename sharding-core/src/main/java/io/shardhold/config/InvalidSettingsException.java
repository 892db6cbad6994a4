package io.shardhold.config;

import java.util.List;

/** Settings that cannot work, with everything that is wrong with them; each problem names the value and the remedy. */
public final class InvalidSettingsException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // an unmodifiable list of strings, serializable as it is
    private final List<String> problems;

    InvalidSettingsException(List<String> problems) {
        super("settings refused, " + problems.size() + (problems.size() == 1 ? " problem:" : " problems:") + "\n  - "
                + String.join("\n  - ", problems));
        this.problems = List.copyOf(problems);
    }

    /** The problems, one sentence each, in the order of the settings; never empty. */
    public List<String> problems() {
        return problems;
    }
}
