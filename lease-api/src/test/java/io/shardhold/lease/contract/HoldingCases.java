package io.shardhold.lease.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.lease.LeaseAnswer;
import io.shardhold.lease.LeaseLost;
import io.shardhold.lease.LeaseLost.Reason;
import io.shardhold.lease.LeaseRecord;
import io.shardhold.lease.contract.Way.Effect;
import io.shardhold.lease.contract.Way.Plan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How long a grant is believed, and what ends it. */
abstract class HoldingCases extends AcquiringCases {
    private static final Duration HALF = Duration.ofMillis(500);

    @Test
    void aGrantLastsFromTheMomentItsRequestWasSent() {
        putReleased(10);
        Party party = party("a");
        Duration slow = settings.requestTimeout().dividedBy(3);
        party.way().planOneWrite(Plan.slow(slow, slow));
        granted(party.look(0));
        party.way().plan(Effect.LOST);
        Duration passed = slow.multipliedBy(2);
        assertThat(untilDead(party))
                .isBetween(
                        life().minus(passed).minus(TICK), life().minus(passed).plus(TICK));
    }

    @Test
    void aRenewalCountsFromTheMomentItWasSent() {
        Party holder = holder("holder");
        Duration slow = settings.requestTimeout().dividedBy(3);
        holder.way().planWrites(Plan.slow(slow, slow));
        run(settings.renew().plus(slow).plus(slow).plus(TICK));
        assertThat(record().renewals()).isEqualTo(1);
        holder.way().plan(Effect.LOST);
        Duration passed = slow.multipliedBy(2).plus(TICK);
        assertThat(untilDead(holder))
                .isBetween(
                        life().minus(passed).minus(TICK), life().minus(passed).plus(TICK));
    }

    @Test
    void expiryNeedsNoCallback() {
        Party holder = holder("holder");
        holder.machine().pause();
        run(life().minusMillis(2));
        assertThat(holder.isAlive()).isTrue();
        run(Duration.ofMillis(2));
        assertThat(holder.isAlive()).isFalse();
        assertThat(holder.losses()).isEmpty();
        holder.machine().goOn();
        run(TICK);
        assertThat(holder.losses()).hasSize(1);
    }

    @Test
    void theLossIsToldAtTheDeadlineEvenIfARequestHangs() {
        Party holder = holder("holder");
        long sent = nowNanos();
        holder.way().plan(Effect.LOST);
        holder.wantNoMore();
        run(ttl().multipliedBy(2));
        assertThat(holder.losses()).hasSize(1);
        assertThat(holder.losses().get(0).reason()).isEqualTo(Reason.EXPIRED);
        assertThat(holder.losses().get(0).token()).isEqualTo(holder.lease().fencingToken());
        assertThat(Duration.ofNanos(holder.lossNanos().get(0) - sent)).isBetween(life(), life().plusMillis(1));
    }

    @Test
    void aFailedRenewalIsNoLoss() {
        for (Effect effect : List.of(Effect.FAILED, Effect.UNKNOWN, Effect.LOST, Effect.CONFLICT)) {
            world.parties().forEach(Party::wantNoMore);
            world.parties().forEach(before -> before.machine().crash());
            Party holder = holder("holder-" + effect);
            long token = holder.lease().fencingToken();
            holder.way().plan(effect);
            run(life().minus(settings.requestTimeout()).minus(settings.poll()).minus(TICK));
            holder.way().plan(Effect.CLEAR);
            run(ttl().multipliedBy(2));
            assertThat(holder.isAlive()).as("%s", effect).isTrue();
            assertThat(holder.lease().fencingToken()).isEqualTo(token);
            assertThat(holder.losses()).isEmpty();
        }
    }

    @Test
    void renewalsNeverOverlap() {
        Party holder = holder("holder");
        int before = holder.way().writes();
        holder.way()
                .planWrites(Plan.slow(Duration.ZERO, settings.requestTimeout().minusMillis(5)));
        run(ttl().multipliedBy(2));
        holder.way()
                .planWrites(Plan.slow(Duration.ZERO, settings.requestTimeout().plusMillis(300)));
        run(ttl().multipliedBy(2));
        holder.way().plan(Effect.LOST);
        run(ttl());
        assertThat(holder.way().writes()).isGreaterThan(before + 5);
        assertThat(holder.way().mostOpen()).isEqualTo(1);
    }

