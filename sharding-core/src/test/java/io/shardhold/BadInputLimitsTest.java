package io.shardhold;

import static io.shardhold.LoopbackNodes.PATIENCE;
import static io.shardhold.LoopbackNodes.answer;
import static io.shardhold.LoopbackNodes.at;
import static io.shardhold.LoopbackNodes.failure;
import static io.shardhold.LoopbackNodes.freePort;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.UndeliveredReason;
import io.shardhold.config.EntitySpec;
import io.shardhold.config.Limits;
import io.shardhold.entity.AskFailedException;
import io.shardhold.entity.EntityRef;
import io.shardhold.entity.MessageRefusedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Each limit is reached: the newest is refused, counted and reported, the others go on. */
final class BadInputLimitsTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Limits SMALL = new Limits(4_096, 3, 16_384, 3, 8_192, 20, 5, 2);

    private static final LoopbackNodes NODES = new LoopbackNodes();
    private static LoopbackNodes.Node node;
    private static int asked;

    private final LoopbackNodes others = new LoopbackNodes();

    @BeforeAll
    static void start() {
        int port = freePort();
        node = start(NODES, port, port);
        node.sharding().awaitUp(PATIENCE);
    }

    @AfterAll
    static void stop() {
        NODES.close();
    }

    private static LoopbackNodes.Node start(LoopbackNodes where, int port, int seed) {
        return where.start(
                port,
                builder -> builder.limits(SMALL)
                        .seeds(at(seed))
                        .entity(EntitySpec.of(Desk.TYPE, context -> Desk.open(context, "x"))
                                .shards(1)));
    }

    private static EntityRef<Desk.Request> desk(LoopbackNodes.Node at, String id) {
        return at.sharding().entityRef(Desk.TYPE, id);
    }

    private static CompletionStage<String> ask(String id) {
        return desk(node, id).ask(Desk.Request.Count::new, LONG);
    }

    @AfterEach
    void othersGoOn() throws Exception {
        others.close();
        assertThat(answer(ask("ongoing"))).isEqualTo("x ongoing " + ++asked);
    }

    private static void awaitUndelivered(LoopbackNodes.Node at, UndeliveredReason reason, String... text) {
        ClusterEvent.Undelivered told = at.awaitEvent(ClusterEvent.Undelivered.class, e -> e.reason() == reason);
        assertThat(told.type()).isEqualTo("desk");
        assertThat(told.detail()).contains(text);
    }

    @Test
    void parkedPerShard() {
        LoopbackNodes.Node alone = start(others, freePort(), freePort());
        for (int i = 0; i < 3; i++) {
            desk(alone, "d-1").tell(new Desk.Request.Note("waits"));
        }
        AskFailedException failed = failure(desk(alone, "d-2").ask(Desk.Request.Count::new, LONG));
        assertThat(failed.reason()).isEqualTo(UndeliveredReason.PARKED_FULL);
        assertThat(failed).hasMessageContainingAll("desk 'd-2'", "3 messages", "Limits.parkedPerShard");
        awaitUndelivered(alone, UndeliveredReason.PARKED_FULL, "desk/0", "Limits.parkedPerShard");
        assertThat(alone.count("PARKED_REFUSED")).isEqualTo(1);
        assertThat(alone.count("MESSAGES_PARKED")).isEqualTo(3);
        alone.sharding().close();
        assertThat(alone.told(ClusterEvent.Undelivered.class).stream()
                        .filter(e -> e.reason() == UndeliveredReason.CLOSED))
                .hasSize(3);
        assertThat(alone.count("MESSAGES_UNDELIVERED")).isEqualTo(4);
    }

    @Test
    void parkedBytes() {
        int own = freePort();
        int nobody = freePort();
        LoopbackNodes.Node alone = others.start(
                own,
                builder -> builder.limits(new Limits(4_096, 100, 8_192, 3, 8_192, 20, 5, 2))
                        .seeds(at(nobody))
                        .entity(EntitySpec.route(Desk.TYPE).shards(1)));
        desk(alone, "d-1").tell(new Desk.Request.Note("x".repeat(3_900)));
        desk(alone, "d-1").tell(new Desk.Request.Note("x".repeat(3_900)));
        desk(alone, "d-1").tell(new Desk.Request.Note("x".repeat(3_900)));
        awaitUndelivered(alone, UndeliveredReason.PARKED_FULL, "8192", "Limits.parkedBytes");
        assertThat(alone.count("PARKED_REFUSED")).isEqualTo(1);
        assertThat(alone.count("MESSAGES_PARKED")).isEqualTo(2);
    }

    @Test
    void mailbox() throws Exception {
        CountDownLatch door = new CountDownLatch(1);
        Desk.door = door;
        Desk.held = new CountDownLatch(1);
        EntityRef<Desk.Request> busy = desk(node, "busy");
        answer(ask("busy"));
        try {
            busy.tell(new Desk.Request.Hold());
            assertThat(Desk.held.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < 3; i++) {
                busy.tell(new Desk.Request.Note("waits"));
            }
            AskFailedException failed = failure(ask("busy"));
            assertThat(failed.reason()).isEqualTo(UndeliveredReason.MAILBOX_FULL);
            assertThat(failed).hasMessageContainingAll("desk 'busy'", "3 messages", "Limits.mailbox");
            awaitUndelivered(node, UndeliveredReason.MAILBOX_FULL, "3 messages", "Limits.mailbox");
            assertThat(node.count("MAILBOX_REFUSED")).isEqualTo(1);
        } finally {
            door.countDown();
        }
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> answer(ask("busy")).startsWith("x busy "));
    }

    @Test
    void entities() throws Exception {
        int alone = freePort();
        LoopbackNodes.Node crowded = start(others, alone, alone);
        crowded.sharding().awaitUp(PATIENCE);
        for (int i = 0; i < 20; i++) {
            answer(desk(crowded, "d-" + i).ask(Desk.Request.Count::new, LONG));
        }
        AskFailedException failed = failure(desk(crowded, "d-20").ask(Desk.Request.Count::new, LONG));
        assertThat(failed.reason()).isEqualTo(UndeliveredReason.ENTITY_LIMIT);
        assertThat(failed).hasMessageContainingAll("desk 'd-20'", "20 entities", "Limits.entities");
        awaitUndelivered(crowded, UndeliveredReason.ENTITY_LIMIT, "20 entities");
        assertThat(crowded.count("ENTITIES_REFUSED")).isEqualTo(1);
        assertThat(answer(desk(crowded, "d-0").ask(Desk.Request.Count::new, LONG)))
                .isEqualTo("x d-0 2");
    }

    @Test
    void openAsks() throws Exception {
        long failures = node.count("ASKS_FAILED");
        List<CompletionStage<String>> open = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            open.add(desk(node, "silent-" + i).ask(Desk.Request.Silence::new, Duration.ofSeconds(2)));
        }
        AskFailedException failed = failure(ask("ongoing"));
        assertThat(failed.reason()).isEqualTo(UndeliveredReason.TOO_MANY_ASKS);
        assertThat(failed).hasMessageContainingAll("5 asks", "Limits.openAsks", "desk 'ongoing'");
        assertThat(node.count("ASKS_REFUSED")).isEqualTo(1);
        for (CompletionStage<String> ask : open) {
            assertThat(failure(ask).reason()).isEqualTo(UndeliveredReason.TIMED_OUT);
        }
        assertThat(node.count("ASKS_FAILED")).isEqualTo(failures + 5);
    }

    @Test
    void frameBytes() {
        long refused = node.count("MESSAGES_REFUSED");
        LoopbackNodes.Node alone = start(others, freePort(), freePort());
        assertThatThrownBy(() -> desk(alone, "d-1").tell(new Desk.Request.Note("x".repeat(5_000))))
                .isInstanceOf(MessageRefusedException.class)
                .hasMessageContainingAll("50", "4096", "Limits.frameBytes");
        assertThat(alone.count("MESSAGES_REFUSED")).isEqualTo(1);
        assertThat(node.count("MESSAGES_REFUSED")).isEqualTo(refused);
    }

    @Test
    void members() {
        int seed = freePort();
        LoopbackNodes.Node first = start(others, seed, seed);
        first.sharding().awaitUp(PATIENCE);
        LoopbackNodes.Node second = start(others, freePort(), seed);
        second.sharding().awaitUp(PATIENCE);
        LoopbackNodes.Node third = start(others, freePort(), seed);
        third.awaitWhyNotUp("2 members", "Limits.members");
        assertThat(first.count("JOINS_REFUSED")).isPositive();
        assertThat(first.sharding().view().members()).hasSize(2);
    }
}
