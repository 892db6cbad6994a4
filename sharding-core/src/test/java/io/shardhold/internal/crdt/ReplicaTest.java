package io.shardhold.internal.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.MemberStatus;
import io.shardhold.cluster.NodeId;
import io.shardhold.config.Timings;
import io.shardhold.internal.kernel.Samples;
import io.shardhold.internal.kernel.TurnRecorder;
import io.shardhold.internal.protocol.EntryKey;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.MapSegment;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.ReplicaMessage.MapDigest;
import io.shardhold.internal.protocol.ReplicaMessage.MapPage;
import io.shardhold.internal.protocol.ReplicaMessage.MapPull;
import io.shardhold.internal.protocol.Term;
import io.shardhold.internal.signal.Signal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The copy of the map on n4; n2 coordinates. */
class ReplicaTest {
    private static final NodeId N1 = Samples.node("n1");
    private static final NodeId N2 = Samples.node("n2");
    private static final NodeId N3 = Samples.node("n3");
    private static final NodeId N4 = Samples.node("n4");
    private static final Term TEN = Samples.term(10, N2);
    private static final Term ELEVEN = Samples.term(11, N2);
    private static final MapValue SEATS = Samples.seats(1, 3, N1, N2, N3);
    private static final MapSegment FIRST = Samples.snapshot(10, SEATS, Samples.up(N2, 1), Samples.up(N4, 2));

    private final TurnRecorder turn = new TurnRecorder(N4);
    private final Replica replica = new Replica(Timings.DEFAULT);

    @BeforeEach
    void enter() {
        replica.onSignal(new Signal.Started(), turn);
        replica.onSignal(new Signal.ClusterEntered(Samples.CLUSTER), turn);
    }

    private void page(Term term, MapSegment segment) {
        replica.onMessage(term.node(), new MapPage(term, segment, segment.to()), turn);
    }

    private List<EntryKey> changed() {
        List<EntryKey> keys = new ArrayList<>();
        turn.takeSignals(Signal.MapChanged.class).forEach(s -> s.changed().forEach(value -> keys.add(value.key())));
        return keys;
    }

    private List<EntryKey> removed() {
        List<EntryKey> keys = new ArrayList<>();
        turn.takeSignals(Signal.MapChanged.class).forEach(s -> s.removed().forEach(value -> keys.add(value.key())));
        return keys;
    }

    @Test
    void pageIsTakenAndItsChangesAreTold() {
        page(TEN, FIRST);
        assertThat(changed()).containsExactly(EntryKey.SEATS, EntryKey.member(N2), EntryKey.member(N4));
        assertThat(turn.takeEvents(ClusterEvent.MemberChanged.class)).hasSize(2);
        page(TEN, FIRST);
        assertThat(changed()).as("twice").isEmpty();
    }

    @Test
    void pageBehindAGapIsNotTakenAndTheMissingPartIsPulled() {
        page(TEN, FIRST);
        turn.takeSignals(Signal.MapChanged.class);
        page(TEN, Samples.stretch(10, 5, 0, 3, Samples.up(N3, 3)));
        assertThat(changed()).isEmpty();
        assertThat(turn.takeSent()).containsExactly(new TurnRecorder.Sent("n2#1", new MapPull(Samples.CLUSTER, 10, 3)));
    }

    @Test
    void lateStretchIsIgnoredAndChangesNothingBack() {
        page(TEN, FIRST);
        page(TEN, Samples.stretch(10, 3, 0, 3, Samples.inStatus(N4, 2, MemberStatus.LEAVING)));
        turn.takeSignals(Signal.MapChanged.class);
        page(TEN, FIRST);
        assertThat(changed()).isEmpty();
        assertThat(turn.takeSent()).isEmpty();
    }

    @Test
    void lowerTermIsIgnoredAndNotPulled() {
        page(ELEVEN, Samples.snapshot(11, SEATS, Samples.up(N2, 1)));
        turn.takeSignals(Signal.MapChanged.class);
        page(TEN, FIRST);
        assertThat(changed()).isEmpty();
        assertThat(turn.takeSent()).isEmpty();
    }

