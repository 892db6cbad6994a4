package io.shardhold.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.internal.kernel.SeededChance;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ByShardTest {
    private static final int ROUNDS = 200;
    private static final int STEPS = 400;
    private static final List<String> TYPES = List.of("b", "a", "cc");

    private static ShardKey drawn(SeededChance chance) {
        int shard = chance.below(10) == 0 ? chance.below(ShardKey.MAX_SHARDS) : chance.below(700);
        return new ShardKey(TYPES.get(chance.below(TYPES.size())), shard);
    }

    @Test
    void isWhatASortedMapIs() {
        for (long seed = 1; seed <= ROUNDS; seed++) {
            SeededChance chance = new SeededChance(seed);
            TreeMap<ShardKey, ShardKey> expected = new TreeMap<>();
            ByShard<ShardKey> actual = new ByShard<>();
            for (int step = 0; step < STEPS; step++) {
                ShardKey key = drawn(chance);
                if (chance.below(3) == 0) {
                    assertThat(actual.remove(key)).isEqualTo(expected.remove(key));
                } else {
                    assertThat(actual.put(key, key)).isEqualTo(expected.put(key, key));
                }
                ShardKey other = drawn(chance);
                assertThat(actual.contains(other)).isEqualTo(expected.containsKey(other));
            }
            assertThat(actual.values()).as("seed %s", seed).containsExactlyElementsOf(expected.values());
            assertThat(actual.size()).isEqualTo(expected.size());
            ShardKey from = drawn(chance);
            List<ShardKey> behind = new ArrayList<>();
            actual.valuesBehind(from.type(), from.shard()).forEachRemaining(behind::add);
            assertThat(behind)
                    .as("behind %s, seed %s", from, seed)
                    .containsExactlyElementsOf(expected.tailMap(from, false).values());
            actual.clear();
            assertThat(actual.values()).isEmpty();
            assertThat(actual.isEmpty()).isTrue();
        }
    }

    @Test
    void positionsOutsideOfTheShardsAreBehindAllOrNone() {
        ByShard<Integer> values = new ByShard<>();
        values.put(new ShardKey("a", 0), 0);
        values.put(new ShardKey("b", 0), 1);
        assertThat(values.valuesBehind("a", -1)).toIterable().containsExactly(0, 1);
        assertThat(values.valuesBehind("a", -5)).toIterable().containsExactly(0, 1);
        assertThat(values.valuesBehind("a", Long.MAX_VALUE)).toIterable().containsExactly(1);
        assertThat(values.valuesBehind("aa", 7)).toIterable().containsExactly(1);
        assertThat(values.valuesBehind("c", 0)).toIterable().isEmpty();
    }

    @Test
    void valuesMayBeRemovedWhileTheyAreWalked() {
        ByShard<Integer> values = new ByShard<>();
        for (int shard = 0; shard < 1_000; shard++) {
            values.put(new ShardKey("a", shard), shard);
        }
        List<Integer> walked = new ArrayList<>();
        for (int shard : values.values()) {
            walked.add(shard);
            values.remove(new ShardKey("a", shard));
            values.remove(new ShardKey("a", shard + 1));
        }
        assertThat(walked).hasSize(500).allMatch(shard -> shard % 2 == 0);
        assertThat(values.isEmpty()).isTrue();
    }
}
