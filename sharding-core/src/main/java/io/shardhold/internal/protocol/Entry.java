package io.shardhold.internal.protocol;

/** One version of one entry of the map. Versions merge by stamp: the higher one wins, wherever and whenever it arrives. */
public record Entry(MapValue value, Stamp stamp) {
    public EntryKey key() {
        return value.key();
    }
}
