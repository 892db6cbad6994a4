package io.shardhold.internal.protocol;

/**
 * Orders the versions of one entry of the map: first by the number of the term that wrote it, then by its sequence.
 *
 * @param number number of the writing term
 * @param sequence position in what that term wrote, from 1
 */
public record Stamp(long number, long sequence) implements Comparable<Stamp> {
    /** Below every stamp that is given. */
    public static final Stamp NONE = new Stamp(0, 0);

    @Override
    public int compareTo(Stamp other) {
        int byNumber = Long.compare(number, other.number);
        return byNumber != 0 ? byNumber : Long.compare(sequence, other.sequence);
    }

    public boolean isBelow(Stamp other) {
        return compareTo(other) < 0;
    }
}
