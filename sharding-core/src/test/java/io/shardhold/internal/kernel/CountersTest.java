package io.shardhold.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CountersTest {
    private final Counters counters = new Counters();

    @Test
    void eachCounterAddsUpByItself() {
        counters.increment(Counter.VERDICTS);
        counters.add(Counter.VERDICTS, 2);
        counters.increment(Counter.TERMS_STARTED);
        assertThat(counters.get(Counter.VERDICTS)).isEqualTo(3);
        assertThat(counters.get(Counter.TERMS_STARTED)).isEqualTo(1);
        assertThat(counters.get(Counter.RIGHTS_LOST)).isZero();
    }

    @Test
    void snapshotNamesEveryCounterAndDoesNotChange() {
        counters.increment(Counter.VERDICTS);
        var snapshot = counters.snapshot();
        counters.increment(Counter.VERDICTS);
        assertThat(snapshot).hasSize(Counter.values().length).containsEntry("VERDICTS", 1L);
        assertThat(List.copyOf(snapshot.keySet())).isSorted();
    }
}
