package io.shardhold.testkit.rung;

import io.shardhold.config.ShardingSettings;
import io.shardhold.lease.LeaseRuntime;
import io.shardhold.testkit.fault.LinkRule;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The nodes of one test and the network between them. Everything is called on the test's thread, and everything that the
 * {@link RungListener} hears is told on it, while time passes in {@link #runFor} or {@link #runUntil}.
 */
public interface RungCluster extends AutoCloseable {
    /** Settings with name, cluster, addresses and seeds of this rung, to be completed with the rest. */
    ShardingSettings.Builder prepare(String clusterName, String name, List<String> seedNames);

    /**
     * Adds a machine; its process is not started.
     *
     * @param driftPerMillion how much faster its clocks tick, -50,000 to 50,000
     * @param wallOffset how far its wall clock is off
     */
    RungNode add(ShardingSettings settings, long driftPerMillion, Duration wallOffset);

    /** What carries requests to the store of the lease; only its timers are used. */
    LeaseRuntime leaseNetwork();

    /** Time since the cluster was opened. */
    Duration elapsed();

    /** Lets time pass. */
    void runFor(Duration duration);

    /** Lets time pass until something holds; returns whether it does, within the limit. */
    boolean runUntil(Duration limit, BooleanSupplier condition);

    /** Does something after a while, on the test's thread. */
    void after(Duration delay, Runnable action);

    /** Sets how one direction between two machines treats what passes from now on. */
    void link(String from, String to, LinkRule rule);

    /** Breaks the connections from one machine to another; they are made anew. */
    void breakLink(String from, String to);

    /** Looks at every control message that leaves, on whatever thread sends it; replaces the one before. */
    void tap(MessageTap tap);

    /** Writes a line into the history. */
    void note(String line);

    /** The last lines of the history, for a failure. */
    List<String> history();

    /** Events that have happened. */
    long events();

    /** Ends all processes; nothing of the cluster is left. */
    @Override
    void close();
}
