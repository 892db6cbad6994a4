package io.shardhold.internal.protocol;

/**
 * The number of one placement: given once, never twice, and rising for each shard.
 *
 * @param number number of the term that gave it, 35 bits
 * @param sequence position in that term, 28 bits; a term that runs out resigns
 */
public record Epoch(long number, int sequence) implements Comparable<Epoch> {
    public static final Epoch NONE = new Epoch(0, 0);
    public static final int MAX_SEQUENCE = (1 << 28) - 1;
    private static final int SEQUENCE_BITS = 28;

    public Epoch {
        if (number < 0 || number > Term.MAX_NUMBER || sequence < 0 || sequence > MAX_SEQUENCE) {
            throw new IllegalArgumentException("no epoch: " + number + "/" + sequence);
        }
    }

    /** The epoch as one positive long with the same order: what an entity shows its database. */
    public long fence() {
        return number << SEQUENCE_BITS | sequence;
    }

    @Override
    public int compareTo(Epoch other) {
        return Long.compare(fence(), other.fence());
    }

    public boolean isBelow(Epoch other) {
        return compareTo(other) < 0;
    }

    @Override
    public String toString() {
        return number + "/" + sequence;
    }
}
