package io.shardhold.testkit;

import io.shardhold.cluster.MemberStatus;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.Moment;
import io.shardhold.internal.kernel.Wait;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.Term;
import java.util.LinkedHashMap;
import java.util.Map;

/** Guards with one of them taken out, by name: the simulation must notice each. */
final class Mutants {
    private Mutants() {}

    static Map<String, Guards> all() {
        Map<String, Guards> all = new LinkedHashMap<>();
        all.put("SEAT_OBEYS_ANY_TERM", new Guards() {
            @Override
            public boolean mayObey(long promisedNumber, boolean samePromisedNode, Term term) {
                return true;
            }
        });
        all.put("REGION_OBEYS_ANY_TERM", new Guards() {
            @Override
            public boolean refusesTerm(long highestSeen, long offered) {
                return false;
            }
        });
        all.put("REGION_HOSTS_ANY_EPOCH", new Guards() {
            @Override
            public boolean refusesEpoch(Epoch highestStopped, Epoch inMap, Epoch offered) {
                return false;
            }
        });
        all.put("ONE_SEAT_IS_A_QUORUM", new Guards() {
            @Override
            public int quorum(MapValue.Seats seats) {
                return 1;
            }
        });
        all.put("CONSENT_DESPITE_VERDICT", new Guards() {
            @Override
            public boolean mayConsent(MemberStatus accepted) {
                return true;
            }
        });
        all.put("NO_WAIT_AFTER_VERDICT", new Guards() {
            @Override
            public boolean mayPlaceAgain(Wait wait, Moment now) {
                return true;
            }
        });
        all.put("ACTS_WITHOUT_QUORUM", new Guards() {
            @Override
            public boolean mayAct(boolean leader, boolean quorumAnswered) {
                return true;
            }
        });
        all.put("RETURNED_MESSAGES_GO_LAST", new Guards() {
            @Override
            public long parkedPlace(long sequence) {
                return Long.MAX_VALUE;
            }
        });

        return all;
    }
}
