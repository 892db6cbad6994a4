package io.shardhold.examples.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LedgerOptionsTest {
    private static void assertRefused(String message, String... arguments) {
        assertThatExceptionOfType(LedgerOptions.Refused.class)
                .isThrownBy(() -> LedgerOptions.parse(List.of(arguments)))
                .withMessage(message);
    }

    @Test
    void nothingIsNeeded() throws Exception {
        assertThat(LedgerOptions.parse(List.of()))
                .isEqualTo(new LedgerOptions(
                        Optional.empty(),
                        Optional.empty(),
                        3,
                        1,
                        LedgerOptions.Lease.NONE,
                        Optional.empty(),
                        Optional.empty(),
                        false));
        assertThat(LedgerOptions.parse(List.of()).victims()).isEqualTo(KillSchedule.Victims.ONE);
    }

    @Test
    void everyOptionIsKept() throws Exception {
        assertThat(LedgerOptions.parse(
                        List.of("--input", "x.csv", "--kill", "two", "--nodes", "5", "--seed", "42", "--help")))
                .isEqualTo(new LedgerOptions(
                        Optional.of(Path.of("x.csv")),
                        Optional.of(KillSchedule.Victims.TWO),
                        5,
                        42,
                        LedgerOptions.Lease.NONE,
                        Optional.empty(),
                        Optional.empty(),
                        true));
        assertThat(LedgerOptions.parse(List.of("--lease", "none"))).isEqualTo(LedgerOptions.parse(List.of()));
    }

    @Test
    void withALeaseInMemoryOneLeavesUnlessNobodyIsToBeKilled() throws Exception {
        LedgerOptions options = LedgerOptions.parse(List.of("--lease", "memory"));
        assertThat(options.lease()).isEqualTo(LedgerOptions.Lease.MEMORY);
        assertThat(options.oneLeaves()).isTrue();
        assertThat(LedgerOptions.parse(List.of("--kill", "none", "--lease", "memory"))
                        .oneLeaves())
                .isFalse();
    }

    @Test
    void aKillOfANodeInThisProcessIsRefusedInEitherOrder() {
        String message = "--kill seed does not go with --lease memory, where all nodes are in one process: leave --kill"
                + " out to have the node that coordinates leave and come back, or give --kill none to have none leave";
        assertRefused(message, "--kill", "seed", "--lease", "memory");
        assertRefused(message, "--lease", "memory", "--kill", "seed");
    }

    @Test
    void aLeaseBetweenProcesses() throws Exception {
        LedgerOptions hazelcast = LedgerOptions.parse(List.of("--lease", "hazelcast", "--kill", "seed"));
        assertThat(hazelcast.lease()).isEqualTo(LedgerOptions.Lease.HAZELCAST);
        LedgerOptions kubernetes =
                LedgerOptions.parse(List.of("--namespace", "shop", "--lease", "k8s", "--kubeconfig", "config"));
        assertThat(kubernetes.lease()).isEqualTo(LedgerOptions.Lease.KUBERNETES);
        assertThat(kubernetes.kubeconfig()).contains(Path.of("config"));
        assertThat(kubernetes.namespace()).contains("shop");
    }

    @Test
    void anApiServerIsNamedIfAndOnlyIfTheLeaseIsThere() {
        assertRefused("--lease k8s needs --kubeconfig FILE", "--lease", "k8s");
        assertRefused(
                "--kubeconfig goes with --lease k8s only: give that too, or leave it out", "--kubeconfig", "config");
        assertRefused(
                "--namespace goes with --lease k8s only: give that too, or leave it out",
                "--lease",
                "hazelcast",
                "--namespace",
                "shop");
    }

    @Test
    void whatMakesNoSenseIsNamed() {
        assertRefused("--lease must be none, memory, hazelcast or k8s, was 'Memory'", "--lease", "Memory");
        assertRefused("option --lease needs a value", "--lease");
        assertRefused("unknown option '--inptu'", "--inptu", "x");
        assertRefused("unknown option 'x.csv'", "x.csv");
        assertRefused("option --input needs a value", "--input");
        assertRefused("option --input needs a value", "--input", "");
        assertRefused("--kill must be one, seed, two or none, was 'all'", "--kill", "all");
        assertRefused("--nodes must be a whole number from 3 to 7, was '2'", "--nodes", "2");
        assertRefused("--nodes must be a whole number from 3 to 7, was 'three'", "--nodes", "three");
        assertRefused("--seed must be a whole number from 0 to 9223372036854775807, was '-1'", "--seed", "-1");
    }
}
