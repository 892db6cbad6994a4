package io.shardhold.testkit;

import io.shardhold.testkit.fault.Fault;
import java.util.List;
import java.util.Set;

/** A kind of harm that a profile may do, and the faults that the rung must be able to inject for it. */
enum Strike {
    DELAY(Fault.DELAY),
    SLOW_HANDLERS(Fault.SLOW_HANDLERS),
    REBALANCE(),
    LEAVE(),
    LOSS(Fault.LOSS),
    BREAK_LINK(Fault.LINK_BREAK),
    CRASH(Fault.CRASH),
    PAUSE(Fault.PAUSE),
    PARTITION(Fault.CUT),
    CLOCK_JUMP(Fault.CLOCK_JUMP),
    ISOLATE(Fault.CUT),
    CUT_ONE_WAY(Fault.CUT),
    SPLIT(Fault.CUT),
    FLAP(Fault.CUT),
    DUPLICATION(Fault.DUPLICATION),
    LATE(Fault.REORDERING),
    CORRUPTION(Fault.CORRUPTION),
    HANGING_HANDLERS(Fault.HANGING_HANDLERS),
    CRASH_AT_STEP(Fault.STEP, Fault.CRASH),
    PAUSE_AT_STEP(Fault.STEP, Fault.PAUSE),
    MINORITY_WRITE(Fault.STEP),
    STALE_READ(Fault.STEP),
    LOSE_STEP(Fault.STEP),
    LEASE_DOWN(Fault.LEASE_STORE),
    LEASE_SLOW(Fault.LEASE_STORE),
    LEASE_LOSSES(Fault.LEASE_STORE),
    LEASE_UNREACHABLE(Fault.LEASE_STORE),
    LEASE_DELETED(Fault.LEASE_STORE);

    @SuppressWarnings("ImmutableEnumChecker") // nobody writes to the array
    private final Fault[] needed;

    Strike(Fault... needed) {
        this.needed = needed.clone();
    }

    boolean isPossible(Set<Fault> faults) {
        return faults.containsAll(List.of(needed));
    }
}
