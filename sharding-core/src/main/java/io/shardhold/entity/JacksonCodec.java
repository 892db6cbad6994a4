package io.shardhold.entity;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import java.util.Objects;

/**
 * Writes and reads messages as CBOR. Strict: what it does not know, it refuses, so that nothing of a message is dropped
 * silently; a component that is missing is read as null, 0 or an empty {@code Optional}.
 *
 * <p>A value of a sealed family says its simple name in {@code "@type"} ({@link SealedNames}); there is no default typing
 * and no name of a class on the wire, whatever users annotate.
 */
final class JacksonCodec<M> implements MessageCodec<M> {
    /** Deep enough for any message one would draw, far from the end of a stack. */
    private static final int MAX_NESTING = 200;

    private final MessageShape shape;
    private final ObjectWriter writer;
    private final ObjectReader reader;
    private final ObjectWriter replyWriter;
    private final ClassValue<ObjectReader> replyReaders;

    private JacksonCodec(Class<M> messages) {
        shape = MessageShape.of(messages);
        ObjectMapper mapper = mapper();
        writer = mapper.writerFor(messages);
        reader = mapper.readerFor(messages);
        replyWriter = mapper.writer();
        replyReaders = new ClassValue<>() {
            @Override
            protected ObjectReader computeValue(Class<?> request) {
                JavaType answer = ReplyTypes.of(request, mapper.getTypeFactory());
                return mapper.readerFor(answer);
            }
        };
    }

    /**
     * The codec of a message type.
     *
     * @throws IllegalArgumentException if the type is neither a record, nor another concrete class, nor a sealed family of
     *     such, or if Jackson may not reach into it; the text names the class and the remedy
     */
    static <M> MessageCodec<M> of(Class<M> messages) {
        return new JacksonCodec<>(messages);
    }

    private static ObjectMapper mapper() {
        CBORFactory cbor = CBORFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_NESTING)
                        .build())
                .streamWriteConstraints(StreamWriteConstraints.builder()
                        .maxNestingDepth(MAX_NESTING)
                        .build())
                .build();
        return CBORMapper.builder(cbor)
                .annotationIntrospector(new SealedNames())
                .polymorphicTypeValidator(new NoClassNames())
                .addModule(new CommonTypes())
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .enable(MapperFeature.BLOCK_UNSAFE_POLYMORPHIC_BASE_TYPES)
                .build();
    }

    @Override
    public byte[] encode(M message) throws Exception {
        if (!shape.isMessage(message.getClass())) {
            throw new IllegalArgumentException(
                    message.getClass().getName() + " is none of the message classes " + shape.names());
        }
        return writer.writeValueAsBytes(message);
    }

    @Override
    public M decode(byte[] bytes, ReplyAddresses replies) throws Exception {
        M message = reader.withAttribute(ReplyAddresses.class, replies).readValue(bytes);
        return Objects.requireNonNull(message, "null is no message");
    }

    @Override
    public byte[] encodeReply(Object answer) throws Exception {
        Objects.requireNonNull(answer, "an answer is never null: answer with a value, for example true");
        return replyWriter.writeValueAsBytes(answer);
    }

    @Override
    public Object decodeReply(byte[] bytes, M request) throws Exception {
        Object answer = replyReaders.get(request.getClass()).readValue(bytes);
        return Objects.requireNonNull(answer, "null is no answer");
    }
}
