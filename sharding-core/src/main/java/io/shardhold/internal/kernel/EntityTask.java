package io.shardhold.internal.kernel;

/** Something that takes up messages one at a time: an entity with a mailbox. Never on two threads at once. */
public interface EntityTask {
    /**
     * Takes up one message, if there is one and it may be taken up, and runs its handler.
     *
     * @return whether {@link #end} is to be called, and {@code begin} again after it; otherwise the task is off the
     *     executor until it is handed in anew
     */
    boolean begin();

    /** The handler's time is over. In production right after {@link #begin}; in the simulation, virtual time later. */
    void end();
}
