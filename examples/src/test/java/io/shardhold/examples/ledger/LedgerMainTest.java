package io.shardhold.examples.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerMainTest {
    @TempDir
    private Path directory;

    @Test
    void aKubeconfigThatCannotBeUsedIsNamedBeforeAnythingStarts() throws Exception {
        String missing = directory.resolve("none").toString();
        assertThat(LedgerMain.run(List.of("--lease", "k8s", "--kubeconfig", missing)))
                .isEqualTo(69);
    }
}
