package io.shardhold.internal.region;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.UndeliveredReason;
import io.shardhold.config.Timings;
import io.shardhold.internal.kernel.EntityTask;
import io.shardhold.internal.protocol.CoordinatorMessage;
import io.shardhold.internal.protocol.DataMessage;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.RegionMessage;
import io.shardhold.internal.protocol.ShardEpoch;
import io.shardhold.internal.protocol.ShardMove;
import io.shardhold.internal.signal.Signal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Holes of a region that an attack on the protocol found, each kept shut by its scenario. */
final class KnownRegionHolesTest {
    private static final Timings TIMINGS = Timings.DEFAULT;
    private static final int OURS = SteppedRegion.shardOfEntity().shard();

    private final SteppedRegion stepped = new SteppedRegion();

    private void host(int shard) {
        stepped.direct(new RegionMessage.HostShards(SteppedRegion.term(1), List.of(SteppedRegion.shard(shard, 1))));
    }

    @Test
    void hostShardsForAShardThatTheNodeDoesNotHaveIsIgnored() {
        host(SteppedRegion.SHARDS);
        host(1_000_000);
        stepped.direct(new RegionMessage.HostShards(
                SteppedRegion.term(1),
                List.of(SteppedRegion.shard(2, 1), SteppedRegion.shard(SteppedRegion.SHARDS + 1, 1))));
        assertThat(stepped.region.hosted()).containsExactly(SteppedRegion.shard(2, 1));
        assertThat(stepped.turn.sent(CoordinatorMessage.ShardsHosted.class))
                .containsExactly(
                        new CoordinatorMessage.ShardsHosted(SteppedRegion.term(1), List.of(SteppedRegion.shard(2, 1))));
    }

    @Test
    void theStopTimerOfALeavingNodeDoesNotReopenShards() {
        host(OURS);
        stepped.entity().tell("hangs");
        stepped.settle();
        ShardEpoch here = SteppedRegion.shard(OURS, 1);
        stepped.direct(new RegionMessage.HandOff(
                SteppedRegion.term(1), List.of(new ShardMove(here, SteppedRegion.HOME, new Epoch(1, 2)))));
        stepped.pass(TIMINGS.stop().toMillis() / 2);
        stepped.tell(new Signal.StopAll());
        stepped.pass(3 * TIMINGS.stop().toMillis());
        assertThat(stepped.turn.sent(CoordinatorMessage.ShardKept.class)).isEmpty();
        stepped.region.onData(SteppedRegion.HOME, stepped.envelope(1, "late"));
        stepped.work();
        assertThat(stepped.handled).containsExactly("hangs");
        assertThat(stepped.region.hosted()).isEmpty();
    }

    @Test
    void aHandOffThatWasOnlyAnnouncedStopsParkingSoon() {
        stepped.place(SteppedRegion.HOME);
        announce(1);
        stepped.entity().tell("m1");
        stepped.settle();
        stepped.pass(TIMINGS.retry().toMillis());
        assertThat(stepped.sentHome).as("parked, as the move may come").isEmpty();
        stepped.pass(5 * TIMINGS.retry().toMillis());
        assertThat(stepped.sentHome).containsExactly("m1");
    }

    @Test
    void aHandOffThatWasOnlyAnnouncedIsForgottenUnderANewTerm() {
        stepped.place(SteppedRegion.HOME);
        announce(1);
        stepped.entity().tell("m1");
        stepped.settle();
        assertThat(stepped.sentHome).isEmpty();
        stepped.tell(new Signal.CoordinatorHeard(SteppedRegion.term(2), 0, SteppedRegion.COORDINATOR));
        assertThat(stepped.sentHome).containsExactly("m1");
    }

    private void announce(long term) {
        stepped.direct(new RegionMessage.BeginHandOff(SteppedRegion.term(term), List.of(SteppedRegion.shard(OURS, 1))));
    }

    @Test
    void whatComesBackAfterTheCloseIsReportedAsClosed() {
        stepped.place(SteppedRegion.HOME);
        stepped.region.close();
        stepped.region.onData(SteppedRegion.HOME, new DataMessage.Bounce(stepped.envelope(1, "m1")));
        assertThat(stepped.region.parked()).isZero();
        assertThat(undelivered()).containsExactly(UndeliveredReason.CLOSED);
    }

    @Test
    void whatWaitsInMailboxesAtTheCloseIsReportedAsClosed() {
        host(OURS);
        stepped.entity().tell("near");
        stepped.region.onData(SteppedRegion.HOME, stepped.envelope(1, "far"));
        stepped.settle();
        stepped.region.close();
        stepped.work();
        assertThat(stepped.handled).isEmpty();
        assertThat(undelivered()).containsExactly(UndeliveredReason.CLOSED, UndeliveredReason.CLOSED);
    }

    @Test
    void whatWaitsBehindAHandlerThatReturnsAfterTheCloseIsReportedAsClosed() {
        host(OURS);
        for (int i = 1; i <= 3; i++) {
            stepped.entity().tell("near" + i);
            stepped.region.onData(SteppedRegion.HOME, stepped.envelope(i, "far" + i));
        }
        stepped.settle();
        EntityTask hanging = stepped.tasks.remove();
        assertThat(hanging.begin()).isTrue();
        stepped.region.close();
        assertThat(stepped.region.hosted()).as("the handler runs").hasSize(1);
        hanging.run();
        hanging.end();
        assertThat(hanging.begin()).isFalse();
        assertThat(stepped.handled).containsExactly("near1");
        assertThat(undelivered()).hasSize(5).containsOnly(UndeliveredReason.CLOSED);
        assertThat(stepped.region.hosted()).isEmpty();
    }

    private List<UndeliveredReason> undelivered() {
        List<UndeliveredReason> reasons = new ArrayList<>();
        for (ClusterEvent event : stepped.events) {
            if (event instanceof ClusterEvent.Undelivered undelivered) {
                reasons.add(undelivered.reason());
            }
        }
        return reasons;
    }
}