    @Test
    void renewalsAreSentEveryRenewTime() {
        holder("holder");
        run(settings.renew().multipliedBy(8).plus(TICK));
        assertThat(record().renewals()).isEqualTo(8);
    }

    @Test
    void aConflictWithoutACauseIsNotRepeatedWithoutAPause() {
        Party holder = holder("holder");
        holder.way().planWrites(Plan.of(Effect.CONFLICT));
        int before = holder.way().writes();
        run(life());
        assertThat((long) holder.way().writes() - before)
                .isBetween(2L, life().toMillis() / settings.poll().toMillis() + 1);
    }

    @Test
    void aRenewalAcknowledgedAfterTheDeadlineRevivesNothing() {
        Party holder = holder("holder");
        long token = holder.lease().fencingToken();
        holder.wantNoMore();
        holder.way().plan(Effect.FAILED);
        run(life().minus(HALF));
        // The next retry arrives in time, and its answer does not.
        holder.way()
                .planWrites(Plan.slow(Duration.ZERO, settings.requestTimeout().minusMillis(20)));
        run(HALF.minus(TICK));
        assertThat(holder.isAlive()).isTrue();
        assertThat(record().renewals()).isEqualTo(1);
        run(TICK);
        assertThat(holder.isAlive()).isFalse();
        holder.way().plan((write, next) -> Plan.CLEAR);
        for (int i = 0; i < 200; i++) {
            run(TICK);
            assertThat(holder.isAlive()).isFalse();
        }
        assertThat(holder.losses()).hasSize(1);
        assertThat(record().released())
                .as("a record that came too late is released")
                .isTrue();
        assertThat(holder.hold()).isGreaterThan(token);
    }

    @Test
    void anAnswerAfterItsRequestWasGivenUpRevivesNothing() {
        putReleased(10);
        Party party = party("a");
        Duration late = settings.requestTimeout().multipliedBy(3);
        party.way().plan((write, next) -> {
            if (write) {
                party.way().plan(Effect.LOST);
                return Plan.slow(Duration.ZERO, late);
            }
            return Plan.CLEAR;
        });
        assertThat(party.look(0)).isInstanceOf(LeaseAnswer.Unknown.class);
        party.way().plan(Effect.CLEAR);
        for (int i = 0; i < 500; i++) {
            run(TICK);
            assertThat(party.isAlive()).isFalse();
        }
        assertThat(record().owner()).startsWith("a#");
        assertThat(record().released()).isTrue();
    }

    @Test
    void aLateAnswerFromBeforeALossRevivesNothing() {
        Party holder = holder("holder");
        holder.way()
                .planOneWrite(Plan.slow(Duration.ZERO, settings.requestTimeout().minusMillis(100)));
        run(settings.renew().plus(TICK));
        assertThat(record().renewals()).isEqualTo(1);
        holder.wantNoMore();
        holder.lease().release();
        for (int i = 0; i < 300; i++) {
            run(TICK);
            assertThat(holder.isAlive()).isFalse();
        }
    }

    @Test
    void aGrantWhoseAnswerWaitedTooLongIsNone() {
        putReleased(10);
        Party party = party("a");
        party.way().planOneWrite(Plan.slow(Duration.ZERO, HALF));
        CompletableFuture<LeaseAnswer> asked = party.lease().acquire(0).toCompletableFuture();
        run(TICK);
        party.machine().pause();
        run(life());
        party.machine().goOn();
        run(TICK);
        assertThat(asked).isDone();
        assertThat(asked.join()).isNotInstanceOf(LeaseAnswer.Granted.class);
        assertThat(party.isAlive()).isFalse();
        run(settings.requestTimeout());
        assertThat(record().released()).isTrue();
    }

