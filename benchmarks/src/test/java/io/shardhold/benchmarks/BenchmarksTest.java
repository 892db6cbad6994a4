package io.shardhold.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BenchmarksTest {
    @Test
    void aSmallClusterGivesEachShardAHomeAndHandlesEachMessage() {
        Map<String, Double> figures = new Allocation().run(30);
        assertThat(figures.get("hosted_ms")).isPositive();
        assertThat(figures.get("handled_ms")).isGreaterThanOrEqualTo(figures.get("sent_ms"));
        assertThat(figures).containsEntry("moved", 0.0);
    }

    @Test
    void optionsNameWhatIsWrongWithThem() {
        assertThat(Options.parse("takeover", "--shards", "3,70", "--runs", "2"))
                .isEqualTo(new Options("takeover", List.of(3, 70), 2, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("takeovers"))
                .withMessageContaining("takeover");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("takeover", "--shards", "x"))
                .withMessageContaining("--shards");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("takeover", "--shards"))
                .withMessageContaining("lacks its value");
    }

    @Test
    void aLineIsJsonAndTheMedianIsTheMiddle() {
        Figures figures = new Figures();
        figures.add(Map.of("x_ms", 4.0));
        figures.add(Map.of("x_ms", 1.0));
        figures.add(Map.of("x_ms", 2.5));
        assertThat(figures.spread(new JsonLine().put("name", "a \"b\""))).hasToString("""
                {"name":"a \\"b\\"","x_ms":{"median":2.50,"min":1,"max":4}}""");
        assertThat(Figures.median(List.of(1.0, 2.0))).isEqualTo(1.5);
    }
}
