package io.shardhold.internal.kernel;

import org.jspecify.annotations.Nullable;

/**
 * What the machines of a node believe of its lease: written by the lease keeper, asked by the coordinator in every turn in
 * which it acts. Believed is what the keeper has been told, as long as the lease itself says at this moment that it is
 * alive. Kernel thread.
 */
public final class HeldLease {
    private final @Nullable LeasePort port;
    private final Guards guards;
    private long token;

    /** @param port null if the cluster goes without a lease */
    public HeldLease(@Nullable LeasePort port, Guards guards) {
        this.port = port;
        this.guards = guards;
    }

    /** Whether a coordinator needs the lease. */
    public boolean isNeeded() {
        return port != null;
    }

    /** The lease was granted with this token. */
    public void hold(long granted) {
        token = granted;
    }

    /** The lease is lost, or given up. */
    public void drop() {
        token = 0;
    }

    /** Whether a coordinator may act under this number, as far as the lease is concerned. */
    public boolean permits(long number) {
        return port == null || guards.believesLease(token == number, () -> port.isAlive(number));
    }
}
