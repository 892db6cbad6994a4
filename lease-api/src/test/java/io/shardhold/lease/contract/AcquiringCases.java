package io.shardhold.lease.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.shardhold.lease.LeaseAnswer;
import io.shardhold.lease.LeaseRecord;
import io.shardhold.lease.RecordLease;
import io.shardhold.lease.contract.Way.Effect;
import io.shardhold.lease.contract.Way.Plan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Who is granted, when, and with which token. */
abstract class AcquiringCases extends Fixture {
    @Test
    void theFirstGrantOfAllTakesTtlAndMargin() {
        Party only = party("only").want();
        Duration waited = untilAlive(only);
        assertThat(waited).isBetween(watch(), watch().plus(settings.poll()).plus(TICK));
        assertThat(only.answers().get(0)).isEqualTo(new LeaseAnswer.Held(""));
    }

    @Test
    void whoIsNotGrantedIsToldWhoHolds() {
        holder("holder");
        LeaseAnswer answer = party("other").look(0);
        assertThat(answer).isEqualTo(new LeaseAnswer.Held(record().owner()));
        assertThat(record().owner()).startsWith("holder#");
    }

    @Test
    void oneOfManyIsGranted() {
        List<Party> many = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            many.add(party("n" + i).want());
        }
        run(settings.leaseWait().multipliedBy(2));
        assertThat(many).filteredOn(Party::isAlive).hasSize(1);
    }

    @Test
    void aHolderThatRenewsIsNeverReplaced() {
        Party holder = holder("holder");
        long token = holder.lease().fencingToken();
        party("other").want();
        run(ttl().multipliedBy(20));
        assertThat(holder.isAlive()).isTrue();
        assertThat(holder.lease().fencingToken()).isEqualTo(token);
        assertThat(holder.losses()).isEmpty();
    }

    @Test
    void aDeadHolderIsReplacedTtlAndMarginAfterItsLastChange() {
        Party holder = holder("holder");
        Party other = party("other").want();
        run(settings.poll().plus(TICK));
        holder.machine().crash();
        Duration waited = untilAlive(other);
        Duration sinceSeen = waited.plus(settings.poll()).plus(TICK);
        assertThat(sinceSeen).isBetween(watch(), settings.leaseWait().plus(settings.poll()));
    }

    @Test
    void aChallengerThatStartsLateWaitsInFull() {
        holder("holder").machine().crash();
        run(Duration.ofHours(1));
        assertThat(untilAlive(party("late").want())).isGreaterThanOrEqualTo(watch());
    }

    @Test
    void anyChangeRestartsTheWait() {
        world.put(recordOf("stranger#1", 5, ttl()));
        Party other = party("other").want();
        run(ttl());
        world.put(new LeaseRecord("stranger#1", 5, ttl(), 1, false));
        assertThat(untilAlive(other)).isGreaterThanOrEqualTo(watch());
    }

    @Test
    void aReleasedRecordNeedsNoWait() {
        putReleased(41);
        assertThat(party("next").look(0)).isEqualTo(new LeaseAnswer.Granted(42));
    }

    @Test
    void absenceIsWatchedLikeARecord() {
        Party holder = holder("holder");
        Party other = party("other").want();
        run(settings.poll().plus(TICK));
        holder.way().plan(Effect.LOST);
        world.delete();
        assertThat(untilAlive(other)).isGreaterThanOrEqualTo(watch());
    }

    @Test
    void absenceCountsOnlyWhileTheLooksAreCloseTogether() {
        Party other = party("other");
        other.look(0);
        run(ttl().multipliedBy(3));
        // Whoever was granted in between, and whose record was deleted, may still believe.
        assertThat(other.look(0)).isEqualTo(new LeaseAnswer.Held(""));
    }

    @Test
    void theTtlOfTheRecordCountsWithinBounds() {
        world.put(recordOf("stranger#1", 5, ttl().multipliedBy(2)));
        assertThat(untilAlive(party("a").want()))
                .isGreaterThanOrEqualTo(ttl().multipliedBy(2).plus(margin()));

        world.put(recordOf("stranger#2", 5, Duration.ofDays(365)));
        world.parties().forEach(Party::wantNoMore);
        assertThat(untilAlive(party("b").want())).isBetween(ttl().multipliedBy(4), ttl().multipliedBy(5));

        world.put(recordOf("stranger#3", 5, Duration.ofMillis(1)));
        world.parties().forEach(Party::wantNoMore);
        assertThat(untilAlive(party("c").want())).isGreaterThanOrEqualTo(watch());
    }

    @Test
    void theWaitForALongerTtlCoversItsDrift() {
        Duration longer = ttl().multipliedBy(4);
        world.put(recordOf("stranger#1", 5, longer));
        assertThat(untilAlive(party("a").want())).isGreaterThanOrEqualTo(longer.plus(longer.dividedBy(20)));
    }

    @Test
    void tokensRiseOverReleaseExpiryAndDeletion() {
        Party a = holder("a");
        long first = a.lease().fencingToken();
        a.release();
        Party b = party("b").want();
        long second = b.hold();
        b.machine().crash();
        Party c = party("c");
        long third = c.hold();
        c.machine().crash();
        run(ttl());
        world.delete();
        long fourth = party("d").hold();
        assertThat(List.of(first, second, third, fourth)).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void aRecordThatIsCreatedStartsAboveTheUnixTime() {
        Party only = party("only");
        long before = only.machine().wallMillis() / 1000;
        assertThat(only.hold())
                .isBetween(before + 1, before + 1 + settings.leaseWait().toSeconds() + 1);
    }

    @Test
    void theTokenIsAboveTheFloor() {
        putReleased(10);
        assertThat(party("a").look(1_000)).isEqualTo(new LeaseAnswer.Granted(1_001));
        Party b = party("b");
        world.delete();
        b.floor(3_000_000_000L);
        assertThat(b.hold()).isEqualTo(3_000_000_001L);
    }

    @Test
    void aHeldLeaseAnswersWithoutTheStore() {
        Party holder = holder("holder");
        long token = holder.lease().fencingToken();
        int asked = holder.way().reads() + holder.way().writes();
        List<LeaseAnswer> answers = new ArrayList<>();
        var unused = holder.lease().acquire(token - 1).thenAccept(answers::add);
        assertThat(answers).containsExactly(new LeaseAnswer.Granted(token));
        assertThat(holder.way().reads() + holder.way().writes()).isEqualTo(asked);
    }

    @Test
    void aHeldLeaseIsGivenUpForAHigherFloor() {
        Party holder = holder("holder");
        long token = holder.lease().fencingToken();
        var asked = holder.acquire(token + 5).toCompletableFuture();
        assertThat(holder.isAlive()).isFalse();
        assertThat(holder.await(asked)).isEqualTo(new LeaseAnswer.Granted(token + 6));
        assertThat(holder.isAlive()).isTrue();
        assertThat(holder.losses()).isEmpty();
    }

    @Test
    void tokensBeyondAFenceAreRefused() {
        putReleased(RecordLease.MAX_TOKEN);
        assertThat(party("a").look(0))
                .isInstanceOfSatisfying(
                        LeaseAnswer.Unavailable.class,
                        answer -> assertThat(answer.why()).contains(String.valueOf(RecordLease.MAX_TOKEN)));
        putReleased(1);
        assertThat(party("b").look(Long.MAX_VALUE)).isInstanceOf(LeaseAnswer.Unavailable.class);
        assertThat(party("c").look(RecordLease.MAX_TOKEN - 1))
                .isEqualTo(new LeaseAnswer.Granted(RecordLease.MAX_TOKEN));
    }

    @Test
    void aTokenThatNobodyCanHaveBeenGrantedIsForgottenWhenItIsCorrected() {
        Party party = party("a");
        putReleased(RecordLease.MAX_TOKEN + 7);
        assertThat(party.look(0))
                .isInstanceOfSatisfying(
                        LeaseAnswer.Unavailable.class,
                        answer -> assertThat(answer.why())
                                .contains(String.valueOf(RecordLease.MAX_TOKEN + 7), "correct the record"));
        putReleased(41);
        assertThat(party.look(0)).isEqualTo(new LeaseAnswer.Granted(42));
    }

    @Test
    void aNegativeFloorIsAMistake() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> party("a").lease().acquire(-1))
                .withMessageContaining("-1");
    }

    @Test
    void anOlderRecordThatIsPutBackDoesNotTakeTokensBack() {
        Party holder = holder("holder");
        LeaseRecord old = record();
        long token = holder.acquire(500).toCompletableFuture().isDone() ? 0 : holder.hold();
        world.put(old);
        run(settings.renew().plus(settings.poll()));
        assertThat(holder.isAlive()).isFalse();
        assertThat(holder.hold()).isGreaterThan(token);
    }

    @Test
    void concurrentCallsShareOneAttempt() {
        putReleased(10);
        Party party = party("a");
        CompletableFuture<LeaseAnswer> first = party.lease().acquire(0).toCompletableFuture();
        CompletableFuture<LeaseAnswer> second = party.lease().acquire(0).toCompletableFuture();
        run(TICK);
        assertThat(first).isCompletedWithValue(new LeaseAnswer.Granted(11));
        assertThat(second).isCompletedWithValue(new LeaseAnswer.Granted(11));
        assertThat(party.way().reads()).isEqualTo(1);
        assertThat(party.way().writes()).isEqualTo(1);
    }

    @Test
    void aCallThatJoinsWithAHigherFloorIsNotGrantedBelowIt() {
        putReleased(10);
        Party party = party("a");
        party.way().plan((write, next) -> Plan.slow(Duration.ofMillis(50), Duration.ZERO));
        CompletableFuture<LeaseAnswer> first = party.lease().acquire(0).toCompletableFuture();
        run(Duration.ofMillis(75));
        CompletableFuture<LeaseAnswer> second = party.lease().acquire(500).toCompletableFuture();
        run(Duration.ofMillis(75));
        assertThat(first).isCompletedWithValue(new LeaseAnswer.Granted(11));
        assertThat(second.join()).isInstanceOf(LeaseAnswer.Unavailable.class);
        assertThat(party.look(500)).isEqualTo(new LeaseAnswer.Granted(501));
    }

    @Test
    void twoInstancesOfOneOwnerContend() {
        Party first = holder("same");
        Party second = party("same").want();
        run(ttl().multipliedBy(3));
        assertThat(first.isAlive()).isTrue();
        assertThat(second.isAlive()).isFalse();
    }

    @Test
    void aNewIncarnationWaitsInFullForItsPredecessor() {
        holder("same").machine().crash();
        assertThat(untilAlive(party("same").want())).isGreaterThanOrEqualTo(watch());
    }

    @Test
    void aStoreThatIsDownIsSaidToBe() {
        Party party = party("a");
        party.way().plan(Effect.FAILED);
        assertThat(party.look(0)).isEqualTo(new LeaseAnswer.Unavailable("planned"));
        party.way().plan(Effect.LOST);
        assertThat(party.look(0)).isInstanceOf(LeaseAnswer.Unavailable.class);
        party.way().plan(Effect.CLEAR);
        assertThat(party.hold()).isPositive();
    }

    @Test
    void aTakeWhoseAnswerIsLostIsFoundByReading() {
        putReleased(10);
        Party party = party("a");
        party.way().planOneWrite(Plan.of(Effect.ANSWER_LOST));
        long token = granted(party.look(0));
        assertThat(token).isGreaterThan(10);
        assertThat(record().token()).isEqualTo(token);
        // Believed from the second request, which was sent after the first had timed out.
        party.way().plan(Effect.LOST);
        assertThat(untilDead(party)).isBetween(life().minus(TICK), life());
    }

    @Test
    void aTakeThatNobodyKnowsOfIsUnknown() {
        putReleased(10);
        Party party = party("a");
        party.way().planOneWrite(Plan.of(Effect.LOST));
        long sent = nowNanos();
        assertThat(granted(party.look(0))).isPositive();
        assertThat(nowNanos() - sent)
                .isGreaterThanOrEqualTo(settings.requestTimeout().toNanos());

        party.machine().crash();
        Party other = party("b");
        putReleased(20);
        other.way().planWrites(Plan.of(Effect.DONE_UNKNOWN));
        assertThat(other.look(0)).isInstanceOf(LeaseAnswer.Unknown.class);
        assertThat(other.isAlive()).isFalse();
        assertThat(record().owner()).startsWith("b#");
        other.way().plan(Effect.CLEAR);
        assertThat(granted(other.look(0))).isGreaterThan(record().token() - 1);
    }

    @Test
    void aTakeThatOthersWereFasterWithIsHeld() {
        putReleased(10);
        Party slow = party("slow");
        slow.way().planWrites(Plan.slow(Duration.ofMillis(100), Duration.ZERO));
        CompletableFuture<LeaseAnswer> asked = slow.acquire(0).toCompletableFuture();
        run(Duration.ofMillis(50));
        Party fast = party("fast").want();
        run(Duration.ofMillis(100));
        assertThat(fast.isAlive()).isTrue();
        assertThat(asked.join()).isEqualTo(new LeaseAnswer.Held(record().owner()));
    }
}
