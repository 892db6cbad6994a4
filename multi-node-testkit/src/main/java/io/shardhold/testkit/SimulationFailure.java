package io.shardhold.testkit;

/** A promise was broken in a simulation; the message names seed, virtual time, what was violated, and what led there. */
public final class SimulationFailure extends AssertionError {
    private static final long serialVersionUID = 1L;

    SimulationFailure(String message, Throwable cause) {
        super(message, cause);
    }

    SimulationFailure(String message) {
        super(message);
    }
}
