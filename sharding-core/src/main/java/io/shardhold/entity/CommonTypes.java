package io.shardhold.entity;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What messages have and Jackson alone does not write: addresses for answers, {@code Optional}, and of {@code java.time}
 * the types that are their own ISO 8601 text.
 */
final class CommonTypes extends SimpleModule {
    private static final long serialVersionUID = 1L;

    CommonTypes() {
        super("shardhold");
        addSerializer(ReplyTo.class, new AddressWriter());
        addDeserializer(ReplyTo.class, new AddressReader());
        addSerializer(Optional.class, new OptionalWriter());
        addDeserializer(Optional.class, new OptionalReader(null));
        addText(Instant.class, Instant::parse);
        addText(Duration.class, Duration::parse);
        addText(LocalDate.class, LocalDate::parse);
        addText(LocalTime.class, LocalTime::parse);
        addText(LocalDateTime.class, LocalDateTime::parse);
        addText(OffsetDateTime.class, OffsetDateTime::parse);
        addText(ZonedDateTime.class, ZonedDateTime::parse);
    }

    private <T> void addText(Class<T> type, Function<String, T> parse) {
        addSerializer(type, new TextWriter<>());
        addDeserializer(type, new TextReader<>(type, parse));
        addKeyDeserializer(type, new TextKeyReader(type, parse));
    }

    private static final class TextWriter<T> extends JsonSerializer<T> {
        @Override
        public void serialize(T value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            generator.writeString(value.toString());
        }
    }

    private static final class TextReader<T> extends JsonDeserializer<T> {
        private final Class<T> type;
        private final Function<String, T> parse;

        TextReader(Class<T> type, Function<String, T> parse) {
            this.type = type;
            this.parse = parse;
        }

        @Override
        public @Nullable T deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            String text = textOf(parser, context, type);
            try {
                return parse.apply(text);
            } catch (DateTimeException malformed) {
                return type.cast(context.handleWeirdStringValue(type, text, "not ISO 8601"));
            }
        }
    }

    private static final class TextKeyReader extends KeyDeserializer {
        private final Class<?> type;
        private final Function<String, ?> parse;

        TextKeyReader(Class<?> type, Function<String, ?> parse) {
            this.type = type;
            this.parse = parse;
        }

        @Override
        public @Nullable Object deserializeKey(String key, DeserializationContext context) throws IOException {
            try {
                return parse.apply(key);
            } catch (DateTimeException malformed) {
                return context.handleWeirdKey(type, key, "not ISO 8601");
            }
        }
    }

    private static final class AddressWriter extends JsonSerializer<Object> {
        @Override
        public void serialize(Object value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            generator.writeString(((ReplyTo<?>) value).token());
        }
    }

    private static final class AddressReader extends JsonDeserializer<ReplyTo<?>> {
        @Override
        public @Nullable ReplyTo<?> deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            String token = textOf(parser, context, ReplyTo.class);
            if (!(context.getAttribute(ReplyAddresses.class) instanceof ReplyAddresses replies)) {
                return context.reportInputMismatch(ReplyTo.class, "an answer cannot hold an address for answers");
            }
            try {
                return replies.replyTo(token);
            } catch (IllegalArgumentException malformed) {
                return (ReplyTo<?>) context.handleWeirdStringValue(ReplyTo.class, token, "no address for answers");
            }
        }
    }

    private static final class OptionalWriter extends JsonSerializer<Object> {
        @Override
        public void serialize(Object value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            provider.defaultSerializeValue(((Optional<?>) value).orElse(null), generator);
        }
    }

    /** Reads an empty one from null, and where the component is missing. */
    private static final class OptionalReader extends JsonDeserializer<Optional<?>> implements ContextualDeserializer {
        private final @Nullable JavaType content;

        OptionalReader(@Nullable JavaType content) {
            this.content = content;
        }

        @Override
        public JsonDeserializer<?> createContextual(DeserializationContext context, @Nullable BeanProperty property) {
            JavaType optional = context.getContextualType();
            return new OptionalReader(optional == null ? null : optional.containedTypeOrUnknown(0));
        }

        @Override
        public Optional<?> deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            JavaType wanted = content == null ? context.constructType(Object.class) : content;
            return Optional.ofNullable(context.readValue(parser, wanted));
        }

        @Override
        public Optional<?> getNullValue(DeserializationContext context) {
            return Optional.empty();
        }

        @Override
        public Optional<?> getAbsentValue(DeserializationContext context) {
            return Optional.empty();
        }
    }

    private static String textOf(JsonParser parser, DeserializationContext context, Class<?> type) throws IOException {
        String text = parser.hasToken(JsonToken.VALUE_STRING) ? parser.getText() : null;
        return text != null
                ? text
                : context.reportInputMismatch(type, "expected a text, met %s", parser.currentToken());
    }
}
