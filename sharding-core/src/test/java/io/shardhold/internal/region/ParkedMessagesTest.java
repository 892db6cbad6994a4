package io.shardhold.internal.region;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.Samples;
import io.shardhold.internal.protocol.Envelope;
import io.shardhold.internal.region.ParkedMessages.Parking;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ParkedMessagesTest {
    private static final NodeId HOME = new NodeId("home", "home", 1, 7);
    private static final NodeId OTHER = new NodeId("other", "other", 1, 7_000);

    private final AtomicLong bytesOnNode = new AtomicLong();
    private final RemovedPeers removed = new RemovedPeers();
    private final ParkedMessages parked = new ParkedMessages(4, 1_000, bytesOnNode, Guards.STRICT, removed);

    private static Envelope envelope(long sequence, int bytes) {
        return new Envelope(Samples.shard(0), "e", sequence, 0, null, new byte[bytes]);
    }

    private List<Long> takeAll() {
        List<Long> sequences = new ArrayList<>();
        parked.take(100).forEach(e -> sequences.add(e.sequence()));
        return sequences;
    }

    @Test
    void messagesLeaveInTheOrderInWhichTheyEnteredTheRegion() {
        parked.park(envelope(3, 1));
        parked.park(envelope(1, 1));
        parked.takeBack(envelope(2, 1));
        assertThat(takeAll()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void firstSoManyAreTakenAndTheOthersStay() {
        parked.park(envelope(1, 1));
        parked.park(envelope(2, 1));
        parked.park(envelope(3, 1));
        assertThat(parked.take(2)).extracting(Envelope::sequence).containsExactly(1L, 2L);
        assertThat(parked.size()).isEqualTo(1);
    }

    @Test
    void newestIsRefusedWhenSoManyAreParked() {
        for (int i = 1; i <= 4; i++) {
            assertThat(parked.park(envelope(i, 1))).isEqualTo(Parking.PARKED);
        }
        assertThat(parked.park(envelope(5, 1))).isEqualTo(Parking.FULL);
        assertThat(parked.takeBack(envelope(0, 1))).as("whoever it is").isEqualTo(Parking.FULL);
        parked.take(1);
        assertThat(parked.park(envelope(6, 1))).isEqualTo(Parking.PARKED);
    }

    @Test
    void newestIsRefusedWhenSoManyBytesAreParkedOnTheNode() {
        ParkedMessages other = new ParkedMessages(4, 1_000, bytesOnNode, Guards.STRICT, removed);
        int size = envelope(1, 500).sizeBytes();
        assertThat(other.park(envelope(1, 500))).isEqualTo(Parking.PARKED);
        assertThat(bytesOnNode).hasValue(size);
        assertThat(parked.park(envelope(1, 1_000 - size - 64))).isEqualTo(Parking.FULL);
        assertThat(parked.park(envelope(1, 1_000 - size - 65))).isEqualTo(Parking.PARKED);
        assertThat(bytesOnNode).hasValue(1_000);
        other.take(1);
        parked.take(1);
        assertThat(bytesOnNode).hasValue(0);
    }

    @Test
    void whatARemovedHomeGivesBackFindsItsPlaceAsLongAsNothingHasLeft() {
        parked.park(envelope(3, 1));
        removed.add(HOME);
        assertThat(parked.takeBackFromRemoved(removed.number(HOME), envelope(2, 1)))
                .isEqualTo(Parking.PARKED);
        assertThat(takeAll()).containsExactly(2L, 3L);
        assertThat(parked.takeBackFromRemoved(removed.number(HOME), envelope(1, 1)))
                .as("3 has left")
                .isEqualTo(Parking.LATE);
    }

    @Test
    void whatARemovedHomeGivesBackIsLateBehindAnOpenRouteAndWhatLeftThroughIt() {
        removed.add(HOME);
        assertThat(parked.closeIfEmpty(() -> {})).isTrue();
        assertThat(parked.takeBackFromRemoved(removed.number(HOME), envelope(1, 1)))
                .isEqualTo(Parking.LATE);
        parked.open();
        assertThat(parked.takeBackFromRemoved(removed.number(HOME), envelope(1, 1)))
                .as("the route was open")
                .isEqualTo(Parking.LATE);
        removed.add(OTHER);
        assertThat(parked.takeBackFromRemoved(removed.number(OTHER), envelope(4, 1)))
                .as("nothing has left since this one was removed")
                .isEqualTo(Parking.PARKED);
    }

    @Test
    void oldestRemovalIsForgottenWhenSoManyAreRemembered() {
        removed.add(HOME);
        removed.add(HOME);
        assertThat(removed.count()).isEqualTo(1);
        for (int i = 1; i < RemovedPeers.REMEMBERED; i++) {
            removed.add(new NodeId("other", "other", 1, i));
        }
        assertThat(removed.number(HOME)).isEqualTo(1);
        removed.add(OTHER);
        assertThat(removed.number(HOME)).as("forgotten").isZero();
        assertThat(removed.number(OTHER)).isEqualTo(RemovedPeers.REMEMBERED + 1L);
    }

    @Test
    void parkingEndsOnlyWhenNothingIsParked() {
        int[] ran = {0};
        parked.park(envelope(1, 1));
        assertThat(parked.closeIfEmpty(() -> ran[0]++)).isFalse();
        assertThat(parked.park(envelope(2, 1))).as("still open").isEqualTo(Parking.PARKED);
        parked.take(2);
        assertThat(parked.closeIfEmpty(() -> ran[0]++)).isTrue();
        assertThat(ran[0]).isEqualTo(1);
    }

    @Test
    void closedDoorSendsSendersBackToTheRouteButTakesBackWhatReturned() {
        parked.closeIfEmpty(() -> {});
        assertThat(parked.park(envelope(2, 1))).isEqualTo(Parking.CLOSED);
        assertThat(parked.takeBack(envelope(1, 1))).isEqualTo(Parking.PARKED);
        parked.open();
        assertThat(parked.park(envelope(2, 1))).isEqualTo(Parking.PARKED);
        assertThat(takeAll()).containsExactly(1L, 2L);
    }
}