    @Test
    void higherTermStartsOverFromItsFirstPosition() {
        page(TEN, FIRST);
        turn.takeSignals(Signal.MapChanged.class);
        page(ELEVEN, Samples.stretch(11, 3, 0, 3, Samples.up(N3, 3)));
        assertThat(changed()).isEmpty();
        assertThat(turn.takeSent(MapPull.class)).containsExactly(new MapPull(Samples.CLUSTER, 10, 3));
        page(ELEVEN, Samples.snapshot(11, SEATS, Samples.up(N2, 1), Samples.up(N4, 2), Samples.up(N3, 3)));
        assertThat(changed()).as("what is the same is no change").containsExactly(EntryKey.member(N3));
    }

    @Test
    void whatTheSnapshotLeavesOutIsRemovedWhenItIsComplete() {
        page(TEN, FIRST);
        turn.takeSignals(Signal.MapChanged.class);
        page(ELEVEN, Samples.stretch(11, 0, 0, 2, SEATS));
        assertThat(removed()).isEmpty();
        page(ELEVEN, Samples.stretch(11, 1, 0, 2, Samples.up(N2, 1)));
        assertThat(removed()).containsExactly(EntryKey.member(N4));
    }

    @Test
    void termThatChangesInMidSnapshotKeepsTheOldEntriesUntilTheNewSnapshotIsComplete() {
        page(TEN, FIRST);
        page(ELEVEN, Samples.stretch(11, 0, 0, 4, SEATS, Samples.up(N2, 1)));
        Term twelve = Samples.term(12, N2);
        turn.takeSignals(Signal.MapChanged.class);
        page(twelve, Samples.stretch(12, 0, 0, 2, SEATS));
        assertThat(removed())
                .as("n4 of term 10 and n2 of term 11 are still here")
                .isEmpty();
        page(ELEVEN, Samples.stretch(11, 2, 0, 4, Samples.up(N4, 2), Samples.up(N3, 3)));
        assertThat(removed()).isEmpty();
        page(twelve, Samples.stretch(12, 1, 0, 2, Samples.up(N2, 1)));
        assertThat(removed()).containsExactly(EntryKey.member(N4));
    }

    @Test
    void pageOfAnotherClusterIsIgnored() {
        Term other = new Term(Samples.CLUSTER + 1, 12, N2);
        page(other, Samples.snapshot(12, SEATS));
        assertThat(changed()).isEmpty();
    }

    @Test
    void pageFromSomebodyWhoIsNoMemberIsIgnored() {
        page(TEN, FIRST);
        turn.takeSignals(Signal.MapChanged.class);
        MapSegment next = Samples.stretch(10, 3, 0, 3, Samples.up(N3, 3));
        replica.onMessage(Samples.node("stranger"), new MapPage(TEN, next, 4), turn);
        assertThat(changed()).isEmpty();
        replica.onMessage(N4, new MapPage(TEN, next, 4), turn);
        assertThat(changed()).containsExactly(EntryKey.member(N3));
    }

    @Test
    void furtherPagesArePulledUntilTheSendersPositionIsReached() {
        replica.onMessage(N2, new MapPage(TEN, FIRST, 9), turn);
        assertThat(turn.takeSent(MapPull.class)).containsExactly(new MapPull(Samples.CLUSTER, 10, 3));
    }

    @Test
    void wordOfAHigherPositionIsFollowedByOnePullPerRetryInterval() {
        page(TEN, FIRST);
        replica.onSignal(new Signal.CoordinatorHeard(TEN, 3, N1), turn);
        assertThat(turn.takeSent()).isEmpty();
        replica.onSignal(new Signal.CoordinatorHeard(TEN, 5, N1), turn);
        replica.onSignal(new Signal.CoordinatorHeard(TEN, 6, N3), turn);
        assertThat(turn.takeReceivers(MapPull.class)).containsExactly("n1#1");
        turn.pass(replica, Timings.DEFAULT.retry());
        turn.takeSent();
        replica.onSignal(new Signal.CoordinatorHeard(TEN, 6, N3), turn);
        assertThat(turn.takeReceivers(MapPull.class)).containsExactly("n3#1");
    }

