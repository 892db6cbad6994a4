package io.shardhold.entity;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A kind of entity: a name that all nodes agree on, the type of its messages, and their codec.
 *
 * <pre>{@code
 * sealed interface Cart {
 *   record Add(String sku, int count) implements Cart {}
 *   record Get(ReplyTo<Map<String, Integer>> replyTo) implements Cart {}
 * }
 * static final EntityType<Cart> CART = EntityType.of("cart", Cart.class);
 * }</pre>
 *
 * @param <M> type of the messages
 */
public final class EntityType<M> {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
    private final String name;
    private final Class<M> messages;
    private final MessageCodec<M> codec;

    private EntityType(String name, Class<M> messages, MessageCodec<M> codec) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("entity type name must be 1 to 64 of a-z, 0-9, '.', '_', '-' and begin"
                    + " with a letter or digit, was '" + name + "'");
        }
        this.name = name;
        this.messages = Objects.requireNonNull(messages, "messages");
        this.codec = Objects.requireNonNull(codec, "codec");
    }

    /**
     * A type whose messages are encoded as CBOR by Jackson: a record, another concrete class, or a sealed interface of
     * such. The members of a sealed family are told apart on the wire by their simple names.
     *
     * <p>Beside what Jackson knows, messages and answers may hold {@code ReplyTo} (messages only), {@code Optional}, and
     * {@code Instant}, {@code Duration}, {@code LocalDate}, {@code LocalTime}, {@code LocalDateTime},
     * {@code OffsetDateTime}, {@code ZonedDateTime}. A component that is missing is read as null, 0 or empty; one that is
     * unknown is refused. So add a component in two steps: first to all nodes that read it, then to those that write it.
     *
     * <p>An answer is read as the X of the message's {@code ReplyTo<X>}, and as what it looks like (a map, a list, a text,
     * a number) if a message has several that differ. No answer is null: answer with {@code true} where there is nothing
     * to say. A named module needs {@code opens your.messages to com.fasterxml.jackson.databind;}.
     *
     * @throws IllegalArgumentException if Jackson cannot know all subtypes of the message type or may not reach into one,
     *     or the name is malformed
     */
    public static <M> EntityType<M> of(String name, Class<M> messages) {
        return new EntityType<>(name, messages, JacksonCodec.of(messages));
    }

    /** A type with a codec of its own. */
    public static <M> EntityType<M> of(String name, Class<M> messages, MessageCodec<M> codec) {
        return new EntityType<>(name, messages, codec);
    }

    public String name() {
        return name;
    }

    public Class<M> messages() {
        return messages;
    }

    public MessageCodec<M> codec() {
        return codec;
    }

    @Override
    public String toString() {
        return name;
    }
}
