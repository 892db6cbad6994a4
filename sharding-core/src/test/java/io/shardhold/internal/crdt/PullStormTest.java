package io.shardhold.internal.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.NodeId;
import io.shardhold.config.Timings;
import io.shardhold.internal.kernel.RecordedTurn;
import io.shardhold.internal.protocol.Entry;
import io.shardhold.internal.protocol.MapSegment;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.ReplicaMessage;
import io.shardhold.internal.protocol.Stamp;
import io.shardhold.internal.protocol.Term;
import io.shardhold.internal.signal.Signal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A copy that is far behind catches up page by page, while the coordinator pushes what it commits meanwhile. */
final class PullStormTest {
    private static final NodeId SELF = new NodeId("b", "b", 1, 1);
    private static final NodeId LEADER = new NodeId("a", "a", 1, 1);
    private static final Term TERM = new Term(1, 10, LEADER);
    private static final long PAGE = 100;
    private static final long BEHIND = 10 * PAGE;

    private final RecordedTurn turn = new RecordedTurn(SELF);
    private final Replica replica = new Replica(Timings.DEFAULT);
    private long committed = BEHIND;

    @Test
    void pullsDoNotMultiplyWhileTheCoordinatorCommits() {
        replica.onSignal(new Signal.ClusterEntered(TERM.clusterId()), turn);
        replica.onSignal(new Signal.CoordinatorHeard(TERM, committed, LEADER), turn);
        for (long position = 0; position < BEHIND; position += PAGE) {
            for (int i = 0; i < 5; i++) {
                push();
            }
            assertThat(turn.sent(ReplicaMessage.MapPull.class))
                    .as("pulls before the answer at %s", position)
                    .containsExactly(new ReplicaMessage.MapPull(1, position == 0 ? 0 : TERM.number(), position));
            turn.clearSent();
            receive(page(position, position + PAGE));
        }
        assertThat(turn.sent(ReplicaMessage.MapPull.class))
                .containsExactly(new ReplicaMessage.MapPull(1, TERM.number(), BEHIND));
        turn.clearSent();
        receive(page(BEHIND, committed));
        assertThat(turn.sent(ReplicaMessage.MapPull.class)).as("up to date").isEmpty();
    }

    @Test
    void aPullWithoutAnAnswerIsRepeatedAfterTheRetryInterval() {
        replica.onSignal(new Signal.ClusterEntered(TERM.clusterId()), turn);
        replica.onSignal(new Signal.CoordinatorHeard(TERM, committed, LEADER), turn);
        turn.pass(replica, Timings.DEFAULT.retry().toMillis());
        push();
        assertThat(turn.sent(ReplicaMessage.MapPull.class)).hasSize(2);
    }

    /** The coordinator commits one more write and tells all copies. */
    private void push() {
        committed++;
        receive(page(committed - 1, committed));
    }

    private void receive(MapSegment segment) {
        replica.onMessage(LEADER, new ReplicaMessage.MapPage(TERM, segment, committed), turn);
    }

    private static MapSegment page(long from, long to) {
        List<Entry> entries = new ArrayList<>();
        for (long at = from + 1; at <= to; at++) {
            entries.add(new Entry(new MapValue.TypeShards("t" + at, 1), new Stamp(TERM.number(), at)));
        }
        return new MapSegment(TERM.number(), from, to, 0, BEHIND, entries);
    }
}
