package io.shardhold.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RightToServeTest {
    private static final Duration BUDGET = Duration.ofMillis(200);
    private final SteppedClock clock = new SteppedClock();
    private final RightToServe right = new RightToServe(clock, BUDGET.toNanos());

    @Test
    void nodeBeginsWithoutTheRight() {
        assertThat(right.isHeld()).isFalse();
        assertThat(right.mayTakeUp()).isFalse();
    }

    @Test
    void workIsTakenUpOnlyIfTheRightLastsAHandlerBudgetLonger() {
        right.extendTo(clock.now().plusNanos(Duration.ofSeconds(2).toNanos()));
        assertThat(right.mayTakeUp()).isTrue();
        clock.advance(Duration.ofMillis(1_799));
        assertThat(right.mayTakeUp()).isTrue();
        clock.advance(Duration.ofMillis(1));
        assertThat(right.mayTakeUp()).isFalse();
        assertThat(right.isHeld()).isTrue();
        clock.advance(BUDGET);
        assertThat(right.isHeld()).isFalse();
    }

    @Test
    void wallClockSetForwardEndsTheRightAndSetBackDoesNotLengthenIt() {
        right.extendTo(clock.now().plusNanos(Duration.ofSeconds(2).toNanos()));
        clock.jumpWall(Duration.ofSeconds(2));
        assertThat(right.isHeld()).isFalse();
        clock.jumpWall(Duration.ofSeconds(-10));
        assertThat(right.isHeld()).isTrue();
        clock.advance(Duration.ofSeconds(2));
        assertThat(right.isHeld()).isFalse();
    }

    @Test
    void endedRightIsOverAtOnceAndAnExtensionBringsItBack() {
        right.extendTo(clock.now().plusNanos(Duration.ofSeconds(2).toNanos()));
        right.end(clock.now());
        assertThat(right.isHeld()).isFalse();
        right.extendTo(clock.now().plusNanos(Duration.ofSeconds(1).toNanos()));
        assertThat(right.mayTakeUp()).isTrue();
    }
}
