package io.shardhold.testkit;

import io.shardhold.testkit.fault.Fault;
import io.shardhold.testkit.loopback.LoopbackRung;
import io.shardhold.testkit.rung.Rung;
import io.shardhold.testkit.simulated.SimulatedRung;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a run is given: nodes, seeds among them, a rung, a seed, and how to replay it.
 *
 * @param replay a command that replays exactly this run, for people
 */
record SpecSetup(List<String> names, int seedNodes, Rung rung, long seed, String replay) {
    static final String DEFAULT_RUNG = SimulatedRung.NAME;
    private static final int MOST_SEED_NODES = 7;
    private static final double MILLIS = 1_000.0;

    SpecSetup {
        names = List.copyOf(names);
        if (seedNodes % 2 == 0 || seedNodes < 1 || seedNodes > MOST_SEED_NODES || seedNodes > names.size()) {
            throw new IllegalArgumentException(
                    "a cluster has 1, 3, 5 or 7 seed nodes, all of them among its nodes; were " + seedNodes + " of "
                            + names.size() + " nodes");
        }
    }

    /** Names n1, n2 and so on. */
    static List<String> names(int nodes) {
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= nodes; i++) {
            names.add("n" + i);
        }
        return names;
    }

    /** As many seed nodes as usual: three, or one if there are fewer than three nodes. */
    static int usualSeedNodes(int nodes) {
        return nodes < 3 ? 1 : 3;
    }

    /** The rung of this name. */
    static Rung rung(String name) {
        for (Rung rung : List.of(new SimulatedRung(), new LoopbackRung())) {
            if (rung.name().equals(name)) {
                return rung;
            }
        }
        throw new IllegalArgumentException(
                "no rung '" + name + "', only '" + SimulatedRung.NAME + "' and '" + LoopbackRung.NAME + "'");
    }

    Set<Fault> possibleFaults(boolean lease) {
        Set<Fault> possible = EnumSet.copyOf(rung.faults());
        if (!lease) {
            possible.remove(Fault.LEASE_STORE);
        }
        return possible;
    }

    /** Refuses a fault that the rung cannot inject, by name. */
    void require(Fault fault) {
        if (!rung.faults().contains(fault)) {
            throw new UnsupportedOperationException("the rung '" + rung.name() + "' cannot inject " + fault + ", only "
                    + rung.faults() + "; run this test on '" + DEFAULT_RUNG + "'");
        }
    }

    /** Refuses what only the simulation has. */
    void requireSimulated(String what) {
        if (!rung.name().equals(DEFAULT_RUNG)) {
            throw new UnsupportedOperationException("the rung '" + rung.name() + "' has no simulated " + what
                    + "; run this test on '" + DEFAULT_RUNG + "'");
        }
    }

    List<String> seedNames() {
        return names.subList(0, seedNodes);
    }

    String describe(String what, MultiNodeSpec spec) {
        String when = String.format(
                Locale.ROOT,
                "after %.3f s and %d events, on the rung '%s' with %d nodes, seed %d",
                spec.elapsed().toMillis() / MILLIS,
                spec.events(),
                rung.name(),
                spec.nodes().size(),
                seed);
        return what + "\n  " + when + "\n  replay exactly this run with:\n    " + replay + "\n  what led there:\n    "
                + String.join("\n    ", spec.history());
    }
}
