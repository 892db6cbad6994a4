package io.shardhold.internal.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.shardhold.cluster.ClusterEvent.LeaseChanged;
import io.shardhold.cluster.ClusterEvent.LeaseState;
import io.shardhold.config.Timings;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.kernel.FakeLeasePort;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.HeldLease;
import io.shardhold.internal.kernel.Samples;
import io.shardhold.internal.kernel.TurnRecorder;
import io.shardhold.internal.protocol.SeatMessage;
import io.shardhold.internal.protocol.Term;
import io.shardhold.internal.signal.Signal;
import io.shardhold.internal.signal.Signal.LeaseReach;
import io.shardhold.internal.signal.Signal.LeaseUse;
import io.shardhold.lease.LeaseAnswer;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The keeper of n1, whose store is played by hand. */
class LeaseKeeperTest {
    private static final Timings TIMINGS = Timings.DEFAULT;
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration REST = TIMINGS.detection().multipliedBy(5);
    private static final Duration BLINK = Duration.ofMillis(1);

    private final TurnRecorder turn = new TurnRecorder(Samples.node("n1"));
    private final FakeLeasePort port = new FakeLeasePort();
    private final HeldLease held = new HeldLease(port, Guards.STRICT);
    private final LeaseKeeper keeper = new LeaseKeeper(TIMINGS, POLL, held);

    private void signal(Signal signal) {
        keeper.onSignal(signal, turn);
    }

    private void want(LeaseUse use, long floor) {
        signal(new Signal.LeaseWanted(use, floor));
    }

    private void want(long floor) {
        want(LeaseUse.COORDINATING, floor);
    }

    private void unwant(LeaseUse use) {
        signal(new Signal.LeaseUnwanted(use));
    }

    private void answer(long attempt, LeaseAnswer answer) {
        signal(new Signal.LeaseAnswered(attempt, answer));
    }

    private void grant(long attempt, long token) {
        port.grant(token);
        answer(attempt, new LeaseAnswer.Granted(token));
    }

    private void released(long attempt) {
        signal(new Signal.LeaseReleased(attempt));
    }

    private void assertAsked(String... calls) {
        assertThat(turn.takeLeaseCalls()).containsExactly(calls);
    }

    private List<Signal> signals() {
        return turn.takeSignals(Signal.class);
    }

    private List<LeaseChanged> events() {
        return turn.takeEvents(LeaseChanged.class);
    }

    /** Held under token 20, the first attempt; floor 7. */
    private void hold() {
        want(7);
        grant(1, 20);
        turn.takeLeaseCalls();
        signals();
        events();
    }

    // ---- asking ------------------------------------------------------------------------------------------------

    @Test
    void storeIsLeftAloneUntilSomebodyWantsTheLease() {
        unwant(LeaseUse.COORDINATING);
        signal(new Signal.Started());
        turn.pass(keeper, REST);
        assertAsked();
        want(7);
        assertAsked("acquire 1 above 7");
    }

    @Test
    void wantedTwiceIsAskedOnce() {
        want(7);
        want(7);
        want(LeaseUse.FOUNDING, 3);
        assertAsked("acquire 1 above 7");
    }

    @Test
    void highestFloorOfAllWhoWantItCounts() {
        want(LeaseUse.FOUNDING, 3);
        answer(1, new LeaseAnswer.Held("n2#1"));
        want(LeaseUse.FOUNDING, 12);
        turn.pass(keeper, POLL);
        answer(2, new LeaseAnswer.Held("n2#1"));
        want(7);
        turn.pass(keeper, POLL);
        assertAsked("acquire 1 above 3", "acquire 2 above 12", "acquire 3 above 12");
    }

