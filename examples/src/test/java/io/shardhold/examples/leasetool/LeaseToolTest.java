package io.shardhold.examples.leasetool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shardhold.lease.LeaseRecord;
import io.shardhold.lease.LeaseRuntime;
import io.shardhold.lease.LeaseSettings;
import io.shardhold.lease.LeaseStore;
import io.shardhold.lease.RecordLease;
import io.shardhold.lease.StoreAnswer;
import io.shardhold.lease.inmemory.InMemoryLease;
import io.shardhold.lease.inmemory.InMemoryLeaseStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The tool over a store of this process, in real time. */
class LeaseToolTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final ObjectMapper json = new ObjectMapper();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final InMemoryLeaseStore records = new InMemoryLeaseStore();

    private LeaseTool start(String... arguments) throws Exception {
        String[] all = List.of(arguments).toArray(String[]::new);
        LeaseToolOptions options = LeaseToolOptions.parse(List.of(all));
        LeaseTool tool =
                new LeaseTool(options, new InMemory(records), new PrintStream(out, true, StandardCharsets.UTF_8));
        tool.start(LeaseAccess.settings(options));
        return tool;
    }

    private record InMemory(InMemoryLeaseStore records) implements LeaseAccess {
        @Override
        public RecordLease lease(LeaseSettings settings) {
            return new InMemoryLease(records, settings);
        }

        @Override
        public LeaseStore store(LeaseSettings settings, LeaseRuntime runtime) {
            return records.connect("watcher", runtime);
        }

        @Override
        public void close() {}
    }

    private List<JsonNode> events(String name) {
        return out.toString(StandardCharsets.UTF_8)
                .lines()
                .map(this::parse)
                .filter(event -> event.get("event").asText().equals(name))
                .toList();
    }

    private JsonNode parse(String line) {
        try {
            return json.readTree(line);
        } catch (IOException noJson) {
            throw new UncheckedIOException(line, noJson);
        }
    }

    @Test
    void aHolderIsGrantedRenewsLosesAndReleases() throws Exception {
        LeaseTool tool = start("--in-cluster", "--ttl", "2", "--owner", "me", "hold");
        await().atMost(LONG).until(() -> events("renewed").size() >= 2);
        JsonNode granted = events("granted").get(0);
        JsonNode renewed = events("renewed").get(0);
        assertThat(granted.get("owner").asText()).startsWith("me#");
        assertThat(renewed.get("token")).isEqualTo(granted.get("token"));
        assertThat(renewed.get("deadlineMonoNanos").asLong())
                .isGreaterThan(granted.get("deadlineMonoNanos").asLong());
        assertThat(events("refused")).as("the first of all waits").isNotEmpty();

        records.delete("lease-tool");
        await().atMost(LONG).until(() -> events("granted").size() == 2);
        assertThat(events("lost"))
                .singleElement()
                .satisfies(lost -> assertThat(lost.get("reason").asText()).isEqualTo("DELETED"));
        assertThat(events("granted").get(1).get("token").asLong())
                .isGreaterThan(granted.get("token").asLong());

        tool.end();
        assertThat(events("releasing")).hasSize(1);
        assertThat(events("released")).hasSize(1);
        assertThat(records.record("lease-tool").orElseThrow().released()).isTrue();
        tool.end();
        assertThat(events("released")).hasSize(1);
    }

    /** Else the next holder's line could come before it, which would look as if two had believed. */
    @Test
    void thatItReleasesIsSaidBeforeAnybodyCanTakeTheLease() throws Exception {
        AtomicInteger saidBefore = new AtomicInteger(-1);
        LeaseToolOptions options = LeaseToolOptions.parse(List.of("--in-cluster", "--ttl", "2", "hold"));
        LeaseStore store = records.connect("me", LeaseRuntime.system());
        LeaseStore watched = new LeaseStore() {
            @Override
            public CompletionStage<StoreAnswer> read(String name) {
                return store.read(name);
            }

            @Override
            public CompletionStage<StoreAnswer> compareAndSet(String name, Version expected, LeaseRecord next) {
                if (next.released()) {
                    saidBefore.set(events("releasing").size());
                }
                return store.compareAndSet(name, expected, next);
            }
        };
        Contender contender = new Contender(
                "me",
                new RecordLease(watched, LeaseAccess.settings(options)),
                new EventLines(new PrintStream(out, true, StandardCharsets.UTF_8), "lease-tool"),
                Executors.newSingleThreadScheduledExecutor(),
                Duration.ZERO,
                granted -> {});
        contender.start();
        await().atMost(LONG).until(() -> !events("granted").isEmpty());
        contender.stop().toCompletableFuture().join();
        assertThat(saidBefore).hasValue(1);
        assertThat(events("releasing").get(0).get("token"))
                .isEqualTo(events("granted").get(0).get("token"));
    }

    @Test
    void contendersHoldOneAfterTheOther() throws Exception {
        LeaseTool tool = start("--in-cluster", "--ttl", "2", "--hold", "1", "contend", "3");
        await().atMost(LONG).until(() -> events("released").size() >= 3);
        tool.end();
        List<Long> tokens = events("granted").stream()
                .map(event -> event.get("token").asLong())
                .toList();
        assertThat(tokens).isSorted().doesNotHaveDuplicates();
        JsonNode summary = events("summary").get(0);
        assertThat(summary.get("overlaps").asLong()).isZero();
        assertThat(summary.get("grants").asInt()).isEqualTo(tokens.size());
    }

    @Test
    void twoWhoBelieveAtOnceAreNamed() throws Exception {
        Contest contest = new Contest(new EventLines(new PrintStream(out, true, StandardCharsets.UTF_8), "lease-tool"));
        LeaseToolOptions options = LeaseToolOptions.parse(List.of("--in-cluster", "--ttl", "2", "hold"));
        try (LeaseRuntime runtime = LeaseRuntime.system()) {
            // Two stores, so that nobody sees the other.
            for (String name : List.of("one", "two")) {
                var timer = Executors.newSingleThreadScheduledExecutor();
                contest.add(new Contender(
                        name,
                        new InMemoryLease(
                                new InMemoryLeaseStore(),
                                LeaseAccess.settings(options).withOwner(name),
                                runtime),
                        new EventLines(new PrintStream(out, true, StandardCharsets.UTF_8), "lease-tool"),
                        timer,
                        Duration.ZERO,
                        contest::onGranted));
            }
            contest.contenders().forEach(Contender::start);
            await().atMost(LONG).until(() -> !contest.isClean());
            assertThat(events("overlap").get(0).get("other").asText()).isIn("one", "two");
            contest.contenders().forEach(Contender::stop);
        }
    }

    @Test
    void aWatcherPrintsChangesAndAsksForNothing() throws Exception {
        LeaseTool watching = start("--in-cluster", "--ttl", "2", "watch");
        await().atMost(LONG).until(() -> events("absent").size() == 1);
        LeaseTool holding = start("--in-cluster", "--ttl", "2", "hold");
        await().atMost(LONG).until(() -> !events("record").isEmpty());
        records.setDown(true);
        await().atMost(LONG).until(() -> !events("unavailable").isEmpty());
        records.setDown(false);
        holding.end();
        await().atMost(LONG)
                .until(() -> events("record").stream()
                        .anyMatch(event -> event.get("released").asBoolean()));
        watching.end();
    }
}
