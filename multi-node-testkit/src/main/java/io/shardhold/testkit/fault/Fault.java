package io.shardhold.testkit.fault;

/** A kind of thing that can go wrong. A rung says which of them it can inject; the others it refuses by name. */
public enum Fault {
    /** A process dies without a word; its memory is gone. */
    CRASH,
    /** A process stops for a while with all its threads; its clocks go on, so they have leapt when it wakes. */
    PAUSE,
    /** Nothing passes between two nodes, in one direction or in both. */
    CUT,
    /** Control messages are lost; a data connection breaks. */
    LOSS,
    /** Messages take longer. */
    DELAY,
    /** Control messages arrive twice. */
    DUPLICATION,
    /** Control messages arrive once more, much later, behind others. */
    REORDERING,
    /** Bytes change on the way. */
    CORRUPTION,
    /** A connection breaks. */
    LINK_BREAK,
    /** Messages of one step of the protocol are held up or lost. */
    STEP,
    /** A wall clock is off from the start. */
    CLOCK_OFFSET,
    /** Clocks tick faster or slower than they should. */
    CLOCK_DRIFT,
    /** A wall clock is set. */
    CLOCK_JUMP,
    /** Handlers take longer. */
    SLOW_HANDLERS,
    /** Handlers do not return until they are let go. */
    HANGING_HANDLERS,
    /** The store of the lease is slow or down, loses requests or answers, or is reached by some nodes only. */
    LEASE_STORE
}
