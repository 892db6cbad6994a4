package io.shardhold.entity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JacksonCodecTest {
    private static final ObjectMapper PLAIN = new ObjectMapper(new CBORFactory());

    /** An address whose token is all there is to it. */
    record Address<R>(String token) implements ReplyTo<R> {
        @Override
        public void reply(R answer) {}
    }

    private static final ReplyAddresses ADDRESSES = new ReplyAddresses() {
        @Override
        public <R> ReplyTo<R> replyTo(String token) {
            if (!token.startsWith("to:")) {
                throw new IllegalArgumentException("no token: " + token);
            }
            return new Address<>(token);
        }
    };

    record Item(String sku, int count, Optional<String> note) {}

    sealed interface Outcome {
        record Done(int left) implements Outcome {}

        record Refused(String why) implements Outcome {}
    }

    sealed interface Cart {
        record Add(Item item, List<String> tags) implements Cart {}

        record Get(ReplyTo<Map<String, Integer>> replyTo) implements Cart {}

        record Clear() implements Cart {}

        record Batch(List<Cart> parts) implements Cart {}

        record Try(ReplyTo<Outcome> replyTo, Outcome last) implements Cart {}

        record TryAll(ReplyTo<List<Outcome>> replyTo) implements Cart {}

        record Due(Instant at, Duration in, Map<LocalDate, Integer> days) implements Cart {}

        record Two(ReplyTo<String> one, ReplyTo<Item> other) implements Cart {}

        record Same(ReplyTo<Item> one, ReplyTo<Item> other) implements Cart {}

        sealed interface Inner extends Cart {}

        record Deep(int depth) implements Inner {}
    }

    private final MessageCodec<Cart> codec = JacksonCodec.of(Cart.class);

    private Cart roundTrip(Cart message) throws Exception {
        return codec.decode(codec.encode(message), ADDRESSES);
    }

    @Test
    void eachMessageOfASealedFamilyComesBackAsItWas() throws Exception {
        Item item = new Item("tea", 2, Optional.of("green"));
        List<Cart> messages = List.of(
                new Cart.Add(item, List.of("a", "b")),
                new Cart.Add(new Item("tea", 2, Optional.empty()), List.of()),
                new Cart.Clear(),
                new Cart.Get(new Address<>("to:1")),
                new Cart.Batch(List.of(new Cart.Clear(), new Cart.Batch(List.of()))),
                new Cart.Try(new Address<>("to:2"), new Outcome.Refused("no")),
                new Cart.Due(
                        Instant.parse("2026-01-02T03:04:05.678901234Z"),
                        Duration.ofNanos(5),
                        Map.of(LocalDate.of(2026, 1, 2), 3)));
        for (Cart message : messages) {
            assertThat(roundTrip(message)).isEqualTo(message);
        }
        assertThat(roundTrip(new Cart.Deep(3))).isEqualTo(new Cart.Deep(3));
    }

    @Test
    void theWireNamesMessagesByTheirSimpleName() throws Exception {
        assertThat(PLAIN.readValue(codec.encode(new Cart.Clear()), Object.class))
                .isEqualTo(Map.of("@type", "Clear"));
        assertThat(PLAIN.readValue(codec.encode(new Cart.Get(new Address<>("to:7"))), Object.class))
                .isEqualTo(Map.of("@type", "Get", "replyTo", "to:7"));
    }

    @Test
    void aRecordAloneNeedsNoName() throws Exception {
        MessageCodec<Item> items = JacksonCodec.of(Item.class);
        Item item = new Item("tea", 2, Optional.of("green"));
        byte[] bytes = items.encode(item);
        assertThat(items.decode(bytes, ADDRESSES)).isEqualTo(item);
        assertThat(PLAIN.readValue(bytes, Object.class)).isEqualTo(Map.of("sku", "tea", "count", 2, "note", "green"));
    }

    record Empty() {}

    @Test
    void aRecordWithoutComponentsIsAMessage() throws Exception {
        MessageCodec<Empty> empties = JacksonCodec.of(Empty.class);
        assertThat(empties.decode(empties.encode(new Empty()), ADDRESSES)).isEqualTo(new Empty());
    }

    @Test
    void aTextOrABoxedNumberIsAMessage() throws Exception {
        MessageCodec<String> texts = JacksonCodec.of(String.class);
        assertThat(texts.decode(texts.encode("tea"), ADDRESSES)).isEqualTo("tea");
        MessageCodec<Long> numbers = JacksonCodec.of(Long.class);
        assertThat(numbers.decode(numbers.encode(7L), ADDRESSES)).isEqualTo(7L);
    }

    @Test
    void anOptionalThatIsMissingIsEmpty() throws Exception {
        MessageCodec<Item> items = JacksonCodec.of(Item.class);
        byte[] older = PLAIN.writeValueAsBytes(Map.of("sku", "tea", "count", 2));
        assertThat(items.decode(older, ADDRESSES)).isEqualTo(new Item("tea", 2, Optional.empty()));
    }

    // Answers.

    private Object answer(Cart request, Object answer) throws Exception {
        return codec.decodeReply(codec.encodeReply(answer), request);
    }

    @Test
    void anAnswerIsReadAsTheRequestSays() throws Exception {
        assertThat(answer(new Cart.Get(new Address<>("to:1")), Map.of("tea", 2)))
                .isEqualTo(Map.of("tea", 2));
        Item item = new Item("tea", 2, Optional.empty());
        assertThat(answer(new Cart.Same(new Address<>("to:1"), new Address<>("to:2")), item))
                .isEqualTo(item);
    }

    @Test
    void anAnswerOfASealedFamilyKeepsItsClassAlsoWithinAList() throws Exception {
        Outcome done = new Outcome.Done(3);
        assertThat(answer(new Cart.Try(new Address<>("to:1"), done), done)).isEqualTo(done);
        List<Outcome> all = List.of(done, new Outcome.Refused("no"));
        assertThat(answer(new Cart.TryAll(new Address<>("to:1")), all)).isEqualTo(all);
    }

    @Test
    void anAnswerToARequestWithoutOneExpectationIsReadAsItLooks() throws Exception {
        Item item = new Item("tea", 2, Optional.empty());
        Map<String, @Nullable Object> looks = new LinkedHashMap<>();
        looks.put("sku", "tea");
        looks.put("count", 2);
        looks.put("note", null);
        assertThat(answer(new Cart.Two(new Address<>("to:1"), new Address<>("to:2")), item))
                .isEqualTo(looks);
        assertThat(answer(new Cart.Clear(), "done")).isEqualTo("done");
    }

    record Wrapped<T>(ReplyTo<T> replyTo) {}

    abstract static class Base<T> {
        @Nullable
        public ReplyTo<List<T>> replyTo;
    }

    static final class Ask extends Base<Item> {}

    @Test
    void theExpectedAnswerIsFoundThroughTypeVariablesWhereTheyAreKnown() throws Exception {
        MessageCodec<Ask> asks = JacksonCodec.of(Ask.class);
        List<Item> items = List.of(new Item("tea", 2, Optional.empty()));
        assertThat(asks.decodeReply(asks.encodeReply(items), new Ask())).isEqualTo(items);
        assertThat(ReplyTypes.of(Wrapped.class, PLAIN.getTypeFactory()).getRawClass())
                .isEqualTo(Object.class);
    }

    @Test
    void thereAreNoNullAnswers() throws Exception {
        Object none = Collections.singletonList(null).get(0);
        assertThatThrownBy(() -> codec.encodeReply(none)).hasMessageContaining("an answer is never null");
        byte[] nothing = PLAIN.writeValueAsBytes(none);
        assertThatThrownBy(() -> codec.decodeReply(nothing, new Cart.Clear()))
                .hasMessageContaining("null is no answer");
    }

    @Test
    void aRequestForNothingIsRefusedAtOnce() {
        record Flush(ReplyTo<Void> replyTo) {}
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacksonCodec.of(Flush.class))
                .withMessageContaining("Flush expects a Void")
                .withMessageContaining("ReplyTo<Boolean>");
    }

    @Test
    void anAnswerThatHoldsAnAddressIsRefused() throws Exception {
        record Hidden(ReplyTo<ReplyTo<String>> replyTo) {}
        MessageCodec<Hidden> hidden = JacksonCodec.of(Hidden.class);
        byte[] bytes = hidden.encodeReply(new Address<>("to:1"));
        assertThatThrownBy(() -> hidden.decodeReply(bytes, new Hidden(new Address<>("to:2"))))
                .isInstanceOf(JsonMappingException.class)
                .hasMessageContaining("cannot hold an address");
    }

    // Message types that are refused at once.

    interface Loose {}

    sealed interface Half permits Half.Known, Half.Unknown {
        record Known() implements Half {}

        non-sealed interface Unknown extends Half {}
    }

    sealed interface Twins {
        record Left() implements Twins {}

        sealed interface Nest extends Twins {}

        final class Other {
            record Left() implements Nest {}
        }
    }

    sealed interface Colours {
        enum Colour implements Colours {
            RED
        }
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
    sealed interface ByClass {
        record One() implements ByClass {}
    }

    record Carrier(Object any) {}

    record Chosen(@JsonTypeInfo(use = JsonTypeInfo.Id.CLASS) Object any) {}

    @Test
    void aTypeOpenToUnknownSubclassesIsRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacksonCodec.of(Loose.class))
                .withMessageContaining("Loose is open to unknown subclasses")
                .withMessageContaining("sealed interface");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacksonCodec.of(Half.class))
                .withMessageContaining("Half$Unknown is open");
    }

    @Test
    void twoMessagesOfOneSimpleNameAreRefusedAndBothNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacksonCodec.of(Twins.class))
                .withMessageContaining("Twins$Left")
                .withMessageContaining("Twins$Other$Left");
    }

    record TwinHolder(Twins twins) {}

    @Test
    void twoOfOneNameAreRefusedInAPartOfAMessageToo() {
        MessageCodec<TwinHolder> holders = JacksonCodec.of(TwinHolder.class);
        assertThatThrownBy(() -> holders.encode(new TwinHolder(new Twins.Left())))
                .hasMessageContaining("Twins$Left")
                .hasMessageContaining("Twins$Other$Left");
    }

    sealed interface Renamed {
        @JsonTypeName("first")
        record One(int number) implements Renamed {}

        @JsonTypeName("first")
        record Two(int number) implements Renamed {}
    }

    sealed interface Told {
        @JsonTypeName("first")
        record One(int number) implements Told {}
    }

    @Test
    void aNameOfTheUsersOwnTakesTheSimpleNamesPlace() throws Exception {
        MessageCodec<Told> told = JacksonCodec.of(Told.class);
        byte[] bytes = told.encode(new Told.One(1));
        assertThat(PLAIN.readValue(bytes, Object.class)).isEqualTo(Map.of("@type", "first", "number", 1));
        assertThat(told.decode(bytes, ADDRESSES)).isEqualTo(new Told.One(1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacksonCodec.of(Renamed.class))
                .withMessageContaining("have the name first");
    }

    @Test
    void anEnumAnArrayAndAnInnerClassAreRefused() {
        class Local {}
        assertThatIllegalArgumentException().isThrownBy(() -> JacksonCodec.of(Colours.class));
        assertThatIllegalArgumentException().isThrownBy(() -> JacksonCodec.of(byte[].class));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacksonCodec.of(Local.class))
                .withMessageContaining("top-level or static");
    }

    @Test
    void aSubclassThatIsNoMessageIsRefusedAtTheSender() {
        MessageCodec<Open> open = JacksonCodec.of(Open.class);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> open.encode(new Opened()))
                .withMessageContaining("Opened is none of the message classes [Open]");
    }

    static class Open {
        public int number;
    }

    static final class Opened extends Open {}

    @Test
    void namesOfClassesAreNeitherWrittenNorRead() throws Exception {
        assertThatThrownBy(() -> JacksonCodec.of(ByClass.class).encode(new ByClass.One()))
                .hasMessageContaining("names of classes");
        MessageCodec<Chosen> chosen = JacksonCodec.of(Chosen.class);
        assertThatThrownBy(() -> chosen.encode(new Chosen(new Item("tea", 1, Optional.empty()))))
                .hasMessageContaining("names of classes");
        byte[] bytes = PLAIN.writeValueAsBytes(Map.of("any", Map.of("@class", "java.lang.Thread")));
        assertThatThrownBy(() -> chosen.decode(bytes, ADDRESSES)).isInstanceOf(Exception.class);
        byte[] untyped = PLAIN.writeValueAsBytes(Map.of("any", List.of("java.lang.Thread", Map.of())));
        MessageCodec<Carrier> carriers = JacksonCodec.of(Carrier.class);
        assertThat(carriers.decode(untyped, ADDRESSES)).isEqualTo(new Carrier(List.of("java.lang.Thread", Map.of())));
    }

    // Bad input.

    @Test
    void anUnknownOrMissingNameIsRefused() throws Exception {
        byte[] unknown = PLAIN.writeValueAsBytes(Map.of("@type", "Explode"));
        assertThatThrownBy(() -> codec.decode(unknown, ADDRESSES)).isInstanceOf(InvalidTypeIdException.class);
        byte[] byClass = PLAIN.writeValueAsBytes(Map.of("@type", Cart.Clear.class.getName()));
        assertThatThrownBy(() -> codec.decode(byClass, ADDRESSES)).isInstanceOf(InvalidTypeIdException.class);
        byte[] missing = PLAIN.writeValueAsBytes(Map.of("parts", List.of()));
        assertThatThrownBy(() -> codec.decode(missing, ADDRESSES)).isInstanceOf(InvalidTypeIdException.class);
    }

    @Test
    void whatIsOfAnotherTypeIsRefused() throws Exception {
        MessageCodec<Item> items = JacksonCodec.of(Item.class);
        for (Object wrong : Arrays.asList(
                Map.of("sku", "tea", "count", "2"),
                Map.of("sku", "tea", "count", 2.5),
                Map.of("sku", "tea", "count", 1L << 40),
                Map.of("sku", "tea", "amount", 2),
                List.of("tea", 2),
                "tea",
                null)) {
            byte[] bytes = PLAIN.writeValueAsBytes(wrong);
            assertThatThrownBy(() -> items.decode(bytes, ADDRESSES))
                    .as(String.valueOf(wrong))
                    .isInstanceOf(Exception.class);
        }
    }

    @Test
    void aMalformedAddressOrTimeIsRefused() throws Exception {
        byte[] address = PLAIN.writeValueAsBytes(Map.of("@type", "Get", "replyTo", "nowhere"));
        assertThatThrownBy(() -> codec.decode(address, ADDRESSES)).isInstanceOf(JsonMappingException.class);
        byte[] number = PLAIN.writeValueAsBytes(Map.of("@type", "Get", "replyTo", 7));
        assertThatThrownBy(() -> codec.decode(number, ADDRESSES)).isInstanceOf(JsonMappingException.class);
        byte[] time = PLAIN.writeValueAsBytes(Map.of("@type", "Due", "at", "yesterday"));
        assertThatThrownBy(() -> codec.decode(time, ADDRESSES))
                .isInstanceOf(JsonMappingException.class)
                .hasMessageContaining("ISO 8601");
        byte[] day = PLAIN.writeValueAsBytes(Map.of("@type", "Due", "days", Map.of("someday", 1)));
        assertThatThrownBy(() -> codec.decode(day, ADDRESSES)).isInstanceOf(JsonMappingException.class);
    }

    @Test
    void bytesBehindTheMessageAreRefused() throws Exception {
        byte[] bytes = codec.encode(new Cart.Clear());
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
        assertThatThrownBy(() -> codec.decode(longer, ADDRESSES)).isInstanceOf(Exception.class);
    }

    @Test
    void truncatedAndRandomBytesNeverDoWorseThanThrowAnException() throws Exception {
        byte[] good = codec.encode(new Cart.Add(new Item("tea", 2, Optional.empty()), List.of("a")));
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertThatThrownBy(() -> codec.decode(cut, ADDRESSES)).isInstanceOf(Exception.class);
        }
        Random random = new Random(4711);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = good.clone();
            for (int i = 0; i < 3; i++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            decodeOrThrow(bytes);
            random.nextBytes(bytes);
            decodeOrThrow(bytes);
        }
    }

    /** The promise is: a message or an Exception; no Error, no endless loop. */
    private void decodeOrThrow(byte[] bytes) {
        Throwable thrown = catchThrowable(() -> codec.decode(bytes, ADDRESSES));
        assertThat(thrown == null || thrown instanceof Exception)
                .as(Arrays.toString(bytes))
                .isTrue();
    }

    @Test
    void whatIsNestedTooDeepIsRefusedOnBothSides() throws Exception {
        byte[] deep = new byte[100_000];
        Arrays.fill(deep, (byte) 0x81);
        assertThatThrownBy(() -> JacksonCodec.of(Carrier.class).decode(deep, ADDRESSES))
                .isInstanceOf(Exception.class);
        byte[] inside = new byte[100_000];
        Arrays.fill(inside, (byte) 0x81);
        byte[] head = {(byte) 0xa1, 0x63, 'a', 'n', 'y'};
        System.arraycopy(head, 0, inside, 0, head.length);
        assertThatThrownBy(() -> JacksonCodec.of(Carrier.class).decode(inside, ADDRESSES))
                .isInstanceOf(JsonMappingException.class)
                .hasMessageContaining("nesting depth");
        List<Object> nested = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            nested = new ArrayList<>(List.of(nested));
        }
        Carrier carrier = new Carrier(nested);
        assertThatThrownBy(() -> JacksonCodec.of(Carrier.class).encode(carrier)).isInstanceOf(Exception.class);
    }
}
