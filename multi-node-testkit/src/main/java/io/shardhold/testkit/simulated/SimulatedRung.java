package io.shardhold.testkit.simulated;

import io.shardhold.config.Timings;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.testkit.fault.Fault;
import io.shardhold.testkit.rung.Rung;
import io.shardhold.testkit.rung.RungCluster;
import io.shardhold.testkit.rung.RungListener;
import java.util.EnumSet;
import java.util.Set;

/** Virtual time, one thread, every fault: the default. */
public final class SimulatedRung implements Rung {
    /** The name by which users choose it. */
    public static final String NAME = "simulated";

    private final Guards guards;

    /** With the guards of production. */
    public SimulatedRung() {
        this(Guards.STRICT);
    }

    /** With other guards, to see that the simulation notices what they let pass. */
    public SimulatedRung(Guards guards) {
        this.guards = guards;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<Fault> faults() {
        return EnumSet.allOf(Fault.class);
    }

    @Override
    public Timings timings() {
        return Timings.DEFAULT;
    }

    @Override
    public RungCluster open(long seed, RungListener listener) {
        return new SimulatedCluster(seed, listener, guards);
    }
}
