package io.shardhold.lease.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.lease.LeaseAnswer;
import io.shardhold.lease.LeaseRecord;
import io.shardhold.lease.ReleaseAnswer;
import io.shardhold.lease.contract.Way.Effect;
import io.shardhold.lease.contract.Way.Plan;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Giving a lease up, and what must not be given up with it. */
abstract class ReleasingCases extends ClockCases {
    @Test
    void releaseEndsTheGrantBeforeTheStoreHearsOfIt() {
        Party holder = holder("holder");
        holder.wantNoMore();
        CompletableFuture<ReleaseAnswer> asked = holder.lease().release().toCompletableFuture();
        assertThat(holder.isAlive()).isFalse();
        assertThat(record().released()).isFalse();
        run(TICK);
        assertThat(asked).isCompletedWithValue(new ReleaseAnswer.Released());
        assertThat(record().released()).isTrue();
        assertThat(holder.losses()).as("the holder knows").isEmpty();
    }

    @Test
    void theNextHolderNeedNotWait() {
        Party holder = holder("holder");
        Party other = party("other").want();
        holder.release();
        assertThat(untilAlive(other)).isLessThanOrEqualTo(settings.poll().plus(TICK));
        assertThat(other.lease().fencingToken()).isGreaterThan(holder.lease().fencingToken());
    }

    @Test
    void releaseByANonOwnerChangesNothing() {
        holder("holder");
        LeaseRecord before = record();
        Party other = party("other");
        assertThat(other.release()).isEqualTo(new ReleaseAnswer.NotHeld());
        other.look(0);
        assertThat(other.release()).isEqualTo(new ReleaseAnswer.NotHeld());
        assertThat(record()).isEqualTo(before);
    }

    @Test
    void releaseAfterALossLeavesTheSuccessorAlone() {
        Party holder = holder("holder");
        Party other = party("other").want();
        holder.wantNoMore();
        holder.way().plan(Effect.LOST);
        untilAlive(other);
        holder.way().plan(Effect.CLEAR);
        assertThat(holder.release()).isEqualTo(new ReleaseAnswer.NotHeld());
        run(ttl().multipliedBy(2));
        assertThat(other.isAlive()).isTrue();
    }

    @Test
    void releaseThatArrivesAfterATakeoverRemovesNothing() {
        Party holder = holder("holder");
        Party other = party("other").want();
        holder.wantNoMore();
        holder.way().planOneWrite(Plan.slow(settings.leaseWait().plus(ttl()), Duration.ZERO));
        CompletableFuture<ReleaseAnswer> asked = holder.lease().release().toCompletableFuture();
        holder.way().plan((write, next) -> Plan.of(Effect.LOST));
        untilAlive(other);
        run(ttl().multipliedBy(3));
        assertThat(asked.join()).isInstanceOf(ReleaseAnswer.Unknown.class);
        assertThat(other.isAlive()).isTrue();
        assertThat(other.losses()).isEmpty();
    }

    @Test
    void releaseDuringAcquireWins() {
        putReleased(10);
        Party party = party("a");
        party.way().plan((write, next) -> Plan.slow(Duration.ofMillis(50), Duration.ofMillis(50)));
        CompletableFuture<LeaseAnswer> asked = party.lease().acquire(0).toCompletableFuture();
        run(Duration.ofMillis(150));
        CompletableFuture<ReleaseAnswer> released = party.lease().release().toCompletableFuture();
        assertThat(asked.join()).isInstanceOf(LeaseAnswer.Unavailable.class);
        for (int i = 0; i < 100; i++) {
            run(TICK);
            assertThat(party.isAlive()).isFalse();
        }
        assertThat(released).isCompletedWithValue(new ReleaseAnswer.Released());
        assertThat(record().released()).isTrue();
        assertThat(record().owner()).startsWith("a#");
    }

    @Test
    void acquireAfterReleaseComesAfterIt() {
        Party holder = holder("holder");
        long token = holder.lease().fencingToken();
        holder.wantNoMore();
        holder.way().plan((write, next) -> Plan.slow(Duration.ofMillis(50), Duration.ofMillis(50)));
        CompletableFuture<ReleaseAnswer> released = holder.lease().release().toCompletableFuture();
        assertThat(granted(holder.look(0))).isGreaterThan(token);
        assertThat(released).isCompletedWithValue(new ReleaseAnswer.Released());
        assertThat(holder.isAlive()).isTrue();
    }

    @Test
    void releaseTwiceIsOneRelease() {
        Party holder = holder("holder");
        holder.wantNoMore();
        CompletableFuture<ReleaseAnswer> first = holder.lease().release().toCompletableFuture();
        CompletableFuture<ReleaseAnswer> second = holder.lease().release().toCompletableFuture();
        run(TICK);
        assertThat(first).isCompletedWithValue(new ReleaseAnswer.Released());
        assertThat(second).isCompletedWithValue(new ReleaseAnswer.Released());
        assertThat(holder.release()).isEqualTo(new ReleaseAnswer.NotHeld());
    }

    @Test
    void aLostAnswerOfAReleaseIsFoundByReading() {
        Party holder = holder("holder");
        holder.way().planOneWrite(Plan.of(Effect.ANSWER_LOST));
        assertThat(holder.release()).isEqualTo(new ReleaseAnswer.Released());
    }

    @Test
    void aReleaseThatIsNotDoneIsSaidNotToBe() {
        Party holder = holder("holder");
        holder.way().plan(Effect.FAILED);
        assertThat(holder.release()).isEqualTo(new ReleaseAnswer.Unavailable("planned"));
        holder.way().plan(Effect.UNKNOWN);
        assertThat(holder.release()).isInstanceOf(ReleaseAnswer.Unknown.class);
        holder.way().plan(Effect.CLEAR);
        assertThat(holder.release()).isEqualTo(new ReleaseAnswer.Released());
    }

    @Test
    void releaseEndsARenewalThatIsUnderWay() {
        Party holder = holder("holder");
        holder.way().planOneWrite(Plan.slow(Duration.ofMillis(100), Duration.ofMillis(100)));
        run(settings.renew().plusMillis(50));
        assertThat(holder.release()).isEqualTo(new ReleaseAnswer.Released());
        assertThat(record().released()).isTrue();
        run(ttl());
        assertThat(holder.isAlive()).isFalse();
        assertThat(holder.way().mostOpen()).isEqualTo(1);
    }

    @Test
    void closeReleasesAndAcquiresNoMore() {
        Party holder = holder("holder");
        holder.wantNoMore();
        holder.lease().close();
        assertThat(holder.isAlive()).isFalse();
        run(TICK);
        assertThat(record().released()).isTrue();
        assertThat(holder.way().isClosed()).isTrue();
        assertThat(holder.look(0)).isInstanceOf(LeaseAnswer.Unavailable.class);
        holder.lease().close();
        assertThat(holder.release()).isEqualTo(new ReleaseAnswer.NotHeld());
    }

    @Test
    void closeTriesOnceMoreWhereTheStoreDidNotAnswer() {
        Party holder = holder("holder");
        holder.wantNoMore();
        holder.way().plan(Effect.FAILED);
        holder.lease().close();
        run(settings.requestTimeout().dividedBy(2));
        assertThat(holder.way().isClosed()).isFalse();
        holder.way().plan(Effect.CLEAR);
        run(settings.requestTimeout());
        assertThat(record().released()).isTrue();
        assertThat(holder.way().isClosed()).isTrue();
    }
}
