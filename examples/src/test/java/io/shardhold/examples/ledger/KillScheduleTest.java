package io.shardhold.examples.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.examples.ledger.KillSchedule.Action;
import io.shardhold.examples.ledger.KillSchedule.Victims;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KillScheduleTest {
    private static final long DOWN_NANOS = 10;

    private static KillSchedule schedule(long total, Integer... victims) {
        return new KillSchedule(List.of(victims), total, Duration.ofNanos(DOWN_NANOS));
    }

    @Test
    void oneIsNeverTheFirstSeed() {
        for (int seed = 0; seed < 100; seed++) {
            assertThat(Victims.ONE.choose(3, seed)).hasSize(1).isSubsetOf(1, 2).isEqualTo(Victims.ONE.choose(3, seed));
            assertThat(Victims.TWO.choose(3, seed)).hasSize(2).doesNotHaveDuplicates();
        }
        assertThat(Victims.SEED.choose(3, 1)).containsExactly(0);
        assertThat(Victims.NONE.choose(3, 1)).isEmpty();
    }

    @Test
    void withoutVictimsThereIsNothingToDo() {
        KillSchedule schedule = schedule(100);
        assertThat(schedule.isDone()).isTrue();
        assertThat(schedule.sendLimit()).isEqualTo(100);
        assertThat(schedule.next(0, 100, node -> true)).isEmpty();
    }

    @Test
    void oneVictimDiesHalfWayAndComesBack() {
        KillSchedule schedule = schedule(80, 2);

        assertThat(schedule.next(0, 39, node -> true)).isEmpty();
        assertThat(schedule.sendLimit()).isEqualTo(60);
        assertThat(schedule.next(5, 40, node -> true)).isEqualTo(Optional.of(new Action.Kill(2)));
        assertThat(schedule.sendLimit()).isEqualTo(70);
        assertThat(schedule.next(5 + DOWN_NANOS - 1, 60, node -> false)).isEmpty();
        assertThat(schedule.next(5 + DOWN_NANOS, 60, node -> false)).isEqualTo(Optional.of(new Action.Restart(2)));
        assertThat(schedule.next(100, 60, node -> false)).isEmpty();
        assertThat(schedule.isDone()).isFalse();
        assertThat(schedule.next(101, 60, node -> true)).isEmpty();
        assertThat(schedule.isDone()).isTrue();
        assertThat(schedule.sendLimit()).isEqualTo(80);
    }

    @Test
    void theSecondVictimDiesOnlyWhenTheFirstIsBack() {
        KillSchedule schedule = schedule(90, 1, 0);

        assertThat(schedule.next(0, 30, node -> true)).isEqualTo(Optional.of(new Action.Kill(1)));
        assertThat(schedule.sendLimit()).isEqualTo(75);
        assertThat(schedule.next(DOWN_NANOS, 75, node -> false)).isEqualTo(Optional.of(new Action.Restart(1)));
        assertThat(schedule.next(50, 75, node -> false)).isEmpty();
        assertThat(schedule.next(51, 75, node -> node == 1)).isEmpty();
        assertThat(schedule.sendLimit()).isEqualTo(75);
        assertThat(schedule.next(52, 75, node -> true)).isEqualTo(Optional.of(new Action.Kill(0)));
        assertThat(schedule.next(52 + DOWN_NANOS, 75, node -> false)).isEqualTo(Optional.of(new Action.Restart(0)));
        assertThat(schedule.next(99, 75, node -> true)).isEmpty();
        assertThat(schedule.isDone()).isTrue();
    }

    @Test
    void evenTheSmallestInputReachesTheKill() {
        for (long total = 0; total < 20; total++) {
            KillSchedule schedule = schedule(total, 1, 2);
            for (int victim = 1; victim <= 2; victim++) {
                assertThat(schedule.next(0, schedule.sendLimit(), node -> true)).contains(new Action.Kill(victim));
                assertThat(schedule.next(DOWN_NANOS, schedule.sendLimit(), node -> true))
                        .contains(new Action.Restart(victim));
                assertThat(schedule.next(DOWN_NANOS, schedule.sendLimit(), node -> true))
                        .isEmpty();
            }
            assertThat(schedule.sendLimit()).isEqualTo(total);
        }
    }
}
