package io.shardhold.testkit.rung;

import io.shardhold.config.Timings;
import io.shardhold.lease.LeaseSettings;
import io.shardhold.testkit.fault.Fault;
import java.util.Set;

/** A way to run the nodes of a test: in virtual time, over real sockets, in processes. Stateless. */
public interface Rung {
    /** The name by which users choose it. */
    String name();

    /** The kinds of faults that it can inject; the others are refused before they reach it. */
    Set<Fault> faults();

    /** The timings of nodes whose test chooses none: what production has, or shorter where time is real. */
    Timings timings();

    /** Name and times of the lease, if the test has one; the owner is nobody yet. */
    default LeaseSettings lease() {
        return LeaseSettings.of("coordinator", "nobody");
    }

    /** A network without nodes. What it draws by chance comes from the seed. */
    RungCluster open(long seed, RungListener listener);
}
