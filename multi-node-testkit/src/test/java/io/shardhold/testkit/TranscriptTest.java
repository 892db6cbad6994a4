package io.shardhold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Whole stories as text: what each node publishes, with virtual times. The prose on top of each file, lines that begin
 * with {@code #}, tells what to look at. A file is rewritten only by who understands the difference: print the run with
 * {@code -Dtranscript=print}, and paste it.
 */
class TranscriptTest {
    private static final int SHARDS = 4;

    private final List<String> lines = new ArrayList<>();
    private final Map<String, List<Long>> incarnations = new TreeMap<>();
    private final List<Long> clusters = new ArrayList<>();

    private Post record(long seed) {
        Post post = new Post(seed, SHARDS, 3, 3);
        post.cluster().onEvent((node, event) -> {
            String text = describe(event);
            if (!text.isEmpty()) {
                lines.add(line(post, node.name() + "  " + text));
            }
        });
        return post;
    }

    private static String line(Post post, String text) {
        return String.format(Locale.ROOT, "%7.3f  %s", post.cluster().elapsed().toMillis() / 1_000.0, text);
    }

    private void note(Post post, String text) {
        lines.add(line(post, "--  " + text));
    }

    /** Incarnations are counted, because milliseconds say nothing. */
    private String name(NodeId node) {
        List<Long> known = incarnations.computeIfAbsent(node.name(), name -> new ArrayList<>());
        if (!known.contains(node.incarnation())) {
            known.add(node.incarnation());
        }
        return node.name() + "#" + (known.indexOf(node.incarnation()) + 1);
    }

    private String cluster(long id) {
        if (!clusters.contains(id)) {
            clusters.add(id);
        }
        return "cluster " + (char) ('A' + clusters.indexOf(id));
    }

    private String describe(ClusterEvent event) {
        if (event instanceof ClusterEvent.Founded founded) {
            return "founded " + cluster(founded.clusterId()) + ", seats "
                    + founded.seats().stream().map(this::name).toList();
        } else if (event instanceof ClusterEvent.Joined joined) {
            return "joined " + cluster(joined.clusterId()) + " as " + name(joined.self());
        } else if (event instanceof ClusterEvent.CoordinatorActive active) {
            return "coordinates, " + active.placements() + " placements";
        } else if (event instanceof ClusterEvent.CoordinatorPassive passive) {
            return "coordinates no more: " + passive.reason();
        } else if (event instanceof ClusterEvent.RightGained) {
            return "may serve";
        } else if (event instanceof ClusterEvent.RightLost lost) {
            return "may not serve: " + lost.missingSeats();
        } else if (event instanceof ClusterEvent.Verdict verdict) {
            return "verdict on " + name(verdict.member()) + ": " + verdict.reason();
        } else if (event instanceof ClusterEvent.ShardMoved moved) {
            return "shard " + moved.shard() + " moves " + name(moved.from()) + " → " + name(moved.to());
        } else if (event instanceof ClusterEvent.ShardsHere here) {
            return "shard " + here.shard() + (here.started() ? " starts here" : " stops here");
        } else if (event instanceof ClusterEvent.SeatsChanged changed) {
            return "seats: "
                    + changed.seats().stream()
                            .map(seat -> seat.holder().map(this::name).orElse("(empty)"))
                            .toList();
        } else if (event instanceof ClusterEvent.Reborn reborn) {
            return "starts over as " + name(reborn.after());
        } else if (event instanceof ClusterEvent.Left left) {
            return "left" + (left.orderly() ? "" : " without handing over");
        } else if (event instanceof ClusterEvent.CoordinatorSeen || event instanceof ClusterEvent.MemberChanged) {
            return "";
        } else if (event instanceof ClusterEvent.LinkLost lost) {
            return "lost its link to " + name(lost.peer()) + ", " + lost.inDoubt() + " in doubt";
        } else {
            return event.toString();
        }
    }

    private void assertMatches(String file) throws IOException {
        String actual = String.join("\n", lines);
        if (System.getProperty("transcript", "").equals("print")) {
            System.out.println(actual);
        }
        try (InputStream in = Objects.requireNonNull(
                TranscriptTest.class.getResourceAsStream("/transcripts/" + file), file + " is missing")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            List<String> golden =
                    text.lines().filter(l -> !l.startsWith("#") && !l.isBlank()).toList();
            assertThat(actual).isEqualTo(String.join("\n", golden));
        }
    }

    @Test
    void nodeIsLostReplacedAndComesBack() throws IOException {
        Post post = record(7);
        MultiNodeSpec cluster = post.cluster();
        cluster.start();
        note(post, "one message to each shard");
        for (int shard = 0; shard < SHARDS; shard++) {
            post.send(cluster.node("n2"), shard);
        }
        cluster.runFor(Duration.ofSeconds(10));
        note(post, "n3 is killed");
        cluster.node("n3").crash();
        cluster.runFor(Duration.ofSeconds(12));
        note(post, "n3 is started again");
        cluster.node("n3").start();
        cluster.runFor(Duration.ofSeconds(12));
        assertMatches("node-lost-replaced-and-back.txt");
    }
}
