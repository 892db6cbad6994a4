package io.shardhold.testkit;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.UndeliveredReason;

/** What one run tells an {@link Invariant}, in the order in which it happens, on the test's thread. */
public interface Check {
    /** A process was started. */
    default void onStarted(TestNode node) {}

    /** A process has died, or has left in order. */
    default void onEnded(TestNode node, boolean orderly) {}

    /** A node published an event. */
    default void onEvent(TestNode node, ClusterEvent event) {}

    /** A message entered at its sender. */
    default void onEntered(TestNode node, UserMessage message) {}

    /** A message has arrived on a node: for an entity there, or because it came back. */
    default void onArrived(TestNode node, UserMessage message) {}

    /** An entity on this node takes the message up. */
    default void onTakenUp(TestNode node, UserMessage message, Home home) {}

    /** The message was given up on this node. */
    default void onUndelivered(TestNode node, UserMessage message, UndeliveredReason reason) {}

    /** A connection from this node died with the message on it. */
    default void onInDoubt(TestNode node, UserMessage message) {}

    /** A line was written into the history: a fault, for example. */
    default void onNote(String line) {}

    /** Something happened on this node; all of it has been told. */
    default void afterEvent(TestNode node) {}

    /** Faults are over, nothing is on the way, and nobody sends. */
    default void atRest() {}
}
