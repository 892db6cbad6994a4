package io.shardhold.internal.kernel;

/**
 * Something that takes up messages one at a time: an entity with a mailbox. Never on two threads at once.
 *
 * <pre>
 *   begin (takes up) ──▶ run (the user's code) ──▶ end (the next may begin)
 * </pre>
 *
 * <p>Production makes the three calls one after the other. The simulation lets virtual time pass between them: so a
 * handler can be at work when its node loses the right to serve, and do harm as late as a real one.
 */
public interface EntityTask {
    /**
     * Takes up one message, if there is one and it may be taken up.
     *
     * @return whether {@link #run} and {@link #end} are to be called, and {@code begin} again after them; otherwise the task
     *     is off the executor until it is handed in anew
     */
    boolean begin();

    /** Runs the handler on what was taken up. */
    void run();

    /** The handler's time is over. */
    void end();
}
