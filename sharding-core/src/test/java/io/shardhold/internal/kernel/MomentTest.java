package io.shardhold.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class MomentTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private final SteppedClock clock = new SteppedClock();

    @Test
    void rightEndsByWhicheverClockReachesTheDeadlineFirst() {
        Moment deadline = clock.now().plusNanos(SECOND);
        assertThat(clock.now().eitherReached(deadline)).isFalse();
        clock.jumpWall(Duration.ofSeconds(1));
        assertThat(clock.now().eitherReached(deadline)).isTrue();
        clock.jumpWall(Duration.ofSeconds(-2));
        assertThat(clock.now().eitherReached(deadline)).isFalse();
        clock.advance(Duration.ofSeconds(1));
        assertThat(clock.now().eitherReached(deadline)).isTrue();
    }

    @Test
    void waitEndsByWhicheverClockPassesTheDeadlineLast() {
        Moment deadline = clock.now().plusNanos(SECOND);
        clock.jumpWall(Duration.ofSeconds(5));
        assertThat(clock.now().bothPassed(deadline)).isFalse();
        clock.jumpWall(Duration.ofSeconds(-6));
        clock.advance(Duration.ofSeconds(1));
        assertThat(clock.now().bothPassed(deadline)).isFalse();
        clock.advance(Duration.ofSeconds(1));
        assertThat(clock.now().bothPassed(deadline))
                .as("the wall clock is at the deadline, not past it")
                .isFalse();
        clock.advance(Duration.ofMillis(1));
        assertThat(clock.now().bothPassed(deadline)).isTrue();
    }

    @Test
    void wallClockThatIsRoundedDownNeverLengthensARight() {
        Moment start = new Moment(0, 100);
        assertThat(start.plusNanos(1_999_999)).isEqualTo(new Moment(1_999_999, 101));
        assertThat(start.plusNanos(-1)).isEqualTo(new Moment(-1, 99));
    }

    @Test
    void waitIsOverWhenBothClocksSayThatItsTimeHasPassed() {
        Wait wait = new Wait(clock.now(), SECOND);
        assertThat(wait.isOver(clock.now())).isFalse();
        clock.advance(Duration.ofSeconds(1));
        assertThat(wait.isOver(clock.now())).isFalse();
        clock.advance(Duration.ofMillis(1));
        assertThat(wait.isOver(clock.now())).isTrue();
    }

    @Test
    void waitIsNotOverWhenOnlyTheWallClockLeapsAhead() {
        Wait wait = new Wait(clock.now(), SECOND);
        clock.jumpWall(Duration.ofHours(1));
        assertThat(wait.isOver(clock.now())).isFalse();
    }

    @Test
    void wallClockSetBackBehindTheStartCostsOneMoreWaitAndNotHours() {
        Wait wait = new Wait(clock.now(), SECOND);
        clock.jumpWall(Duration.ofHours(-3));
        clock.advance(Duration.ofMillis(900));
        assertThat(wait.isOver(clock.now())).as("begins anew here").isFalse();
        clock.advance(Duration.ofSeconds(1));
        assertThat(wait.isOver(clock.now())).isFalse();
        clock.advance(Duration.ofMillis(1));
        assertThat(wait.isOver(clock.now())).isTrue();
    }
}
