package io.shardhold.internal.kernel;

import java.util.TreeSet;

/** The lease of a node whose grants live and die by the word of a test. One thread. */
public final class FakeLeasePort implements LeasePort {
    private final TreeSet<Long> alive = new TreeSet<>();

    /** From now on the grant with this token is alive. */
    public void grant(long token) {
        alive.add(token);
    }

    /** No grant is alive any more, and nobody was told. */
    public void expire() {
        alive.clear();
    }

    @Override
    public void acquire(long attempt, long tokenFloor) {
        throw new UnsupportedOperationException("machines ask through their turn");
    }

    @Override
    public void release(long attempt) {
        throw new UnsupportedOperationException("machines ask through their turn");
    }

    @Override
    public boolean isAlive(long token) {
        return alive.contains(token);
    }
}
