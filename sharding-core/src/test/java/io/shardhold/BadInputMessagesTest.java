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
import io.shardhold.entity.AskFailedException;
import io.shardhold.entity.EntityRef;
import io.shardhold.entity.EntityType;
import io.shardhold.entity.MessageRefusedException;
import io.shardhold.entity.ReplyTo;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What users send, and what their own classes throw, on two nodes that serve others meanwhile. */
final class BadInputMessagesTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final int SHARDS = 4;

    private static final LoopbackNodes NODES = new LoopbackNodes();
    private static LoopbackNodes.Node a;
    private static LoopbackNodes.Node b;

    /** Entities that are asked after each test, and what they should count. */
    private static final Map<String, Integer> ONGOING = new HashMap<>();

    @BeforeAll
    static void startTwoNodes() throws Exception {
        int first = freePort();
        int second = freePort();
        a = start(first, first, "a");
        b = start(second, first, "b");
        a.sharding().awaitUp(PATIENCE);
        b.sharding().awaitUp(PATIENCE);
        for (int i = 0; i < 20; i++) {
            answer(ask(a, "warm-" + i));
        }
        await().atMost(PATIENCE).until(() -> hosted(a) == SHARDS / 2 && hosted(b) == SHARDS / 2);
        for (String node : List.of("a", "b")) {
            String id = idAt(node, "ongoing");
            ONGOING.put(id, countOf(answer(ask(a, id))));
        }
    }

    @AfterAll
    static void stop() {
        NODES.close();
    }

    private static LoopbackNodes.Node start(int port, int seed, String name) {
        return NODES.start(
                port,
                builder -> builder.name(name)
                        .seeds(at(seed))
                        .entity(EntitySpec.of(Desk.TYPE, context -> Desk.open(context, name))
                                .shards(SHARDS)));
    }

    private static int hosted(LoopbackNodes.Node node) {
        return node.sharding().hostedShards(Desk.TYPE);
    }

    /** An id of this family that is served by the node. */
    private static String idAt(String node, String family) throws Exception {
        for (int i = 0; i < 100; i++) {
            String id = family + "-" + i;
            if (answer(ask(a, "where-" + i)).startsWith(node + " ") && shardOf(id) == shardOf("where-" + i)) {
                return id;
            }
        }
        throw new AssertionError("no entity of " + family + " at " + node);
    }

    private static int shardOf(String id) {
        return io.shardhold.internal.protocol.ShardKey.shardOf(id, SHARDS);
    }

    private static EntityRef<Desk.Request> desk(LoopbackNodes.Node node, String id) {
        return node.sharding().entityRef(Desk.TYPE, id);
    }

    private static CompletionStage<String> ask(LoopbackNodes.Node node, String id) {
        return desk(node, id).ask(Desk.Request.Count::new, LONG);
    }

    private static int countOf(String answer) {
        return Integer.parseInt(answer.substring(answer.lastIndexOf(' ') + 1));
    }

    private static CompletionStage<String> echo(LoopbackNodes.Node node, String id, String text) {
        return desk(node, id).ask((ReplyTo<String> replyTo) -> new Desk.Request.Echo(text, replyTo), LONG);
    }

    /** The same instances go on counting, near and far; no connection was lost, nobody was judged. */
    @AfterEach
    void othersWereNotDisturbed() throws Exception {
        for (Map.Entry<String, Integer> entity : ONGOING.entrySet()) {
            entity.setValue(entity.getValue() + 2);
            answer(ask(a, entity.getKey()));
            assertThat(countOf(answer(ask(b, entity.getKey())))).isEqualTo(entity.getValue());
        }
        for (LoopbackNodes.Node node : List.of(a, b)) {
            assertThat(node.told(ClusterEvent.LinkLost.class)).isEmpty();
            assertThat(node.told(ClusterEvent.MachineFault.class)).isEmpty();
        }
    }

    // ---- codecs ------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"encode", "encode error"})
    void aCodecThatDoesNotWriteRefusesTheMessageAtTheCaller(String text) throws Exception {
        String far = idAt("b", "encode");
        long refused = a.count("MESSAGES_REFUSED");
        assertThatThrownBy(() -> echo(a, far, text))
                .isInstanceOf(MessageRefusedException.class)
                .hasMessageContainingAll("'desk'", "Echo", far, text.contains(" ") ? "Codec/encode" : "'encode'")
                .hasRootCauseInstanceOf(text.contains(" ") ? NoClassDefFoundError.class : IllegalStateException.class);
        assertThat(a.count("MESSAGES_REFUSED")).isEqualTo(refused + 1);
        assertThat(answer(echo(a, far, "fine"))).isEqualTo("fine");
    }

    @ParameterizedTest
    @ValueSource(strings = {"decode", "decode error"})
    void aCodecThatDoesNotReadAMessageFailsTheAskAndIsReportedWhereItHappens(String text) throws Exception {
        String far = idAt("b", "decode");
        AskFailedException failed = failure(echo(a, far, text));
        assertThat(failed.reason()).isEqualTo(UndeliveredReason.CODEC_FAILED);
        assertThat(failed).hasMessageContainingAll("desk '" + far + "'", "decode");
        b.awaitEvent(
                ClusterEvent.Undelivered.class,
                e -> e.reason() == UndeliveredReason.CODEC_FAILED
                        && e.entityId().equals(far));
    }

    @ParameterizedTest
    @ValueSource(strings = {"answer", "answer error"})
    void aCodecThatDoesNotWriteAnAnswerFailsTheAsk(String text) throws Exception {
        String far = idAt("b", "answer");
        AskFailedException failed = failure(echo(a, far, text));
        assertThat(failed.reason()).isEqualTo(UndeliveredReason.CODEC_FAILED);
        assertThat(failed).hasMessageContainingAll("desk '" + far + "'", "answer", "java.lang.String");
    }

    @ParameterizedTest
    @ValueSource(strings = {"read", "read error", "read null"})
    void aCodecThatDoesNotReadAnAnswerFailsTheAsk(String text) throws Exception {
        String far = idAt("b", "read");
        AskFailedException failed = failure(echo(a, far, text));
        assertThat(failed.reason()).isEqualTo(UndeliveredReason.CODEC_FAILED);
        assertThat(failed)
                .hasMessageContainingAll("desk '" + far + "'", "answer", text.equals("read null") ? "null" : "read");
    }

    // ---- sizes -------------------------------------------------------------------------------------------------

    @Test
    void aMessageOf100MegabytesIsRefusedAtTheCallerWithBothSizes() throws Exception {
        String far = idAt("b", "huge");
        String huge = "x".repeat(100 << 20);
        long refused = a.count("MESSAGES_REFUSED");
        assertThatThrownBy(() -> desk(a, far).tell(new Desk.Request.Note(huge)))
                .isInstanceOf(MessageRefusedException.class)
                .hasMessageContainingAll("1048", "'" + far + "'", "1048576", "Limits.frameBytes")
                .message()
                .hasSizeLessThan(500);
        assertThat(a.count("MESSAGES_REFUSED")).isEqualTo(refused + 1);
    }

    @Test
    void anAnswerOf2MegabytesFailsTheAskWithBothSizes() throws Exception {
        String far = idAt("b", "large");
        AskFailedException failed =
                failure(desk(a, far).ask((ReplyTo<String> replyTo) -> new Desk.Request.Fill(2_000_000, replyTo), LONG));
        assertThat(failed.reason()).isEqualTo(UndeliveredReason.CODEC_FAILED);
        assertThat(failed)
                .hasMessageContainingAll("1048576", "Limits.frameBytes")
                .hasMessageMatching(".*has 200\\d{4} bytes.*");
        assertThat(answer(
                        desk(a, far).ask((ReplyTo<String> replyTo) -> new Desk.Request.Fill(1_000_000, replyTo), LONG)))
                .hasSize(1_000_000);
    }

    // ---- names -------------------------------------------------------------------------------------------------

    @Test
    void anUnknownTypeIsRefusedWithTheKnownOnes() {
        EntityType<Desk.Request> other = EntityType.of("dask", Desk.Request.class);
        assertThatThrownBy(() -> a.sharding().entityRef(other, "d-1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("'dask'", "[desk]", "EntitySpec");
    }

    @Test
    void anotherMessageClassUnderTheSameNameIsRefused() {
        EntityType<Desk.Request.Note> other = EntityType.of("desk", Desk.Request.Note.class);
        assertThatThrownBy(() -> a.sharding().entityRef(other, "d-1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("desk", Desk.Request.class.getName(), Desk.Request.Note.class.getName());
    }

    @Test
    void anIdThatIsEmptyTooLongOrNoTextIsRefused() {
        assertThatThrownBy(() -> desk(a, ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 to 1024");
        assertThatThrownBy(() -> desk(a, "x".repeat(1_000_000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("1 to 1024", "1000000")
                .message()
                .hasSizeLessThan(500);
        assertThatThrownBy(() -> desk(a, "half \ud83d a character"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("U+D83D");
    }

    @Test
    @SuppressWarnings({"unchecked", "NullAway", "rawtypes"})
    void aMessageOfAnotherClassOrNullIsRefusedWithItsClass() {
        EntityRef raw = desk(a, "d-1");
        assertThatThrownBy(() -> raw.tell("a text"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("desk", Desk.Request.class.getName(), "java.lang.String");
        assertThatThrownBy(() -> raw.tell(null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("null");
    }

    // ---- entities that throw -----------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"unmakeable", "unlinkable"})
    void aFactoryThatThrowsFailsTheAskNearAndFar(String family) throws Exception {
        for (String node : List.of("a", "b")) {
            String id = idAt(node, family);
            AskFailedException failed = failure(ask(a, id));
            assertThat(failed.reason()).isEqualTo(UndeliveredReason.FACTORY_FAILED);
            assertThat(failed)
                    .hasMessageContainingAll(
                            "desk '" + id + "'", family.equals("unmakeable") ? "no desk for " + id : "no/such/Desk");
            (node.equals("a") ? a : b)
                    .awaitEvent(
                            ClusterEvent.EntityFailed.class, e -> e.entityId().equals(id));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"this", "error"})
    void aHandlerThatThrowsFailsTheAskAndTheNextMessageMeetsAFreshEntity(String what) throws Exception {
        for (String node : List.of("a", "b")) {
            String id = idAt(node, "throw-" + what);
            answer(ask(a, id));
            assertThat(countOf(answer(ask(a, id)))).isEqualTo(2);
            AskFailedException failed =
                    failure(desk(a, id).ask((ReplyTo<String> replyTo) -> new Desk.Request.Throw(what, replyTo), LONG));
            assertThat(failed.reason()).isEqualTo(UndeliveredReason.HANDLER_FAILED);
            assertThat(failed)
                    .hasMessageContainingAll(
                            "desk '" + id + "'", what.equals("error") ? "StackOverflowError" : "cannot handle 'this'");
            assertThat(countOf(answer(ask(a, id)))).isEqualTo(1);
            (node.equals("a") ? a : b)
                    .awaitEvent(
                            ClusterEvent.EntityFailed.class, e -> e.entityId().equals(id));
        }
    }

    @Test
    void anAnswerOfNullIsTheHandlersMistakeNearAndFar() throws Exception {
        for (String node : List.of("a", "b")) {
            AskFailedException failed = failure(desk(a, idAt(node, "nothing")).ask(Desk.Request.AnswerNull::new, LONG));
            assertThat(failed.reason()).isEqualTo(UndeliveredReason.HANDLER_FAILED);
            assertThat(failed).hasMessageContaining("an answer is never null");
        }
    }

    // ---- time --------------------------------------------------------------------------------------------------

    @Test
    void anAskWhoseTimePassesSaysHowLongAndWhereTheEntityIs() throws Exception {
        Duration shortly = Duration.ofMillis(300);
        AskFailedException near = failure(desk(a, idAt("a", "silent")).ask(Desk.Request.Silence::new, shortly));
        assertThat(near.reason()).isEqualTo(UndeliveredReason.TIMED_OUT);
        assertThat(near).hasMessageContainingAll("0.3 s", "on this node");
        AskFailedException far = failure(desk(a, idAt("b", "silent")).ask(Desk.Request.Silence::new, shortly));
        assertThat(far.reason()).isEqualTo(UndeliveredReason.TIMED_OUT);
        assertThat(far).hasMessageContainingAll("0.3 s", b.address());
    }

    @Test
    void aTimeoutOutOfRangeIsRefused() {
        for (Duration bad : List.of(Duration.ZERO, Duration.ofMillis(-5), Duration.ofHours(2))) {
            assertThatThrownBy(() -> desk(a, "d-1").ask(Desk.Request.Count::new, bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("1 ms to 1 h", bad.toString());
        }
    }

    // ---- strangers ---------------------------------------------------------------------------------------------

    @Test
    void strangersAtThePortAreClosedAndToldWhileTrafficFlows() throws Exception {
        String far = idAt("b", "traffic");
        int before = countOf(answer(ask(a, far)));
        byte[] http = "GET / HTTP/1.1\r\nHost: shop\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        byte[] garbage = new byte[100_000];
        java.util.Arrays.fill(garbage, (byte) 0x9c);
        for (int i = 0; i < 20; i++) {
            sendTo(b.address(), i % 2 == 0 ? http : garbage);
            assertThat(countOf(answer(ask(a, far)))).isEqualTo(before + i + 1);
        }
        b.awaitEvent(ClusterEvent.PeerRefused.class, e -> e.reason().contains("not Shardhold"));
        b.awaitCount("PEERS_REFUSED", 20);
    }

    /** Sends the bytes and waits until the other end closes. */
    private static void sendTo(String address, byte[] bytes) {
        String[] parts = address.split(":", -1);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(parts[1]))) {
            socket.getOutputStream().write(bytes);
            InputStream in = socket.getInputStream();
            assertThat(in.read()).isEqualTo(-1);
        } catch (IOException e) {
            // Reset is closed as well.
        }
    }
}
