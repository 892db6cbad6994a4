package io.shardhold.benchmarks;

import io.shardhold.entity.EntityType;
import io.shardhold.entity.MessageCodec;
import io.shardhold.entity.ReplyAddresses;
import io.shardhold.entity.ReplyTo;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The one message of the benchmarks: a tell, or an ask that is answered with {@code true}. */
record Call(@Nullable ReplyTo<Boolean> replyTo) {
    static final EntityType<Call> TYPE = EntityType.of("bench", Call.class, new Codec());

    static final Call TELL = new Call(null);

    /** As short as can be: what is measured is not the codec. */
    private static final class Codec implements MessageCodec<Call> {
        @Override
        public byte[] encode(Call message) {
            ReplyTo<Boolean> address = message.replyTo();
            return address == null ? new byte[0] : address.token().getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public Call decode(byte[] bytes, ReplyAddresses replies) {
            return bytes.length == 0 ? TELL : new Call(replies.replyTo(new String(bytes, StandardCharsets.UTF_8)));
        }

        @Override
        public byte[] encodeReply(Object answer) {
            return new byte[] {1};
        }

        @Override
        public Object decodeReply(byte[] bytes, Call request) {
            return true;
        }
    }
}
