package io.shardhold.lease.k8s;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON as a tree that can be written back as it was read: {@link LinkedHashMap}, {@link ArrayList}, {@link String}, {@link
 * Digits}, {@link Boolean} and null. What is unknown stays, in its order, and a number keeps its digits.
 *
 * <p>Bounded, as it comes from elsewhere: {@value #MOST_BYTES} bytes, {@value #MOST_DEPTH} levels. A key that appears twice
 * is refused: two readers would understand two things.
 */
final class Json {
    static final int MOST_BYTES = 1 << 20;
    static final int MOST_DEPTH = 64;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxDocumentLength(MOST_BYTES)
                    .maxNestingDepth(MOST_DEPTH)
                    .maxStringLength(MOST_BYTES)
                    .maxNameLength(4096)
                    .maxNumberLength(100)
                    .build())
            .streamWriteConstraints(StreamWriteConstraints.builder()
                    .maxNestingDepth(MOST_DEPTH + 4)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private Json() {}

    /** A number as it is written. */
    record Digits(String digits) {
        static Digits of(long value) {
            return new Digits(Long.toString(value));
        }

        @Override
        public String toString() {
            return digits;
        }
    }

    /** Is not what it should be. The message says where and never shows the text: there may be secrets in it. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed(String message) {
            super(message);
        }
    }

    /** An object and nothing behind it. */
    static Map<String, @Nullable Object> readObject(byte[] bytes) throws Malformed {
        if (bytes.length > MOST_BYTES) {
            throw new Malformed(bytes.length + " bytes are more than " + MOST_BYTES);
        }
        try (JsonParser parser = FACTORY.createParser(bytes)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new Malformed("not a JSON object");
            }
            Map<String, @Nullable Object> object = object(parser);
            if (parser.nextToken() != null) {
                throw new Malformed("something follows the JSON object");
            }
            return object;
        } catch (JsonProcessingException e) {
            throw new Malformed(
                    e.getLocation() == null
                            ? "not JSON"
                            : "not JSON, or beyond what is read, at line "
                                    + e.getLocation().getLineNr() + ", column "
                                    + e.getLocation().getColumnNr());
        } catch (IOException e) {
            throw new Malformed("not JSON, or in a character set that is not read");
        }
    }

    private static Map<String, @Nullable Object> object(JsonParser parser) throws IOException {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            fields.put(name, value(parser));
        }
        return fields;
    }

    private static List<@Nullable Object> array(JsonParser parser) throws IOException {
        List<@Nullable Object> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            elements.add(value(parser));
        }
        return elements;
    }

    /** Recursion ends with the depth that the parser allows. */
    private static @Nullable Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Digits(parser.getText());
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }

    static byte[] write(Map<String, ?> object) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        try (JsonGenerator generator = FACTORY.createGenerator(bytes)) {
            write(generator, object);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void write(JsonGenerator generator, @Nullable Object value) throws IOException {
        if (value == null) {
            generator.writeNull();
        } else if (value instanceof Map<?, ?> object) {
            generator.writeStartObject();
            for (Map.Entry<?, ?> field : object.entrySet()) {
                generator.writeFieldName((String) field.getKey());
                write(generator, field.getValue());
            }
            generator.writeEndObject();
        } else if (value instanceof List<?> elements) {
            generator.writeStartArray();
            for (Object element : elements) {
                write(generator, element);
            }
            generator.writeEndArray();
        } else if (value instanceof String text) {
            generator.writeString(text);
        } else if (value instanceof Digits number) {
            generator.writeNumber(number.digits());
        } else if (value instanceof Boolean truth) {
            generator.writeBoolean(truth);
        } else {
            throw new IllegalArgumentException("no JSON: " + value.getClass());
        }
    }

    /** A copy whose objects may be changed without changing this one's. */
    static Map<String, @Nullable Object> copy(Map<String, @Nullable Object> object) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>(object);
        copy.replaceAll((key, value) -> value instanceof Map<?, ?> ? copy(asObject(value)) : value);
        return copy;
    }

    /** The object in this field; empty, and not part of the tree, if there is none. */
    static Map<String, @Nullable Object> objectIn(Map<String, @Nullable Object> object, String field) {
        return objectOf(object.get(field));
    }

    /** The same for an element of an array. */
    static Map<String, @Nullable Object> objectOf(@Nullable Object value) {
        return value instanceof Map<?, ?> ? asObject(value) : new LinkedHashMap<>();
    }

    /** The text in this field, or null. */
    static @Nullable String textIn(Map<String, @Nullable Object> object, String field) {
        return object.get(field) instanceof String text ? text : null;
    }

    @SuppressWarnings("unchecked") // The keys of every object that is read here are strings.
    private static Map<String, @Nullable Object> asObject(Object value) {
        return (Map<String, @Nullable Object>) value;
    }
}
