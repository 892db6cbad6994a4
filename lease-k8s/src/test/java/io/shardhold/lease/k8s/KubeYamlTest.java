package io.shardhold.lease.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KubeYamlTest {
    private static Map<String, Object> read(String... lines) {
        return KubeYaml.readMapping(String.join("\n", lines));
    }

    @Test
    void scalarsAreTexts() {
        assertThat(read(
                        "---",
                        "# a comment",
                        "a: plain text # and a comment",
                        "b: 'it''s # no comment'   # one",
                        "c: \"a\\tb\\\"\\u00e9\"",
                        "d: true",
                        "e: 0123",
                        "f: null",
                        "g: ~",
                        "h:",
                        "i: https://host:6443/x#y",
                        "'j k': \"\"",
                        "\"l\": {}",
                        "m: []",
                        "n:   # nothing"))
                .containsExactly(
                        entry("a", "plain text"),
                        entry("b", "it's # no comment"),
                        entry("c", "a\tb\"\u00e9"),
                        entry("d", "true"),
                        entry("e", "0123"),
                        entry("f", null),
                        entry("g", null),
                        entry("h", null),
                        entry("i", "https://host:6443/x#y"),
                        entry("j k", ""),
                        entry("l", Map.of()),
                        entry("m", List.of()),
                        entry("n", null));
    }

    @Test
    void listsAndMappingsNest() {
        assertThat(read(
                        "list:",
                        "- name: a",
                        "  inner:",
                        "    x: 1",
                        "- name: b",
                        "",
                        "-",
                        "  name: c",
                        "- plain",
                        "- -flag",
                        "deep:",
                        "    - y: 2",
                        "      z:",
                        "      - 3",
                        "last: 4"))
                .containsExactly(
                        entry(
                                "list",
                                Arrays.asList(
                                        Map.of("name", "a", "inner", Map.of("x", "1")),
                                        Map.of("name", "b"),
                                        Map.of("name", "c"),
                                        "plain",
                                        "-flag")),
                        entry("deep", List.of(Map.of("y", "2", "z", List.of("3")))),
                        entry("last", "4"));
    }

    @Test
    void textsOfSeveralLines() {
        assertThat(read(
                        "a: |",
                        "  one",
                        "    two: # no comment",
                        "",
                        "  three",
                        "b: |-",
                        "  x",
                        "c: |+",
                        "  y",
                        "",
                        "d: to be",
                        "  continued",
                        "e: 1"))
                .containsExactly(
                        entry("a", "one\n  two: # no comment\n\nthree\n"),
                        entry("b", "x"),
                        entry("c", "y\n\n"),
                        entry("d", "to be continued"),
                        entry("e", "1"));
    }

    @Test
    void linesMayEndAsOnWindows() {
        assertThat(KubeYaml.readMapping("a: 1\r\nb:\r\n- x\r\n"))
                .containsExactly(entry("a", "1"), entry("b", List.of("x")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "a: &x 1~1",
                "a: *x~1",
                "a: !!str 1~1",
                "a: >_  folded~1",
                "a: {b: 1}~1",
                "a: [1]~1",
                "a: 1_---_b: 2~2",
                "a: 1_a: 2~2",
                "a: 1_  b: 2~2",
                "a:_  b: 1_ c: 2~3",
                "a: 'open~1",
                "a: 'x' y~1",
                "a: \"\\q\"~1",
                "a: b: c~1",
                "a: 1_\tb: 2~2",
                "- a~1",
                "just text~1",
                "%YAML 1.2~1",
                "? a~1",
                "a:_- - b~2",
                "a: @x~1",
                "a: |2_  x~1",
                "a: \u2003 # x~1",
            })
    void whatIsNotUnderstoodIsRefusedWithItsLine(String text, int line) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KubeYaml.readMapping(text.replace('_', '\n')))
                .withMessageStartingWith("line " + line + ": ")
                .withMessageContaining("kubectl config view --raw --flatten");
    }

    @Test
    void aLongLineThatIsNoKeyIsRefusedInNoTime() {
        String line = "a" + " ".repeat(500_000) + "b";
        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> assertThatIllegalArgumentException()
                        .isThrownBy(() -> KubeYaml.readMapping(line))
                        .withMessageStartingWith("line 1: "));
    }

    @Test
    void depthIsBounded() {
        StringBuilder deep = new StringBuilder();
        for (int i = 0; i < 5_000; i++) {
            deep.append(" ".repeat(i)).append("a:\n");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KubeYaml.readMapping(deep.toString()))
                .withMessageContaining("32 levels");
        assertThatIllegalArgumentException().isThrownBy(() -> KubeYaml.readMapping(" \n# x\n"));
    }
}
