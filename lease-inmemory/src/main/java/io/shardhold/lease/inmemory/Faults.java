package io.shardhold.lease.inmemory;

import java.time.Duration;
import java.util.Objects;

/**
 * What goes wrong with each request to an {@link InMemoryLeaseStore}.
 *
 * <pre>{@code
 * Faults lostAnswers = request -> request.operation() == Faults.Operation.WRITE
 *     ? Faults.Fault.of(Faults.Effect.DROP_ANSWER)
 *     : Faults.Fault.NONE;
 * }</pre>
 */
@FunctionalInterface
public interface Faults {
    /** Nothing goes wrong. */
    Faults NONE = request -> Fault.NONE;

    /** Asked once per request, when it is sent, on the sender's thread. */
    Fault onRequest(Request request);

    /** Reading or writing. */
    enum Operation {
        READ,
        WRITE
    }

    /**
     * A request that is being sent.
     *
     * @param contender as given to {@link InMemoryLeaseStore#connect}
     * @param name of the lease
     * @param number 1 for the first request that this store got, and so on
     */
    record Request(String contender, String name, Operation operation, long number) {}

    /** What becomes of a request. */
    enum Effect {
        /** It is done and answered. */
        NONE,
        /** It never arrives, and nobody answers. */
        DROP_REQUEST,
        /** It is done, and the answer is lost: granted without the answer arriving. */
        DROP_ANSWER,
        /** It is not done, and the answer says so. */
        FAIL,
        /** It is not done, and the answer is that nobody knows. */
        UNKNOWN,
        /** It is done, and the answer is that nobody knows. */
        DONE_BUT_UNKNOWN,
        /** A write conflicts, whatever the record is; a read fails. */
        CONFLICT
    }

    /**
     * What goes wrong with one request.
     *
     * @param requestDelay until it arrives; what it meets is decided then
     * @param answerDelay until the answer arrives
     */
    record Fault(Effect effect, Duration requestDelay, Duration answerDelay) {
        /** Nothing goes wrong. */
        public static final Fault NONE = new Fault(Effect.NONE, Duration.ZERO, Duration.ZERO);

        public Fault {
            Objects.requireNonNull(effect, "effect");
            if (requestDelay.isNegative() || answerDelay.isNegative()) {
                throw new IllegalArgumentException("delays are not negative: " + requestDelay + ", " + answerDelay);
            }
        }

        /** This, without a delay. */
        public static Fault of(Effect effect) {
            return new Fault(effect, Duration.ZERO, Duration.ZERO);
        }

        /** A request that only takes its time. */
        public static Fault delayed(Duration requestDelay, Duration answerDelay) {
            return new Fault(Effect.NONE, requestDelay, answerDelay);
        }
    }
}
