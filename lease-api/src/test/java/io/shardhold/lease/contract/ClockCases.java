package io.shardhold.lease.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.lease.LeaseLost;
import io.shardhold.lease.LeaseLost.Reason;
import io.shardhold.lease.LeaseSettings;
import io.shardhold.lease.contract.Way.Effect;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Clocks that drift, jump or stand still; machines that pause. */
abstract class ClockCases extends HoldingCases {
    private static final double SLOW = 0.95;
    private static final double FAST = 1.05;
    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void afterAPauseLongerThanTheTtlNothingIsBelieved() {
        Party holder = holder("holder");
        Party other = party("other").want();
        run(settings.poll());
        holder.machine().pause();
        untilAlive(other);
        holder.machine().goOn();
        assertThat(holder.isAlive()).isFalse();
        run(TICK);
        assertThat(holder.losses()).extracting(LeaseLost::reason).containsExactly(Reason.EXPIRED);
        assertThat(other.isAlive()).isTrue();
    }

    @Test
    void aPauseThatTheMonotonicClockMissesEndsTheGrant() {
        Party holder = holder("holder");
        Party other = party("other").want();
        run(settings.poll());
        holder.machine().suspend();
        untilAlive(other);
        holder.machine().goOn();
        assertThat(holder.isAlive()).isFalse();
        run(TICK);
        assertThat(holder.losses()).extracting(LeaseLost::reason).containsExactly(Reason.CLOCK_JUMP);
    }

    @Test
    void aWallClockThatRunsAheadByMoreThanTheMarginEndsTheGrant() {
        Party holder = holder("holder");
        holder.wantNoMore();
        holder.machine().jumpWall(margin().minusMillis(5));
        assertThat(holder.isAlive()).isTrue();
        holder.machine().jumpWall(Duration.ofMillis(10));
        assertThat(holder.isAlive()).isFalse();
        run(TICK);
        assertThat(holder.losses()).extracting(LeaseLost::reason).containsExactly(Reason.CLOCK_JUMP);
        holder.machine().jumpWall(HOUR.negated());
        assertThat(holder.isAlive()).as("once ended, for ever").isFalse();
    }

    @Test
    void aWallClockThatIsSetBackExtendsNothing() {
        Party holder = holder("holder");
        holder.wantNoMore();
        holder.way().plan(Effect.LOST);
        holder.machine().jumpWall(HOUR.negated());
        assertThat(untilDead(holder)).isBetween(life().minus(TICK), life());
    }

    @Test
    void aMonotonicClockThatFallsBackExtendsNothing() {
        Party holder = holder("holder");
        holder.wantNoMore();
        holder.way().plan(Effect.LOST);
        run(ttl().dividedBy(2));
        holder.machine().jumpMono(ttl().negated());
        assertThat(untilDead(holder)).isLessThanOrEqualTo(life().minus(ttl().dividedBy(2)));
    }

    @Test
    void aMonotonicClockThatFallsBackALittleIsMadeGoodByTheWallClock() {
        Party holder = holder("holder");
        holder.wantNoMore();
        holder.way().plan(Effect.LOST);
        run(ttl().dividedBy(2));
        holder.machine().jumpMono(margin().dividedBy(2).negated());
        Duration left = life().minus(ttl().dividedBy(2));
        assertThat(untilDead(holder)).isBetween(left.minus(TICK), left.plusMillis(2));
    }

    @Test
    void aMonotonicClockThatLeapsEndsTheGrant() {
        Party holder = holder("holder");
        holder.wantNoMore();
        holder.machine().jumpMono(ttl());
        assertThat(holder.isAlive()).isFalse();
        holder.machine().jumpMono(ttl().negated());
        assertThat(holder.isAlive()).as("once ended, for ever").isFalse();
    }

    @Test
    void neitherClockAloneShortensTheWait() {
        world.put(recordOf("stranger#1", 5, ttl()));
        Party byWall = party("wall").want();
        run(TICK);
        byWall.machine().jumpWall(HOUR);
        assertThat(untilAlive(byWall)).isGreaterThanOrEqualTo(watch().minus(TICK));

        world.put(recordOf("stranger#2", 5, ttl()));
        byWall.machine().crash();
        Party byMono = party("mono").want();
        run(TICK);
        byMono.machine().jumpMono(HOUR);
        assertThat(untilAlive(byMono)).isGreaterThanOrEqualTo(watch().minus(TICK));
    }

    @Test
    void aWallClockThatIsSetBackBelowTheStartRestartsTheWait() {
        world.put(recordOf("stranger#1", 5, ttl()));
        Party party = party("a").want();
        run(ttl());
        party.machine().jumpWall(HOUR.negated());
        assertThat(untilAlive(party)).isBetween(watch(), settings.leaseWait().plus(settings.poll()));
    }

    @Test
    void clocksThatTickFivePerCentWrongAreCoveredByTheLeastMargin() {
        LeaseSettings tight = settings.withMargin(ttl().dividedBy(20));
        putReleased(10);
        Party slow = world.party(tight.withOwner("slow"), SLOW).want();
        run(Duration.ZERO);
        assertThat(slow.isAlive()).isTrue();
        // Looks all the time, so that it sees each renewal at once.
        Party fast = world.party(tight.withOwner("fast").withPoll(Duration.ofMillis(10)), FAST)
                .want();
        run(ttl().multipliedBy(3));
        assertThat(slow.isAlive()).isTrue();
        slow.way().plan(Effect.LOST);
        // That both believe at once, if only for a moment, would fail the world.
        untilDead(slow);
        run(TICK.multipliedBy(3));
        assertThat(fast.isAlive()).as("and not much later").isTrue();
    }

    @Test
    void aHolderEndsAMarginBeforeAndAChallengerBeginsAMarginAfterTheTtl() {
        Party holder = holder("holder");
        long written = nowNanos();
        Party other =
                world.party(settings.withOwner("other").withPoll(TICK), 1.0).want();
        holder.machine().pause();
        untilDead(holder);
        assertThat(Duration.ofNanos(nowNanos() - written)).isBetween(life(), life().plus(TICK));
        untilAlive(other);
        assertThat(Duration.ofNanos(nowNanos() - written))
                .isBetween(watch(), watch().plus(TICK).plus(TICK));
    }
}
