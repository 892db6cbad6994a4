package io.shardhold.examples.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.examples.ledger.LeaseSchedule.Action;
import io.shardhold.examples.ledger.LeaseSchedule.Sight;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LeaseScheduleTest {
    private static final LeaseSchedule.Times TIMES =
            new LeaseSchedule.Times(Duration.ofNanos(10), Duration.ofNanos(20), Duration.ofNanos(40));

    private static Sight at(long nanos, long acknowledged) {
        return new Sight(nanos, acknowledged, true, true, true);
    }

    @Test
    void theCoordinatorLeavesHalfWayAndComesBackAndThenTheStoreGoes() {
        LeaseSchedule schedule = new LeaseSchedule(true, 800, TIMES);

        assertThat(schedule.next(at(0, 399))).isEmpty();
        assertThat(schedule.next(new Sight(0, 400, false, false, true))).isEmpty(); // who would leave?
        assertThat(schedule.sendLimit(0)).isEqualTo(500);
        assertThat(schedule.next(at(100, 400))).contains(Action.LEAVE);
        assertThat(schedule.sendLimit(120)).isEqualTo(550);
        assertThat(schedule.next(new Sight(120, 550, false, true, true))).isEmpty();
        assertThat(schedule.next(at(130, 550))).isEmpty();
        assertThat(schedule.next(at(139, 550))).isEmpty();
        assertThat(schedule.next(new Sight(140, 550, true, false, true))).isEmpty(); // nobody has taken over
        assertThat(schedule.next(at(141, 550))).contains(Action.RETURN);
        assertThat(schedule.sendLimit(1_000)).isEqualTo(600);
        assertThat(schedule.next(new Sight(1_000, 600, false, true, false))).isEmpty(); // shards move
        assertThat(schedule.next(at(2_000, 600))).contains(Action.TAKE_STORE_AWAY);
        assertThat(schedule.sendLimit(2_010)).isEqualTo(650);
        assertThat(schedule.next(at(2_019, 650))).isEmpty();
        assertThat(schedule.next(at(2_020, 700))).contains(Action.BRING_STORE_BACK);
        assertThat(schedule.sendLimit(9_000)).isEqualTo(750);
        assertThat(schedule.next(new Sight(9_000, 750, false, false, true))).isEmpty();
        assertThat(schedule.isDone()).isFalse();
        assertThat(schedule.next(at(9_001, 750))).isEmpty();
        assertThat(schedule.isDone()).isTrue();
        assertThat(schedule.sendLimit(9_001)).isEqualTo(800);
    }

    @Test
    void whereNobodyLeavesTheStoreGoesAllTheSame() {
        LeaseSchedule schedule = new LeaseSchedule(false, 800, TIMES);
        assertThat(schedule.next(at(0, 400))).contains(Action.TAKE_STORE_AWAY);
        assertThat(schedule.next(at(20, 400))).contains(Action.BRING_STORE_BACK);
    }

    @Test
    void evenTheSmallestInputReachesTheEndAndTheLimitNeverFalls() {
        for (long total = 0; total < 40; total++) {
            LeaseSchedule schedule = new LeaseSchedule(true, total, TIMES);
            long before = 0;
            long now = 0;
            while (!schedule.isDone()) {
                long limit = schedule.sendLimit(now);
                assertThat(limit).isBetween(before, total);
                assertThat(now).isLessThan(1_000);
                schedule.next(at(now, limit));
                before = limit;
                now++;
            }
            assertThat(schedule.sendLimit(now)).isEqualTo(total);
        }
    }
}
