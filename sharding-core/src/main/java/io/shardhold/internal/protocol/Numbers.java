package io.shardhold.internal.protocol;

/** Checks numbers that came over the wire: out of range they are a malformed message, not a machine's problem. */
final class Numbers {
    private Numbers() {}

    /** A term number or none, and a position in what a term wrote. */
    static void check(long number, long position) {
        if (number < 0 || number > Term.MAX_NUMBER || position < 0) {
            throw new IllegalArgumentException("no term number and position: " + number + ", " + position);
        }
    }
}
