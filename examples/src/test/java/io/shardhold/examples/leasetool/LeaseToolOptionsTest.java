package io.shardhold.examples.leasetool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.shardhold.examples.leasetool.LeaseToolOptions.Command;
import io.shardhold.examples.leasetool.LeaseToolOptions.Store;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LeaseToolOptionsTest {
    private static void assertRefused(String message, String... arguments) {
        assertThatExceptionOfType(LeaseToolOptions.Refused.class)
                .isThrownBy(() -> LeaseToolOptions.parse(List.of(arguments)))
                .withMessage(message);
    }

    @Test
    void kubernetesByKubeconfig() throws Exception {
        LeaseToolOptions options = LeaseToolOptions.parse(
                List.of("--kubeconfig", "config", "--namespace", "shop", "--name", "demo", "--ttl", "20", "hold"));
        assertThat(options.store())
                .isEqualTo(new Store.Kubernetes(Optional.of(Path.of("config")), Optional.empty(), Optional.of("shop")));
        assertThat(options.lease()).isEqualTo("demo");
        assertThat(options.ttl()).isEqualTo(Duration.ofSeconds(20));
        assertThat(options.hold()).isEqualTo(Duration.ofSeconds(10));
        assertThat(options.runFor()).isEmpty();
        assertThat(options.command()).isEqualTo(Command.HOLD);
        assertThat(options.contenders()).isEqualTo(1);
        assertThat(LeaseAccess.settings(options).renew()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void hazelcastAsMemberOrClient() throws Exception {
        LeaseToolOptions options = LeaseToolOptions.parse(List.of(
                "contend", "8", "--hazelcast", "a:1,b:2,c:3", "--voters", "n1,n2,n3", "--as", "n2", "--seconds", "9"));
        assertThat(options.store())
                .isEqualTo(new Store.Hazelcast(
                        List.of("a:1", "b:2", "c:3"), List.of("n1", "n2", "n3"), Optional.of("n2"), "dev"));
        assertThat(options.command()).isEqualTo(Command.CONTEND);
        assertThat(options.contenders()).isEqualTo(8);
        assertThat(options.runFor()).contains(Duration.ofSeconds(9));
    }

    @Test
    void helpNeedsNothingElse() throws Exception {
        assertThat(LeaseToolOptions.parse(List.of("--help")).help()).isTrue();
    }

    @Test
    void whatMakesNoSenseIsNamed() {
        String store = "a store is missing: --kubeconfig FILE, --in-cluster or --hazelcast HOST:PORT,...";
        assertRefused("a command is missing: hold, watch or contend K", "--in-cluster");
        assertRefused(store, "hold");
        assertRefused("--kubeconfig and --in-cluster exclude each other", "--kubeconfig", "x", "--in-cluster", "hold");
        assertRefused("the command must be hold, watch or contend K, was 'holt'", "--in-cluster", "holt");
        assertRefused("unknown option '--nmae'", "--nmae", "x", "hold");
        assertRefused("'watch' is one too many: the command is hold", "--in-cluster", "hold", "watch");
        assertRefused("option --ttl needs a value", "--in-cluster", "hold", "--ttl");
        assertRefused("--ttl must be a whole number from 2 to 3600, was '1.5'", "--in-cluster", "hold", "--ttl", "1.5");
        assertRefused("--name is given twice", "--in-cluster", "--name", "a", "--name", "b", "hold");
        assertRefused("contend needs the number of contenders, 1 to 64, was 'many'", "--in-cluster", "contend", "many");
        assertRefused("contend takes 1 to 64 contenders, was 65", "--in-cluster", "contend", "65");
        assertRefused("--voters does not go with Kubernetes: leave it out", "--in-cluster", "--voters", "a", "hold");
        assertRefused("--hazelcast must be HOST:PORT,..., but one of them is 'b'", "--hazelcast", "a:1,b", "hold");
        assertRefused(
                "--hazelcast needs --voters, the names of the voters of the cluster, in the order of the addresses",
                "--hazelcast",
                "a:1",
                "hold");
        assertRefused(
                "--as must be one of the voters [n1, n2, n3], was 'n4'",
                "--hazelcast",
                "a:1",
                "--voters",
                "n1,n2,n3",
                "--as",
                "n4",
                "hold");
    }
}
