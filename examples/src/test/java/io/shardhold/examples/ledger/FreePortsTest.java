package io.shardhold.examples.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class FreePortsTest {
    @Test
    void portsDifferAndLieOutsideTheRangeOfOutgoingConnections() throws IOException {
        assertThat(FreePorts.find(8))
                .hasSize(8)
                .doesNotHaveDuplicates()
                .allMatch(port -> port >= 15_000 && port < 30_000);
    }
}
