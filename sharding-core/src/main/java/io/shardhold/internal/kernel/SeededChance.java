package io.shardhold.internal.kernel;

/** SplitMix64 (Steele, Lea, Flood 2014): the same seed gives the same numbers in every JVM. */
public final class SeededChance implements Chance {
    private static final long GAMMA = 0x9e3779b97f4a7c15L;
    private long state;

    public SeededChance(long seed) {
        this.state = seed;
    }

    @Override
    public long nextLong() {
        state += GAMMA;
        long mixed = (state ^ (state >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }

    /** A stream of its own, so that one consumer's draws do not shift another's. */
    public SeededChance fork() {
        return new SeededChance(nextLong());
    }
}
