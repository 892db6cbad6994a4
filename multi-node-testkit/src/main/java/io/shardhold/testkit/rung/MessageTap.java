package io.shardhold.testkit.rung;

import io.shardhold.testkit.fault.ProtocolStep;

/** Looks at control messages as they leave, and may hold some back. Called on the thread that sends. */
public interface MessageTap {
    /** Lets everything pass. */
    MessageTap NONE = (from, to, step) -> true;

    /**
     * A message is about to leave.
     *
     * @param from name of the node that sends it
     * @param to name of the node that it goes to, or its address if no node has it
     * @return whether it may leave; if not it is lost
     */
    boolean onLeaving(RungNode from, String to, ProtocolStep step);

    /** A message has left. */
    default void onLeft(RungNode from, String to, ProtocolStep step) {}
}
