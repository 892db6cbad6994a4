package io.shardhold.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** What docs/testing.md shows is what happens: its code is taken out of the page, compiled, and run by JUnit. */
final class TestingPageTest {
    private static final String HEAD = """
            package shop;

            import static org.assertj.core.api.Assertions.assertThat;
            import static org.assertj.core.api.Assertions.assertThatThrownBy;

            import io.shardhold.config.EntitySpec;
            import io.shardhold.entity.Entity;
            import io.shardhold.entity.EntityContext;
            import io.shardhold.entity.EntityRef;
            import io.shardhold.testkit.*;
            import io.shardhold.testkit.fault.*;
            import io.shardhold.testkit.history.*;
            import java.time.Duration;
            import java.util.ArrayList;
            import java.util.HashMap;
            import java.util.List;
            import java.util.Map;
            import java.util.Optional;
            import org.junit.jupiter.api.Test;

            class PageTest {
            """;

    @TempDir
    Path folder;

    @Test
    void everySnippetCompilesAndEveryTestOfThePagePasses() throws Exception {
        List<Path> sources = new ArrayList<>();
        StringBuilder members = new StringBuilder(HEAD);
        int snippets = 0;
        for (String block : blocks()) {
            snippets++;
            if (block.startsWith("package ")) {
                sources.add(Files.writeString(folder.resolve(nameOf(block) + ".java"), block));
            } else {
                members.append(block).append('\n');
            }
        }
        sources.add(Files.writeString(folder.resolve("PageTest.java"), members.append("}\n")));
        compile(sources);
        assertThat(snippets).isGreaterThanOrEqualTo(10);
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            passes(loader, "shop.FirstTest", 21);
            passes(loader, "shop.PageTest", 92);
        }
    }

    private static void passes(ClassLoader loader, String name, long atLeast) throws ClassNotFoundException {
        Events events = EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(Class.forName(name, true, loader)))
                .execute()
                .testEvents();
        assertThat(events.failed().list()).as(name).isEmpty();
        assertThat(events.succeeded().count()).as(name).isGreaterThanOrEqualTo(atLeast);
    }

    private static String nameOf(String block) {
        return block.contains("class FirstTest") ? "FirstTest" : "Cart";
    }

    private static List<String> blocks() throws IOException {
        String page = Files.readString(root().resolve("docs/testing.md")).replace("\r\n", "\n");
        List<String> blocks = new ArrayList<>();
        for (int start = page.indexOf("```java\n"); start >= 0; start = page.indexOf("```java\n", start + 1)) {
            int body = page.indexOf('\n', start) + 1;
            blocks.add(page.substring(body, page.indexOf("```", body)));
        }
        return blocks;
    }

    private static Path root() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.exists(at.resolve("docs/testing.md"))) {
                return at;
            }
        }
        throw new IllegalStateException("not inside of the project");
    }

    private void compile(List<Path> sources) {
        List<String> arguments = new ArrayList<>(
                List.of("--release", "17", "-cp", System.getProperty("java.class.path"), "-d", folder.toString()));
        sources.forEach(source -> arguments.add(source.toString()));
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said);
        int result = ToolProvider.findFirst("javac").orElseThrow().run(out, out, arguments.toArray(new String[0]));
        assertThat(result).as("javac said: %s", said).isZero();
    }
}
