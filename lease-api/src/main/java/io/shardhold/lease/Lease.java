package io.shardhold.lease;

import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * The right to be the only one, for a while, with a number that rises with each grant.
 *
 * <pre>{@code
 * lease.onLost(lost -> stopCommanding(lost.token()));
 * lease.acquire(0).thenAccept(answer -> {
 *     if (answer instanceof LeaseAnswer.Granted granted) {
 *         startCommanding(granted.token());
 *     }
 * });
 * // and in front of every act: if (lease.checkAlive()) { ... }
 * }</pre>
 *
 * <p>A grant is believed until the moment at which the last acknowledged request was <em>sent</em> + ttl − margin, on
 * the monotonic and on the wall clock, whichever ends first. A lease bounds an overlap in time; what an effect does that
 * is already under way is up to those who receive it, which is what {@link #fencingToken()} is for.
 *
 * <p>All methods may be called from any thread and none blocks. Stages complete, and listeners are called, on the thread
 * that brings the answer of the store or on the thread of the {@link LeaseRuntime}; no lock is held meanwhile.
 */
public interface Lease extends AutoCloseable {
    /** What this lease was made with. */
    LeaseSettings settings();

    /**
     * Takes one look at the store and takes the lease if that is allowed. Whoever is not granted asks again every
     * {@link LeaseSettings#poll()}; what was seen is kept between the calls, and it is the time between them that shows
     * whether a holder still lives. So even the first of all grants takes ttl + margin.
     *
     * <p>Calls while an attempt is under way share it. A lease that is held and whose token is above the floor answers
     * at once, without the store; one that is held with a token not above the floor is given up, without a call of the
     * listeners, and acquired anew.
     *
     * @param tokenFloor the token will be higher than this; 0 or more. The highest number that anybody has named.
     * @return never fails
     */
    CompletionStage<LeaseAnswer> acquire(long tokenFloor);

    /**
     * Gives the lease up. {@link #checkAlive()} is false when this returns, before the store has heard of it; then the
     * record is marked, so that the next holder need not wait. Wins over an acquisition that is under way. Listeners
     * are not called. Never removes the lease of another.
     *
     * @return never fails
     */
    CompletionStage<ReleaseAnswer> release();

    /**
     * Whether the lease is held now. Local and cheap: reads two clocks, waits for nothing. Once false for a grant it is
     * never true again for that grant, with or without a call of the listeners.
     */
    boolean checkAlive();

    /** The token of the latest grant, whether it is still alive or not; 0 if there was none. */
    long fencingToken();

    /**
     * Adds a listener of grants that end without {@link #release()}, called once per such grant, after {@link
     * #checkAlive()} has turned false. What it throws is logged. It hears of losses after this call only.
     */
    void onLost(Consumer<LeaseLost> listener);

    /**
     * Releases, without waiting for the answer, and frees what this lease created for itself, once that has been
     * answered or given up. Later acquisitions are answered {@link LeaseAnswer.Unavailable}.
     */
    @Override
    void close();
}
