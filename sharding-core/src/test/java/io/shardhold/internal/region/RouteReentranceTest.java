package io.shardhold.internal.region;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.entity.EntityRef;
import io.shardhold.internal.protocol.DataMessage;
import io.shardhold.internal.signal.Signal;
import org.junit.jupiter.api.Test;

/** What happens to a route while a sender that has read it is still encoding its message. */
final class RouteReentranceTest {
    private final SteppedRegion stepped = new SteppedRegion();

    @Test
    void aMessageThatMetABrokenRouteDoesNotFallBehindOneSentLater() {
        stepped.place(SteppedRegion.HOME);
        EntityRef<String> entity = stepped.entity();
        entity.tell("m0");
        stepped.settle();
        assertThat(stepped.sentHome).containsExactly("m0");
        stepped.linked = false;
        entity.tell("m1");
        stepped.whileEncoding("m2", () -> {
            stepped.linked = true;
            stepped.settle();
            assertThat(stepped.sentHome)
                    .as("the region repairs the route meanwhile")
                    .containsExactly("m0", "m1");
        });
        entity.tell("m2");
        entity.tell("m3");
        entity.tell("m4");
        stepped.settle();
        stepped.pass(1_000);
        assertThat(stepped.sentHome).containsExactly("m0", "m1", "m2", "m3", "m4");
    }

    @Test
    void aMarkerAnswerThatNobodyAwaitsRaisesNoSignal() {
        stepped.place(SteppedRegion.HOME);
        stepped.entity().tell("m0");
        stepped.settle();
        for (long marker = 0; marker < 100; marker++) {
            stepped.region.onData(
                    SteppedRegion.HOME, new DataMessage.MarkerAnswer(SteppedRegion.shardOfEntity(), marker));
        }
        assertThat(stepped.waiting).isEmpty();
    }

    @Test
    void aMarkerAnswerThatIsAwaitedRaisesOneSignal() {
        stepped.place(SteppedRegion.HOME);
        stepped.entity().tell("m0");
        stepped.settle();
        stepped.linked = false;
        stepped.entity().tell("m1");
        stepped.linked = true;
        stepped.machine.onSignal(stepped.waiting.remove(), stepped.turn);
        assertThat(stepped.waiting.stream().filter(Signal.MarkerAnswered.class::isInstance))
                .hasSize(1);
        stepped.settle();
        assertThat(stepped.sentHome).containsExactly("m0", "m1");
    }
}