    @Test
    void aLostAnswerOfARenewalLosesNothing() {
        Party holder = holder("holder");
        long token = holder.lease().fencingToken();
        holder.way().planOneWrite(Plan.of(Effect.ANSWER_LOST));
        for (int i = 0; i < 1000; i++) {
            run(TICK);
            assertThat(holder.isAlive()).isTrue();
        }
        assertThat(holder.lease().fencingToken()).isEqualTo(token);
    }

    @Test
    void readingExtendsNothing() {
        Party holder = holder("holder");
        holder.wantNoMore();
        holder.way().planWrites(Plan.of(Effect.ANSWER_LOST));
        assertThat(untilDead(holder)).isBetween(life().minus(TICK), life());
        assertThat(record().renewals()).as("renewed in the store").isPositive();
    }

    @Test
    void anIndeterminateAnswerExtendsNothing() {
        Party holder = holder("holder");
        holder.wantNoMore();
        holder.way().planWrites(Plan.of(Effect.DONE_UNKNOWN));
        assertThat(untilDead(holder)).isBetween(life().minus(TICK), life());
    }

    @Test
    void aRecordThatNamesAnotherEndsTheGrant() {
        assertLostWithin(() -> world.put(recordOf("operator#1", 1_000, ttl())), Reason.TAKEN);
    }

    @Test
    void aRecordThatIsGoneEndsTheGrant() {
        assertLostWithin(world::delete, Reason.DELETED);
    }

    @Test
    void aRecordThatOthersMarkedReleasedEndsTheGrant() {
        assertLostWithin(
                () -> {
                    LeaseRecord now = record();
                    world.put(new LeaseRecord(now.owner(), now.token(), now.ttl(), now.renewals(), true));
                },
                Reason.RELEASED);
    }

    private void assertLostWithin(Runnable deed, Reason reason) {
        Party holder = holder("holder");
        holder.wantNoMore();
        long token = holder.lease().fencingToken();
        run(TICK);
        deed.run();
        run(settings.renew().plus(TICK));
        assertThat(holder.isAlive()).isFalse();
        assertThat(holder.losses()).extracting(LeaseLost::reason).containsExactly(reason);
        assertThat(holder.losses()).extracting(LeaseLost::token).containsExactly(token);
    }

    @Test
    void listenersThatThrowHurtNobody() {
        Party holder = holder("holder");
        List<LeaseLost> heard = new ArrayList<>();
        holder.lease().onLost(loss -> {
            throw new Planned();
        });
        holder.lease().onLost(heard::add);
        world.put(recordOf("operator#1", 1_000, ttl()));
        run(settings.renew().plus(TICK));
        assertThat(heard).hasSize(1);
        run(settings.leaseWait().multipliedBy(2));
        assertThat(holder.isAlive()).isTrue();
    }

    @Test
    void eachLossIsToldOnceAndAfterTheGrantHasEnded() {
        Party holder = holder("holder");
        List<Boolean> alive = new ArrayList<>();
        holder.lease().onLost(loss -> alive.add(holder.isAlive()));
        for (int round = 1; round <= 3; round++) {
            holder.way().plan(Effect.LOST);
            run(ttl());
            assertThat(alive).hasSize(round).containsOnly(false);
            holder.way().plan(Effect.CLEAR);
            holder.hold();
        }
        assertThat(holder.losses()).hasSize(3);
        assertThat(holder.losses()).extracting(LeaseLost::token).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void aListenerMayAcquireAgain() {
        Party holder = holder("holder");
        long token = holder.lease().fencingToken();
        holder.wantNoMore();
        holder.lease().onLost(loss -> {
            var unused = holder.acquire(loss.token());
        });
        holder.way().plan(Effect.FAILED);
        run(life().minusMillis(1));
        holder.way().plan(Effect.CLEAR);
        run(TICK);
        // Its own record needs no watching: nobody else believes in it.
        assertThat(holder.isAlive()).isTrue();
        assertThat(holder.lease().fencingToken()).isGreaterThan(token);
    }

    /** In the log of a test run one line is enough. */
    private static final class Planned extends RuntimeException {
        private static final long serialVersionUID = 1;

        Planned() {
            super("a listener of a test", null, false, false);
        }
    }
}
