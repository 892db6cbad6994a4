package io.shardhold.internal.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.kernel.Samples;
import io.shardhold.internal.kernel.TurnRecorder;
import io.shardhold.internal.protocol.ShardKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaitingQueriesTest {
    private final TurnRecorder turn = new TurnRecorder(Samples.node("n1"));
    private final WaitingQueries waiting = new WaitingQueries();

    private static List<ShardKey> shards(int from, int to) {
        List<ShardKey> shards = new ArrayList<>();
        for (int i = from; i < to; i++) {
            shards.add(Samples.shard(i));
        }
        return shards;
    }

    @Test
    void whatWaitsIsTakenOnceAndInOrder() {
        waiting.add(shards(2, 4), turn);
        waiting.add(shards(0, 3), turn);
        assertThat(waiting.take()).containsExactlyElementsOf(shards(0, 4));
        assertThat(waiting.take()).isEmpty();
    }

    @Test
    void noMoreThanTheCapacityWaitsAndTheRestIsRefusedAndCounted() {
        int capacity = WaitingQueries.CAPACITY;
        waiting.add(shards(0, capacity), turn);
        assertThat(turn.counted()).isEmpty();
        waiting.add(shards(capacity - 1, capacity + 3), turn);
        assertThat(turn.counted())
                .as("the first of them waits already")
                .containsExactly(Counter.QUERIES_REFUSED, Counter.QUERIES_REFUSED, Counter.QUERIES_REFUSED);
        assertThat(waiting.take()).hasSize(capacity);
        waiting.add(shards(capacity, capacity + 3), turn);
        assertThat(waiting.take()).as("there is room again").hasSize(3);
        assertThat(turn.counted()).hasSize(3);
    }
}
