package io.shardhold.lease.contract;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.lease.LeaseAnswer;
import io.shardhold.lease.LeaseRecord;
import io.shardhold.lease.LeaseSettings;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The store under test and a world around it, new for each case. */
abstract class Fixture {
    /** How far a test steps when it looks for a moment. */
    static final Duration TICK = ofMillis(10);

    private static final AtomicLong NAMES = new AtomicLong();

    StoreUnderTest store;
    LeaseSettings settings;
    World world;

    /** A store without a record of the names that are used here; closed after the case. */
    protected abstract StoreUnderTest open() throws Exception;

    /** Settings of this name that the implementation allows. */
    protected LeaseSettings settings(String name) {
        return LeaseSettings.of(name, "owner");
    }

    @BeforeEach
    final void openStore() throws Exception {
        store = open();
        settings = settings("contract-" + NAMES.incrementAndGet());
        world = new World(store, settings);
    }

    @AfterEach
    final void closeStore() throws Exception {
        store.close();
    }

    final Party party(String owner) {
        return world.party(owner);
    }

    final void run(Duration span) {
        world.run(span);
    }

    final Duration ttl() {
        return settings.ttl();
    }

    final Duration margin() {
        return settings.margin();
    }

    /** How long a grant lasts from the moment that its request was sent. */
    final Duration life() {
        return ttl().minus(margin());
    }

    /** How long a challenger watches. */
    final Duration watch() {
        return ttl().plus(margin());
    }

    final long nowNanos() {
        return world.time().nowNanos();
    }

    final LeaseRecord record() {
        return world.record().orElseThrow();
    }

    final LeaseRecord recordOf(String owner, long token, Duration recordTtl) {
        return new LeaseRecord(owner, token, recordTtl, 0, false);
    }

    /** A released record, so that a case need not begin with a wait. */
    final void putReleased(long token) {
        world.put(new LeaseRecord("before#1", token, ttl(), 7, true));
    }

    /** Holds from now on, by a request that was sent and answered at this very moment. */
    final Party holder(String owner) {
        return holder(owner, 1.0);
    }

    final Party holder(String owner, double rate) {
        putReleased(world.record().map(LeaseRecord::token).orElse(100L));
        Party party = world.party(owner, rate).want();
        run(Duration.ZERO);
        assertThat(party.isAlive()).isTrue();
        return party;
    }

    final long granted(LeaseAnswer answer) {
        assertThat(answer).isInstanceOf(LeaseAnswer.Granted.class);
        return ((LeaseAnswer.Granted) answer).token();
    }

    /** How long until the party is granted, to the tick; it polls as ever. */
    final Duration untilAlive(Party party) {
        long begun = nowNanos();
        Duration limit = ttl().multipliedBy(10);
        while (!party.isAlive()) {
            assertThat(Duration.ofNanos(nowNanos() - begun))
                    .as("granted within")
                    .isLessThan(limit);
            run(TICK);
        }
        return Duration.ofNanos(nowNanos() - begun);
    }

    /** How long the party goes on to believe, to the tick. */
    final Duration untilDead(Party party) {
        long begun = nowNanos();
        while (party.isAlive()) {
            assertThat(Duration.ofNanos(nowNanos() - begun)).as("believed for").isLessThan(ttl().multipliedBy(10));
            run(TICK);
        }
        return Duration.ofNanos(nowNanos() - begun);
    }
}
