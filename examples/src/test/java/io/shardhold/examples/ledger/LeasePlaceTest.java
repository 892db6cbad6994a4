package io.shardhold.examples.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LeasePlaceTest {
    @Test
    void everyPlaceSurvivesTheCommandLine() {
        Path kubeconfig = Path.of("with: colons", "config").toAbsolutePath();
        for (LeasePlace place : List.of(
                new LeasePlace.None(),
                new LeasePlace.Hazelcast(List.of("127.0.0.1:5701", "127.0.0.1:5702", "127.0.0.1:5703")),
                new LeasePlace.Kubernetes(kubeconfig, Optional.empty()),
                new LeasePlace.Kubernetes(kubeconfig, Optional.of("shop")))) {
            ChildArguments child = new ChildArguments("node-1", 7350, List.of("127.0.0.1:7350"), place, "ledger.db");
            assertThat(ChildArguments.parse(child.toCommandLine().toArray(String[]::new)))
                    .isEqualTo(child);
        }
    }

    @Test
    void whatIsNoPlaceIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LeasePlace.parse("zookeeper:x"))
                .withMessageContaining("'zookeeper:x'");
    }
}
