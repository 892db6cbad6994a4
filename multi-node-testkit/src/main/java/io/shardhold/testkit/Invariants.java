package io.shardhold.testkit;

import java.util.List;

/**
 * The promises of Shardhold. Every run checks all of them; naming them in {@link MultiNodeSpec#assertAlways} says what a
 * test is about.
 */
public enum Invariants implements Invariant {
    /**
     * At most one node may take up messages of a shard, and once a node may under an epoch, nobody ever may under a lower
     * one. (P3)
     */
    ONE_HOME_PER_ENTITY,

    /** At most one coordinator of a cluster would be obeyed if it acted now. (P1) */
    ONE_ACTIVE_COORDINATOR,

    /** Terms rise from coordinator to coordinator, and no region does as a lower one says. (P2) */
    NUMBERS_ONLY_RISE,

    /** With a lease, a coordinator commands and writes only while its node's lease is alive. (P1; simulated rung) */
    LEASE_HOLDER_ONLY,

    /** Nobody gets a shard that has a home, of a new coordinator or an old one: the home stops first, or is removed. (P3) */
    TAKEOVER_MOVES_NOTHING,

    /** An entity takes up the messages of one node in their order, unless a connection was lost with some in doubt. */
    ORDER_PER_SENDER,

    /** A message is taken up at most once, or reported; at rest none is missing, but what was in doubt or died. (P5) */
    CONSERVATION,

    /** What grows stays within its limit, and at rest nothing waits. (P6) */
    EVERYTHING_BOUNDED;

    @Override
    public Check begin(MultiNodeSpec spec) {
        return switch (this) {
            case ONE_HOME_PER_ENTITY -> new OneHome(spec);
            case ONE_ACTIVE_COORDINATOR -> new OneCoordinator(spec);
            case NUMBERS_ONLY_RISE -> new RisingNumbers(spec);
            case LEASE_HOLDER_ONLY -> new LeaseHolders(spec);
            case TAKEOVER_MOVES_NOTHING -> new LeftHomes(spec);
            case ORDER_PER_SENDER -> new SenderOrder(spec);
            case CONSERVATION -> new Conservation(spec);
            case EVERYTHING_BOUNDED -> new Bounds(spec);
        };
    }

    /** All of them, in this order. */
    static List<Invariant> all() {
        return List.of(values());
    }
}
