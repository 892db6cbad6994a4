package io.shardhold.entity;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;

/** Writes and reads messages as CBOR. */
final class JacksonCodec<M> implements MessageCodec<M> {
    private final ObjectMapper mapper = new ObjectMapper(new CBORFactory());
    private final Class<M> messages;

    private JacksonCodec(Class<M> messages) {
        this.messages = messages;
    }

    static <M> MessageCodec<M> of(Class<M> messages) {
        return new JacksonCodec<>(messages);
    }

    @Override
    public byte[] encode(M message) throws Exception {
        return mapper.writeValueAsBytes(message);
    }

    @Override
    public M decode(byte[] bytes, ReplyAddresses replies) throws Exception {
        return mapper.readValue(bytes, messages);
    }

    @Override
    public byte[] encodeReply(Object answer) throws Exception {
        return mapper.writeValueAsBytes(answer);
    }

    @Override
    public Object decodeReply(byte[] bytes, M request) throws Exception {
        return mapper.readValue(bytes, Object.class);
    }
}
