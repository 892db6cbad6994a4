package io.shardhold.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.lease.LeaseSettings;
import io.shardhold.lease.hazelcast.HazelcastLeaseConfig;
import io.shardhold.lease.k8s.KubernetesLease;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/leases.md shows is what there is. */
class LeasesPageTest {
    private static final String HEAD = """
            import com.hazelcast.config.Config;
            import com.hazelcast.core.Hazelcast;
            import com.hazelcast.core.HazelcastInstance;
            import io.shardhold.ClusterSharding;
            import io.shardhold.config.ShardingSettings;
            import io.shardhold.lease.*;
            import io.shardhold.lease.hazelcast.*;
            import io.shardhold.lease.k8s.*;
            import java.nio.file.Path;
            import java.time.Duration;
            import java.util.function.Consumer;

            class Page {
            """;

    @TempDir
    private Path folder;

    private static String page(String name) throws IOException {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.exists(at.resolve(name))) {
                return Files.readString(at.resolve(name)).replace("\r\n", "\n");
            }
        }
        throw new IllegalStateException("not inside of the project");
    }

    private static List<String> blocks(String language) throws IOException {
        String page = page("docs/leases.md");
        String mark = "```" + language + "\n";
        List<String> blocks = new ArrayList<>();
        for (int start = page.indexOf(mark); start >= 0; start = page.indexOf(mark, start + 1)) {
            int body = start + mark.length();
            blocks.add(page.substring(body, page.indexOf("```", body)));
        }
        return blocks;
    }

    @Test
    void everySnippetCompiles() throws IOException {
        List<String> snippets = blocks("java");
        assertThat(snippets).hasSizeGreaterThanOrEqualTo(7);
        Path source = Files.writeString(folder.resolve("Page.java"), HEAD + String.join("\n", snippets) + "}\n");
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said);
        int result = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(
                        out,
                        out,
                        "--release",
                        "17",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-d",
                        folder.toString(),
                        source.toString());
        assertThat(result).as("javac said: %s", said).isZero();
    }

    @Test
    void theXmlIsWhatTheConfigurationPrints() throws IOException {
        assertThat(blocks("xml"))
                .anySatisfy(block -> assertThat(block)
                        .isEqualTo(
                                HazelcastLeaseConfig.forVoters("n1", "n2", "n3").xml("n1")));
    }

    @Test
    void theTimesAreTheDefaults() throws IOException {
        LeaseSettings usual = LeaseSettings.of("shop", "n1");
        LeaseSettings kubernetes = KubernetesLease.settings("shop", "n1");
        assertThat(page("docs/leases.md"))
                .contains("| ttl | " + seconds(usual.ttl()) + " | " + seconds(kubernetes.ttl()) + ", whole seconds |")
                .contains("| margin | " + seconds(usual.margin()) + " | " + seconds(kubernetes.margin()) + " |")
                .contains("| renew, sent to sent | " + seconds(usual.renew()) + " | " + seconds(kubernetes.renew())
                        + " |")
                .contains("| poll | " + seconds(usual.poll()) + " | " + seconds(kubernetes.poll()) + " |")
                .contains("| request timeout | " + seconds(usual.requestTimeout()) + " | "
                        + seconds(kubernetes.requestTimeout()) + " |");
    }

    private static String seconds(Duration time) {
        return BigDecimal.valueOf(time.toMillis(), 3).stripTrailingZeros().toPlainString() + " s";
    }
}
