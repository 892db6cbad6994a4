package io.shardhold.testkit;

import io.shardhold.cluster.MemberStatus;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.Moment;
import io.shardhold.internal.kernel.Wait;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.Term;

/** Guards with one of them taken out: the simulation must notice each. */
enum Mutants {
    SEAT_OBEYS_ANY_TERM(new Guards() {
        @Override
        public boolean mayObey(long promisedNumber, boolean samePromisedNode, Term term) {
            return true;
        }
    }),
    REGION_OBEYS_ANY_TERM(new Guards() {
        @Override
        public boolean refusesTerm(long highestSeen, long offered) {
            return false;
        }
    }),
    REGION_HOSTS_ANY_EPOCH(new Guards() {
        @Override
        public boolean refusesEpoch(Epoch highestStopped, Epoch inMap, Epoch offered) {
            return false;
        }
    }),
    ONE_SEAT_IS_A_QUORUM(new Guards() {
        @Override
        public int quorum(MapValue.Seats seats) {
            return 1;
        }
    }),
    CONSENT_DESPITE_VERDICT(new Guards() {
        @Override
        public boolean mayConsent(MemberStatus accepted) {
            return true;
        }
    }),
    NO_WAIT_AFTER_VERDICT(new Guards() {
        @Override
        public boolean mayPlaceAgain(Wait wait, Moment now) {
            return true;
        }
    }),
    ACTS_WITHOUT_QUORUM(new Guards() {
        @Override
        public boolean mayAct(boolean leader, boolean quorumAnswered) {
            return true;
        }
    }),
    RETURNED_MESSAGES_GO_LAST(new Guards() {
        @Override
        public long parkedPlace(long sequence) {
            return Long.MAX_VALUE;
        }
    });

    @SuppressWarnings("ImmutableEnumChecker") // guards have no state
    private final Guards guards;

    Mutants(Guards guards) {
        this.guards = guards;
    }

    Guards guards() {
        return guards;
    }
}
