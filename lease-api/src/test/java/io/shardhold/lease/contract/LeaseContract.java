package io.shardhold.lease.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.lease.LeaseLost.Reason;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What every lease keeps, whatever store it has. An implementation inherits this class and says how its store is opened:
 *
 * <pre>{@code
 * class MyLeaseContractTest extends LeaseContract {
 *     @Override
 *     protected StoreUnderTest open() {
 *         return new MyStoreUnderTest();
 *     }
 * }
 * }</pre>
 *
 * <p>For implementers. Clocks, timers and the faults between lease and store are virtual and belong to this test; the
 * store may be real: virtual time stands still until it has answered. So all cases run over a server, a fake one or a
 * map, and none waits for a clock on the wall. What needs a store that is slow, down or mute gets it from the test, which
 * stands between lease and store; how a store turns its own errors into {@code Failed} and {@code Unknown} is for tests
 * of its own. {@link LeaseRealTimeContract} is the other half: a few cases with real clocks and threads, nothing
 * virtual.
 *
 * <p>Settings are the defaults unless {@code settings} is overridden. Each case has a lease name of its own, so that a
 * store may be shared. {@code -Dlease.seeds=} sets how many random histories are tried, {@code -Dlease.seed=} replays
 * one; over a slow store override {@link #seeds()}.
 *
 * <p>What is kept: at most one contender believes at any moment, with clocks that tick up to 5 % wrong and one clock of a
 * machine jumping at a time. Tokens rise. Not covered, by any lease: a record that an operator deletes or puts back before
 * everybody has seen it, and a machine that stops with both its clocks; there only the token helps.
 */
public abstract class LeaseContract extends ReleasingCases {
    /** For implementations. */
    protected LeaseContract() {}

    /** How many random histories are tried. */
    protected int seeds() {
        return Integer.getInteger("lease.seeds", 300);
    }

    @Test
    void whateverHappensAtMostOneBelievesAndTokensRise() throws Exception {
        Integer one = Integer.getInteger("lease.seed");
        Map<Reason, Integer> losses = new EnumMap<>(Reason.class);
        int grants = 0;
        for (int seed = one == null ? 1 : one; seed <= (one == null ? seeds() : one); seed++) {
            try (StoreUnderTest fresh = open()) {
                History history = new History(fresh, settings("random-" + seed), seed);
                history.run();
                grants += history.grants();
                history.losses().forEach((reason, count) -> losses.merge(reason, count, Integer::sum));
            }
        }
        if (one == null && seeds() >= 50) {
            assertThat(grants).as("grants").isGreaterThan(seeds());
            assertThat(losses.keySet())
                    .as("reasons of losses that were reached")
                    .contains(Reason.EXPIRED, Reason.TAKEN, Reason.DELETED, Reason.CLOCK_JUMP);
        }
    }
}