    static Stream<LeaseAnswer> refusals() {
        return Stream.of(
                new LeaseAnswer.Held("n2#1"),
                new LeaseAnswer.Held(""),
                new LeaseAnswer.Unavailable("down"),
                new LeaseAnswer.Unknown("no answer"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void whoIsNotGrantedAsksAgainAfterThePollTime(LeaseAnswer refusal) {
        want(7);
        turn.takeLeaseCalls();
        answer(1, refusal);
        assertThat(held.permits(0)).isFalse();
        turn.pass(keeper, POLL.minus(BLINK));
        assertAsked();
        turn.pass(keeper, BLINK);
        assertAsked("acquire 2 above 7");
        answer(2, refusal);
        turn.pass(keeper, POLL);
        assertAsked("acquire 3 above 7");
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void whatNobodyWantsAnyMoreIsNotPolledFor(LeaseAnswer refusal) {
        want(7);
        answer(1, refusal);
        unwant(LeaseUse.COORDINATING);
        turn.takeLeaseCalls();
        turn.pass(keeper, REST);
        assertAsked();
    }

    // ---- holding -----------------------------------------------------------------------------------------------

    @Test
    void grantIsToldAndPermitsItsNumber() {
        want(7);
        grant(1, 20);
        assertThat(signals()).containsExactly(new Signal.LeaseHeld(20));
        assertThat(held.permits(20)).isTrue();
        assertThat(turn.counted()).containsExactly(Counter.LEASES_GRANTED);
        assertThat(events()).containsExactly(new LeaseChanged(LeaseState.HELD, "token 20"));
        turn.pass(keeper, REST);
        assertAsked("acquire 1 above 7");
    }

    @Test
    void whoWantsWhatIsHeldIsToldAtOnce() {
        hold();
        want(LeaseUse.FOUNDING, 19);
        assertThat(signals()).containsExactly(new Signal.LeaseHeld(20));
        assertAsked();
        assertThat(events()).isEmpty();
    }

    @Test
    void heldLeaseIsReleasedInTheTurnInWhichNobodyWantsItAnyMore() {
        hold();
        unwant(LeaseUse.COORDINATING);
        assertThat(held.permits(20)).as("before the store has heard of it").isFalse();
        assertAsked("release 2");
        assertThat(events()).containsExactly(new LeaseChanged(LeaseState.RELEASED, ""));
        unwant(LeaseUse.COORDINATING);
        released(2);
        turn.pass(keeper, REST);
        assertAsked();
        assertThat(signals()).isEmpty();
    }

    @Test
    void attemptThatNobodyWantsAnyMoreIsReleasedAndItsGrantIsNone() {
        want(7);
        unwant(LeaseUse.COORDINATING);
        assertAsked("acquire 1 above 7", "release 2");
        grant(1, 20);
        assertThat(held.permits(20)).isFalse();
        assertThat(signals()).isEmpty();
        released(2);
        assertAsked();
    }

    @Test
    void leaseThatIsWantedAgainWhileItIsReleasedIsAskedForWhenTheStoreHasAnswered() {
        hold();
        unwant(LeaseUse.COORDINATING);
        want(20);
        assertAsked("release 2");
        turn.pass(keeper, REST);
        assertAsked();
        released(1);
        assertThat(turn.takeLeaseCalls()).as("another release").isEmpty();
        released(2);
        assertAsked("acquire 3 above 20");
        released(2);
        assertThat(turn.takeLeaseCalls()).as("twice").isEmpty();
    }

    @Test
    void foundingAndCoordinatingOverlapWithoutAReleaseBetween() {
        want(LeaseUse.FOUNDING, 7);
        grant(1, 20);
        want(LeaseUse.COORDINATING, 19);
        unwant(LeaseUse.FOUNDING);
        assertAsked("acquire 1 above 7");
        assertThat(held.permits(20)).isTrue();
        assertThat(signals()).isNotEmpty().containsOnly(new Signal.LeaseHeld(20));
        unwant(LeaseUse.COORDINATING);
        assertAsked("release 2");
    }

    // ---- a higher number ---------------------------------------------------------------------------------------

    @Test
    void numberThatIsNotEnoughIsGivenUpForOneAboveTheFloor() {
        hold();
        want(20);
        assertThat(held.permits(20)).isFalse();
        assertAsked("release 2");
        assertThat(events()).containsExactly(new LeaseChanged(LeaseState.RELEASED, "a number above 20 is needed"));
        released(2);
        assertAsked("acquire 3 above 20");
        grant(3, 21);
        assertThat(signals()).containsExactly(new Signal.LeaseHeld(21));
        assertThat(held.permits(21)).isTrue();
        assertThat(held.permits(20)).isFalse();
    }

    @Test
    void grantThatIsOvertakenByAHigherFloorIsNeverTold() {
        want(7);
        want(30);
        grant(1, 20);
        assertThat(signals()).isEmpty();
        assertThat(held.permits(20)).isFalse();
        assertAsked("acquire 1 above 7", "release 2");
        released(2);
        assertAsked("acquire 3 above 30");
    }

    @Test
    void tokenAboveTheHighestNumberOfATermIsRefusedAndAskedAgainOnlyAfterThePollTime() {
        want(7);
        long tooHigh = Term.MAX_NUMBER + 1;
        grant(1, tooHigh);
        assertThat(signals()).isEmpty();
        assertThat(held.permits(tooHigh)).isFalse();
        assertAsked("acquire 1 above 7", "release 2");
        assertThat(events()).singleElement().satisfies(event -> {
            assertThat(event.state()).isEqualTo(LeaseState.UNREACHABLE);
            assertThat(event.detail()).contains("" + tooHigh, "" + Term.MAX_NUMBER, "who wrote it");
        });
        released(2);
        turn.pass(keeper, POLL.minus(BLINK));
        assertAsked();
        turn.pass(keeper, BLINK);
        assertAsked("acquire 3 above 7");
        grant(3, tooHigh + 1);
        assertThat(turn.counted()).isEmpty();
    }

    @Test
    void highestNumberOfATermIsTaken() {
        want(7);
        grant(1, Term.MAX_NUMBER);
        assertThat(signals()).containsExactly(new Signal.LeaseHeld(Term.MAX_NUMBER));
    }

    // ---- late answers ------------------------------------------------------------------------------------------

    @Test
    void answersToOlderAttemptsAreIgnored() {
        want(7);
        unwant(LeaseUse.COORDINATING);
        released(2);
        want(7);
        assertAsked("acquire 1 above 7", "release 2", "acquire 3 above 7");
        grant(1, 20);
        answer(2, new LeaseAnswer.Unavailable("late"));
        released(2);
        assertThat(signals()).isEmpty();
        assertThat(events()).isEmpty();
        turn.pass(keeper, POLL);
        assertAsked();
        grant(3, 21);
        assertThat(signals()).containsExactly(new Signal.LeaseHeld(21));
        answer(3, new LeaseAnswer.Held("n2#1"));
        assertThat(held.permits(21)).as("answered twice").isTrue();
    }

    // ---- losing ------------------------------------------------------------------------------------------------

    @Test
    void lossIsToldAndTheLeaseAskedForAgainAfterThePollTime() {
        hold();
        signal(new Signal.LeaseLost(20, "EXPIRED, no renewal"));
        assertThat(signals()).containsExactly(new Signal.LeaseGone(20));
        assertThat(held.permits(20)).isFalse();
        assertThat(turn.counted()).containsExactly(Counter.LEASES_GRANTED, Counter.LEASES_LOST);
        assertThat(events()).containsExactly(new LeaseChanged(LeaseState.LOST, "EXPIRED, no renewal"));
        signal(new Signal.LeaseLost(20, "twice"));
        assertThat(signals()).isEmpty();
        turn.pass(keeper, POLL.minus(BLINK));
        assertAsked();
        turn.pass(keeper, BLINK);
        assertAsked("acquire 2 above 7");
    }

    @Test
    void lossOfAnotherGrantIsIgnored() {
        hold();
        signal(new Signal.LeaseLost(19, "late"));
        signal(new Signal.LeaseLost(21, "never granted"));
        assertThat(signals()).isEmpty();
        assertThat(events()).isEmpty();
        assertThat(held.permits(20)).isTrue();
    }

    @Test
    void lossOfWhatIsBeingReleasedIsIgnored() {
        hold();
        unwant(LeaseUse.COORDINATING);
        events();
        signal(new Signal.LeaseLost(20, "late"));
        assertThat(signals()).isEmpty();
        assertThat(events()).isEmpty();
        assertThat(turn.counted()).doesNotContain(Counter.LEASES_LOST);
    }

    // ---- a store that does not answer --------------------------------------------------------------------------

    /** Lets the store not answer once per poll time, for so long; the attempts go on from the first. */
    private long failFor(Duration outage) {
        long attempt = 1;
        want(7);
        answer(attempt, new LeaseAnswer.Unavailable("down"));
        for (Duration past = POLL; past.compareTo(outage) <= 0; past = past.plus(POLL)) {
            turn.pass(keeper, POLL);
            answer(++attempt, attempt % 2 == 0 ? new LeaseAnswer.Unknown("lost") : new LeaseAnswer.Unavailable("down"));
        }
        return attempt;
    }

    @Test
    void nodeWhoseStoreIsSilentForTheDetectionTimeSaysThatItCannotLead() {
        failFor(TIMINGS.detection().minus(POLL));
        assertThat(signals()).isEmpty();
        turn.pass(keeper, POLL);
        answer(7, new LeaseAnswer.Unavailable("down"));
        assertThat(signals()).containsExactly(new LeaseReach(false));
    }

    @Test
    void itThinksSoNoLongerAfterAWhileWithoutAsking() {
        failFor(TIMINGS.detection());
        assertThat(signals()).containsExactly(new LeaseReach(false));
        unwant(LeaseUse.COORDINATING);
        turn.pass(keeper, REST.minus(BLINK));
        assertThat(signals()).isEmpty();
        turn.pass(keeper, BLINK);
        assertThat(signals()).containsExactly(new LeaseReach(true));
        turn.pass(keeper, REST.multipliedBy(2));
        assertThat(signals()).as("once").isEmpty();
    }

    @Test
    void itTriesAgainAndTheFirstFailureAfterTheRestIsEnough() {
        long attempt = failFor(TIMINGS.detection());
        unwant(LeaseUse.COORDINATING);
        turn.pass(keeper, REST);
        signals();
        want(7);
        answer(attempt + 1, new LeaseAnswer.Unavailable("down"));
        assertThat(signals()).containsExactly(new LeaseReach(false));
    }

    @Test
    void firstAnswerOfTheStoreEndsTheOutage() {
        long attempt = failFor(TIMINGS.detection());
        signals();
        turn.pass(keeper, POLL);
        answer(attempt + 1, new LeaseAnswer.Held("n2#1"));
        assertThat(signals()).containsExactly(new LeaseReach(true));
        unwant(LeaseUse.COORDINATING);
        turn.pass(keeper, REST);
        assertThat(signals()).as("said already").isEmpty();
    }

    @Test
    void grantEndsTheOutageToo() {
        long attempt = failFor(TIMINGS.detection());
        signals();
        turn.pass(keeper, POLL);
        grant(attempt + 1, 20);
        assertThat(signals()).containsExactly(new LeaseReach(true), new Signal.LeaseHeld(20));
    }

    @Test
    void outageIsCountedFromItsOwnBeginning() {
        long attempt = failFor(TIMINGS.detection().minus(POLL));
        turn.pass(keeper, POLL);
        answer(++attempt, new LeaseAnswer.Held("n2#1"));
        signals();
        for (Duration past = POLL; past.compareTo(TIMINGS.detection()) <= 0; past = past.plus(POLL)) {
            turn.pass(keeper, POLL);
            answer(++attempt, new LeaseAnswer.Unavailable("down"));
        }
        assertThat(signals()).isEmpty();
        turn.pass(keeper, POLL);
        answer(++attempt, new LeaseAnswer.Unavailable("down"));
        assertThat(signals()).containsExactly(new LeaseReach(false));
    }

    // ---- events ------------------------------------------------------------------------------------------------

    @Test
    void eventIsPublishedOnceAndAgainOnlyWhenSomethingChanged() {
        want(7);
        LeaseAnswer[] answers = {
            new LeaseAnswer.Held("n2#1"),
            new LeaseAnswer.Held("n2#1"),
            new LeaseAnswer.Held(""),
            new LeaseAnswer.Held("n3#1"),
            new LeaseAnswer.Unavailable("down"),
            new LeaseAnswer.Unavailable("down"),
            new LeaseAnswer.Held("n3#1")
        };
        for (int i = 0; i < answers.length; i++) {
            answer(i + 1, answers[i]);
            turn.pass(keeper, POLL);
        }
        assertThat(events())
                .containsExactly(
                        new LeaseChanged(LeaseState.WAITING, "held by n2#1"),
                        new LeaseChanged(LeaseState.WAITING, "held by n3#1"),
                        new LeaseChanged(LeaseState.UNREACHABLE, "down"),
                        new LeaseChanged(LeaseState.WAITING, "held by n3#1"));
    }

    @Test
    void messageForTheLeaseIsABug() {
        assertThat(keeper.family()).isEmpty();
        assertThatIllegalStateException()
                .isThrownBy(() -> keeper.onMessage(Samples.node("n2"), new SeatMessage.Goodbye(1), turn))
                .withMessageContaining("no message is for the lease");
    }
}
