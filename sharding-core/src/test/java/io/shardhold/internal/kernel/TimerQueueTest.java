package io.shardhold.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TimerQueueTest {
    private final TimerQueue timers = new TimerQueue();

    @Test
    void timersComeByDeadlineAndAmongEqualsByTheOrderOfStarting() {
        timers.start(0, "late", 30);
        timers.start(0, "first", 10);
        timers.start(1, "second", 10);
        timers.start(0, "third", 10);
        assertThat(timers.poll(100)).isEqualTo(new Input.Due(0, "first"));
        assertThat(timers.poll(100)).isEqualTo(new Input.Due(1, "second"));
        assertThat(timers.poll(100)).isEqualTo(new Input.Due(0, "third"));
        assertThat(timers.poll(100)).isEqualTo(new Input.Due(0, "late"));
        assertThat(timers.poll(100)).isNull();
    }

    @Test
    void timerIsDueAtItsDeadlineAndNotBefore() {
        timers.start(0, "one", 10);
        assertThat(timers.nextNanos()).isEqualTo(10);
        assertThat(timers.poll(9)).isNull();
        assertThat(timers.poll(10)).isNotNull();
        assertThat(timers.isEmpty()).isTrue();
    }

    @Test
    void timerUnderAnEqualKeyOfTheSameMachineIsReplaced() {
        timers.start(0, "beat", 10);
        timers.start(1, "beat", 11);
        timers.start(0, "beat", 20);
        assertThat(timers.poll(15)).isEqualTo(new Input.Due(1, "beat"));
        assertThat(timers.poll(15)).isNull();
        assertThat(timers.poll(20)).isEqualTo(new Input.Due(0, "beat"));
    }

    @Test
    void cancelledTimerNeverComesAndACancelOfNothingIsNothing() {
        timers.start(0, "beat", 10);
        timers.cancel(0, "beat");
        timers.cancel(0, "beat");
        timers.cancel(3, "unknown");
        assertThat(timers.isEmpty()).isTrue();
        assertThat(timers.poll(100)).isNull();
    }

    @Test
    void deadlinesBeyondTheOverflowOfTheMonotonicClockKeepTheirOrder() {
        long now = Long.MAX_VALUE - 5;
        timers.start(0, "after the overflow", now + 10);
        timers.start(0, "before the overflow", now + 1);
        assertThat(timers.poll(now)).isNull();
        assertThat(timers.poll(now + 10)).isEqualTo(new Input.Due(0, "before the overflow"));
        assertThat(timers.poll(now + 10)).isEqualTo(new Input.Due(0, "after the overflow"));
    }
}
