package io.shardhold.internal.region;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.kernel.Gate;

/**
 * Where messages for one shard go at the moment. Replaced as a whole by the region; senders read it and go in through its
 * gate, so that the region knows when the last of them is through.
 */
sealed interface Route {
    /** Messages wait in the slot. */
    record Parking() implements Route {}

    /** A route through which messages leave the slot. */
    abstract sealed class Open implements Route {
        private final Gate gate = new Gate();

        /**
         * Set by a sender whose message could not go this way, before it parks the message: later messages of the same
         * sender must not overtake it. Never cleared; the region puts another route in place. Written and read by any
         * thread; a sender sees its own write, which is all that its order needs.
         */
        private volatile boolean broken;

        Gate gate() {
            return gate;
        }

        boolean isBroken() {
            return broken;
        }

        void breakDown() {
            broken = true;
        }
    }

    /** The shard is hosted here. */
    final class Local extends Open {}

    /** The shard is hosted there. */
    final class Remote extends Open {
        private final Way way;

        Remote(Way way) {
            this.way = way;
        }

        NodeId home() {
            return way.home();
        }

        @Override
        boolean isBroken() {
            return way.isBroken() || super.isBroken();
        }
    }
}
