package io.shardhold.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.internal.signal.Signal;
import io.shardhold.lease.LeaseAnswer;
import io.shardhold.lease.LeaseLost;
import io.shardhold.lease.LeaseSettings;
import io.shardhold.lease.ReleaseAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the lease of the application says, on its way to two incarnations of a node. */
class NodeLeaseTest {
    private final FakeLease lease = new FakeLease(LeaseSettings.of("shop", "n1"));
    private final NodeLease port = new NodeLease(lease);
    private final List<Signal> first = new ArrayList<>();
    private final List<Signal> second = new ArrayList<>();

    @Test
    void pollTimeIsThatOfTheLease() {
        assertThat(port.poll()).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void answersBecomeSignalsWithTheAttemptThatAsked() {
        port.begin(first::add);
        assertThat(lease.takeCalls()).as("nothing was asked of it yet").isEmpty();
        port.acquire(4, 7);
        port.release(5);
        assertThat(lease.takeCalls()).containsExactly("acquire above 7", "release");
        lease.releasing(0).complete(new ReleaseAnswer.Released());
        lease.grant(0, 20);
        assertThat(first)
                .containsExactly(new Signal.LeaseReleased(5), new Signal.LeaseAnswered(4, new LeaseAnswer.Granted(20)));
    }

    @Test
    void stageThatFailsIsAnAnswerOfWhichNobodyKnows() {
        port.begin(first::add);
        port.acquire(4, 7);
        lease.failAcquisition(0, new IllegalStateException("broken"));
        assertThat(first)
                .containsExactly(new Signal.LeaseAnswered(
                        4, new LeaseAnswer.Unknown("java.lang.IllegalStateException: broken")));
    }

    @Test
    void releaseThatFailsIsOver() {
        port.begin(first::add);
        port.release(5);
        lease.releasing(0).completeExceptionally(new IllegalStateException("broken"));
        assertThat(first).containsExactly(new Signal.LeaseReleased(5));
    }

    @Test
    void lossBecomesASignalWithItsReason() {
        port.begin(first::add);
        lease.lose(new LeaseLost(20, LeaseLost.Reason.TAKEN, "by n2#1"));
        assertThat(first).containsExactly(new Signal.LeaseLost(20, "TAKEN, by n2#1"));
    }

    @Test
    void aliveIsOneTokenAsLongAsTheLeaseSaysSo() {
        port.begin(first::add);
        port.acquire(1, 0);
        lease.grant(0, 20);
        assertThat(port.isAlive(20)).isTrue();
        assertThat(port.isAlive(19)).isFalse();
        lease.lose(new LeaseLost(20, LeaseLost.Reason.EXPIRED, ""));
        assertThat(port.isAlive(20)).isFalse();
    }

    @Test
    void answersGoToTheIncarnationThatAsked() {
        port.begin(first::add);
        port.acquire(1, 0);
        port.release(2);
        port.begin(second::add);
        port.acquire(1, 5);
        lease.grant(0, 20);
        lease.releasing(0).complete(new ReleaseAnswer.NotHeld());
        assertThat(first)
                .containsExactly(new Signal.LeaseAnswered(1, new LeaseAnswer.Granted(20)), new Signal.LeaseReleased(2));
        assertThat(second).isEmpty();
        lease.grant(1, 21);
        assertThat(second).containsExactly(new Signal.LeaseAnswered(1, new LeaseAnswer.Granted(21)));
        assertThat(first).hasSize(2);
    }

    @Test
    void lossesGoToTheIncarnationThatRuns() {
        port.begin(first::add);
        port.begin(second::add);
        lease.lose(new LeaseLost(20, LeaseLost.Reason.DELETED, ""));
        assertThat(first).isEmpty();
        assertThat(second).hasSize(1);
    }

    @Test
    void newIncarnationGivesUpTheGrantOfTheOneBefore() {
        port.begin(first::add);
        port.acquire(1, 0);
        lease.grant(0, 20);
        lease.takeCalls();
        port.begin(second::add);
        assertThat(lease.takeCalls()).containsExactly("release");
        assertThat(port.isAlive(20)).isFalse();
        lease.releasing(0).complete(new ReleaseAnswer.Released());
        assertThat(second).as("it did not ask").isEmpty();
    }

    @Test
    void newIncarnationGivesUpWhatTheOneBeforeWasStillAskingFor() {
        port.begin(first::add);
        port.acquire(1, 0);
        lease.takeCalls();
        port.begin(second::add);
        assertThat(lease.takeCalls())
                .as("else a grant would be renewed for ever that nobody here knows of")
                .containsExactly("release");
        port.begin(second::add);
        assertThat(lease.takeCalls()).as("once").isEmpty();
    }

    @Test
    void nodeThatHasGivenTheLeaseUpReleasesNothingAgain() {
        port.begin(first::add);
        port.acquire(1, 0);
        lease.grant(0, 20);
        port.release(2);
        lease.takeCalls();
        port.begin(second::add);
        assertThat(lease.takeCalls()).isEmpty();
    }

    @Test
    void closedNodeReleasesTheLeaseHearsNothingMoreAndLeavesItToTheApplication() {
        port.begin(first::add);
        port.close();
        assertThat(lease.takeCalls()).containsExactly("release");
        lease.lose(new LeaseLost(20, LeaseLost.Reason.EXPIRED, ""));
        assertThat(first).isEmpty();
    }
}
