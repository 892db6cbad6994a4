package io.shardhold.testkit.loopback;

import io.shardhold.config.Timings;
import io.shardhold.lease.LeaseSettings;
import io.shardhold.testkit.fault.Fault;
import io.shardhold.testkit.rung.Rung;
import io.shardhold.testkit.rung.RungListener;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * Runs whole nodes in this JVM, with their real threads, clocks and sockets; between them stands a fault layer of TCP
 * proxies on 127.0.0.1. It finds what virtual time cannot: races, and what sockets really do.
 *
 * <pre>{@code
 * try (RungCluster cluster = new LoopbackRung().open(42, listener)) {
 *   RungNode n1 = cluster.add(cluster.prepare("test", "n1", List.of("n1")).entity(spec).build(), 0, Duration.ZERO);
 *   n1.start();
 *   cluster.runUntil(Duration.ofSeconds(20), n1::isServing);
 * }
 * }</pre>
 *
 * <p>A TCP proxy cannot lose, double or reorder messages, threads of one JVM cannot be paused one by one, and all nodes
 * have the clocks of this machine: {@link #faults()} does not name these. Only what the fault layer and the handlers draw
 * comes from the seed; threads come in whatever order they like, so a run is not repeated by its seed.
 */
public final class LoopbackRung implements Rung {
    /** The name by which users choose it. */
    public static final String NAME = "loopback";

    private static final Set<Fault> FAULTS = Collections.unmodifiableSet(EnumSet.of(
            Fault.CRASH,
            Fault.CUT,
            Fault.DELAY,
            Fault.CORRUPTION,
            Fault.LINK_BREAK,
            Fault.STEP,
            Fault.SLOW_HANDLERS,
            Fault.HANGING_HANDLERS,
            Fault.LEASE_STORE));

    /**
     * A third of what production has, so that a takeover takes three seconds instead of seven. Less would not be safe
     * where several builds share two processors: threads there wait for some hundred milliseconds now and then, and a
     * right to serve must outlast that. So ten probes fit a consent (1 s), which a lost one or a slow turn does not end;
     * the detection time (1.2 s) is a consent, a probe and a tenth longer; trouble that lasts half of that again (0.6 s)
     * is judged. The margin (0.25 s) is twice what clocks that drift need, which these do not: it is for threads that wake
     * late. Stopping (2 s), handing over (4 s) and shutting down (12 s) leave room for slow handlers, and requests are
     * repeated (0.1 s) as often as seats are probed.
     */
    static final Timings TIMINGS = new Timings(
            Duration.ofMillis(100),
            Duration.ofMillis(1_200),
            Duration.ofMillis(600),
            Duration.ofMillis(1_000),
            Duration.ofMillis(250),
            Duration.ofMillis(100),
            Duration.ofMillis(1_500),
            Duration.ofMillis(2_000),
            Duration.ofMillis(4_000),
            Duration.ofMillis(12_000),
            Duration.ofMillis(100),
            Duration.ofMillis(250));

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<Fault> faults() {
        return FAULTS;
    }

    @Override
    public Timings timings() {
        return TIMINGS;
    }

    /** A third of the defaults, as all times here; the margin is for threads that wake late. */
    @Override
    public LeaseSettings lease() {
        return Rung.super
                .lease()
                .withTimes(
                        Duration.ofMillis(1_500),
                        Duration.ofMillis(300),
                        Duration.ofMillis(250),
                        Duration.ofMillis(150),
                        Duration.ofMillis(400));
    }

    @Override
    public LoopbackCluster open(long seed, RungListener listener) {
        return new LoopbackCluster(seed, listener);
    }

    static UnsupportedOperationException refused(String fault) {
        return new UnsupportedOperationException(
                "rung loopback cannot inject " + fault + ", only " + FAULTS + ": use the simulated rung");
    }
}
