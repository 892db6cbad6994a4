package io.shardhold.internal.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardhold.internal.kernel.SeededChance;
import java.util.NoSuchElementException;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ShardIndexesTest {
    @Test
    void isWhatASortedSetIs() {
        SeededChance chance = new SeededChance(7);
        TreeSet<Integer> expected = new TreeSet<>();
        ShardIndexes actual = new ShardIndexes();
        for (int step = 0; step < 2_000; step++) {
            int shard = chance.below(300);
            if (chance.below(2) == 0) {
                expected.add(shard);
                actual.insert(shard);
            } else {
                expected.remove(shard);
                actual.erase(shard);
            }
            assertThat(actual.size()).isEqualTo(expected.size());
            assertThat(actual.contains(shard)).isEqualTo(expected.contains(shard));
        }
        assertThat(actual).containsExactlyElementsOf(expected).isEqualTo(expected);
        assertThat(actual.first()).isEqualTo(expected.first());
        assertThat(actual.last()).isEqualTo(expected.last());
        assertThat(actual.headSet(100)).isEqualTo(expected.headSet(100));
        assertThat(actual.tailSet(100)).isEqualTo(expected.tailSet(100));
        assertThat(actual.subSet(50, 200)).isEqualTo(expected.subSet(50, 200));
    }

    @Test
    void emptyOneHasNoEndsAndAStrategyCannotChangeAny() {
        ShardIndexes empty = new ShardIndexes();
        assertThat(empty).isEmpty();
        assertThatThrownBy(empty::first).isInstanceOf(NoSuchElementException.class);
        assertThatThrownBy(empty::last).isInstanceOf(NoSuchElementException.class);
        assertThatThrownBy(() -> empty.add(1)).isInstanceOf(UnsupportedOperationException.class);
    }
}