    @Test
    void digestOfWhoIsBehindIsAnsweredWithAPageAndOfWhoIsAheadWithAPull() {
        page(TEN, FIRST);
        replica.onMessage(N2, new MapDigest(Samples.CLUSTER, 10, 1), turn);
        MapPage answer = turn.takeSent(MapPage.class).get(0);
        assertThat(answer.segment().from()).isEqualTo(1);
        assertThat(answer.segment().to()).isEqualTo(3);
        replica.onMessage(N2, new MapDigest(Samples.CLUSTER, 9, 99), turn);
        assertThat(turn.takeSent(MapPage.class).get(0).segment().from()).isZero();
        replica.onMessage(N2, new MapDigest(Samples.CLUSTER, 10, 4), turn);
        assertThat(turn.takeSent(MapPull.class)).hasSize(1);
        replica.onMessage(N2, new MapDigest(Samples.CLUSTER, 10, 3), turn);
        replica.onMessage(N2, new MapDigest(Samples.CLUSTER + 1, 10, 0), turn);
        assertThat(turn.takeSent()).isEmpty();
    }

    @Test
    void copyGossipsItsPositionToAMemberOncePerRetryInterval() {
        page(TEN, FIRST);
        turn.takeSent();
        turn.pass(replica, Timings.DEFAULT.retry().multipliedBy(20));
        assertThat(turn.takeSent(MapDigest.class))
                .as("half of the draws hit this node itself")
                .isNotEmpty()
                .containsOnly(new MapDigest(Samples.CLUSTER, 10, 3));
    }

    @Test
    void coordinatorsOwnCopyPushesWhatIsCommittedToTheOtherMembers() {
        TurnRecorder own = new TurnRecorder(N2);
        Replica mine = new Replica(Timings.DEFAULT);
        mine.onSignal(new Signal.SeatTaken(Samples.CLUSTER, Samples.seats(1, 3, N1, N2, N3)), own);
        mine.onSignal(new Signal.Committed(TEN, 3, List.of(FIRST)), own);
        assertThat(own.takeSent(MapPage.class)).as("nobody is known yet").isEmpty();
        MapSegment next = Samples.stretch(10, 3, 0, 3, Samples.placed(1, N4, new Epoch(10, 1)));
        mine.onSignal(new Signal.Committed(TEN, 4, List.of(next)), own);
        assertThat(own.takeSent()).containsExactly(new TurnRecorder.Sent("n4#1", new MapPage(TEN, next, 4)));
    }

    @Test
    void mapOfManyPagesIsPulledPageByPage() {
        List<MapValue> values = new ArrayList<>();
        for (int i = 0; i < 1_100; i++) {
            values.add(Samples.placed(i, N2, new Epoch(10, i + 1)));
        }
        EntryStore source = new EntryStore();
        for (int i = 0; i < values.size(); i++) {
            source.merge(Samples.entry(values.get(i), 10, i + 1));
        }
        replica.onMessage(N2, new MapPage(TEN, source.segment(10, 0, 1_100, 0, 1_100), 1_100), turn);
        int pulls = 0;
        for (List<MapPull> asked = turn.takeSent(MapPull.class);
                !asked.isEmpty();
                asked = turn.takeSent(MapPull.class)) {
            pulls++;
            MapSegment next = source.segment(10, asked.get(0).applied(), 1_100, 0, 1_100);
            replica.onMessage(N2, new MapPage(TEN, next, 1_100), turn);
        }
        assertThat(pulls).isEqualTo(2);
        assertThat(changed()).hasSize(1_100);
    }
}
